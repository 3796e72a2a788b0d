"""How objects are written for the rehearsal's API server."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from gpuplane.rehearsal.control_plane.api import as_yaml

TEXTS = st.text(st.characters(codec="utf-8"))
# A key of YAML ends within 1024 characters, of which an escaped one takes up to twelve.
KEYS = st.text(st.characters(codec="utf-8"), max_size=80)


@given(st.dictionaries(KEYS, TEXTS))
def test_any_text_is_the_same_to_a_reader_of_yaml(obj: dict[str, Any]) -> None:
    assert yaml.safe_load(as_yaml(obj)) == obj

"""An overlay over a base whose values may be patches themselves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpuplane.arguments.merging import merge_config
from gpuplane.plain.merge_patch import compose, merge
from gpuplane.stackconfig.model import StackConfig

KEYS = st.sampled_from("abc")
# Maps at a, scalars at the rest: what a schema keeps apart as well.
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "a": st.dictionaries(KEYS, st.none() | st.integers(), max_size=3),
        "b": st.none() | st.integers(),
        "c": st.none() | st.lists(st.integers(), max_size=2),
    },
)


@given(PATCHES, PATCHES, PATCHES)
def test_a_composed_patch_does_what_both_do_in_turn(target: Any, first: Any, second: Any) -> None:
    target = merge({}, target)
    assert merge(target, compose(first, second)) == merge(merge(target, first), second)


@given(st.dictionaries(KEYS, PATCHES, max_size=3), st.dictionaries(KEYS, st.none() | PATCHES, max_size=3))
def test_where_no_value_is_a_patch_it_is_rfc_7386(base: Any, overlay: Any) -> None:
    tenants = {"tenants": {"serving": base}}, {"tenants": {"serving": overlay}}
    assert merge_config(StackConfig, *tenants) == merge(*tenants)


def of_model(value: Any) -> dict[str, Any]:
    return {"models": {"bert": value}}


SPEC = {"deployment": {"spec": {"paused": True}}}
NONE = {"deployment": {"spec": {"paused": None}}}


@pytest.mark.parametrize(
    ("base", "overlay", "whole"),
    [
        ({}, {"transforms": NONE}, {"transforms": NONE}),
        ({"transforms": SPEC}, {"transforms": NONE}, {"transforms": NONE}),
        ({"transforms": NONE}, {"transforms": SPEC}, {"transforms": SPEC}),
        ({"transforms": SPEC}, {"transforms": {"deployment": None}}, {"transforms": {}}),
        ({"transforms": SPEC}, {"transforms": None}, {}),
        ({"port": 8080}, {"port": None}, {}),
        (
            {"variants": {"main": {}, "v2": {"overlay": {"gpu": {"count": 2}}}}},
            {"variants": {"main": None, "v2": {"overlay": {"gpu": None}}}},
            {"variants": {"v2": {"overlay": {"gpu": None}}}},
        ),
        # A key that is called as a patch is, where none is.
        ({"env": {"transforms": "a"}}, {"env": {"transforms": None}}, {"env": {}}),
    ],
)
def test_a_null_in_a_patch_is_the_patchs(base: Any, overlay: Any, whole: Any) -> None:
    assert merge_config(StackConfig, of_model(base), of_model(overlay)) == of_model(whole)

"""The README shows what is there."""

import re

import pytest

from projects import ROOT

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("path", ["Pulumi.prod.yaml", "examples/one-server/__main__.py"])
def test_a_file_that_it_shows_is_shown_as_it_is(path: str) -> None:
    assert (ROOT / path).read_text().rstrip() in README


def test_every_file_that_it_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []

"""The tables of features name tests that are there."""

import ast
import re

import pytest

from projects import ROOT


def names_of_tests() -> set[str]:
    return {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("name", ["devices.md", "traffic.md", "scaling.md", "operations.md", "serving-pods.md"])
def test_every_test_that_a_table_names_is_there(name: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / name).read_text()))
    assert len(named) >= 5
    assert named - names_of_tests() == set()

"""Names by Kubernetes' grammar."""

import pytest

from gpuplane.kubernetes.names import (
    annotation_problems,
    is_child_name,
    is_extended_resource,
    is_label_value,
    is_namespace,
    is_qualified_name,
    label_problems,
)

FORM = "must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last"


@pytest.mark.parametrize("key", ["team", "a.b_c-D", "example.com/x", "x" * 63, f"{'a' * 63}.com/x", "a--b.com/x"])
def test_a_qualified_name(key: str) -> None:
    assert is_qualified_name(key)


@pytest.mark.parametrize(
    "key", ["", "a b", "-a", "a-", "/a", "a/", "a/b/c", "Example.com/a", "é", "x" * 64, f"{'a.' * 126}ab/x", "a..b/x"]
)
def test_what_is_no_qualified_name(key: str) -> None:
    assert not is_qualified_name(key)


@pytest.mark.parametrize(
    ("text", "is_one"), [("ml-prod", True), ("1", True), ("", False), ("a.b", False), ("A", False)]
)
def test_a_namespace(text: str, is_one: bool) -> None:
    assert is_namespace(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("data", True), ("a2", True), ("abcdef", False), ("2a", False), ("", False), ("a-", False)]
)
def test_a_name_that_others_are_made_of(text: str, is_one: bool) -> None:
    assert is_child_name(text, 5) is is_one


@pytest.mark.parametrize(("text", "is_one"), [("nvidia.com/mig-1g.5gb", True), ("cpu", False), ("nvidia.com/", False)])
def test_an_extended_resource(text: str, is_one: bool) -> None:
    assert is_extended_resource(text) is is_one


@pytest.mark.parametrize(("text", "is_one"), [("", True), ("a_B.c", True), ("a b", False), (".a", False)])
def test_the_value_of_a_label(text: str, is_one: bool) -> None:
    assert is_label_value(text) is is_one


def test_problems_name_the_key_and_what_is_wrong_with_it() -> None:
    assert [str(one) for one in label_problems("labels", {"a b": "", "Example.com/x": "", "team": "a b"})] == [
        f"labels['a b']: {FORM}, optionally after a DNS name and '/', got 'a b'",
        "labels['Example.com/x']: prefix must be a lower-case DNS name, got 'Example.com/x'",
        f"labels['team']: {FORM}, got 'a b'",
    ]
    assert [one.path for one in annotation_problems("annotations", ["example.com/a", "a b"])] == ["annotations['a b']"]

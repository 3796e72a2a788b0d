"""YAML with the line of every key; what is wrong with it is one line each."""

import pytest

from gpuplane.stackconfig.files.yaml_document import YamlDocument

TEXT = """\
models:
  bert:
    command: [serve, --fast]
    env:
      A: "1"
  # a comment
  t5: { image: a, port: 1 }
"""


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (["models"], 1),
        (["models", "bert", "command", 1], 3),
        (["models", "bert", "env", "A"], 5),
        (["models", "t5", "port"], 7),
        (["models", "bert", "env", "missing"], 4),
        (["models", "gone", "deep", "down"], 1),
        (["elsewhere"], None),
    ],
)
def test_a_key_has_its_line_and_a_missing_one_that_of_its_nearest_neighbour(
    steps: list[str | int], line: int | None
) -> None:
    assert YamlDocument.parse(TEXT, "x.yaml").line(steps) == line


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: 1\nb: 2\na: 3\n", ["x.yaml:3: a: duplicate key, first in line 1, fix: keep one"]),
        (
            "a:\n  b: {c: 1, c: 2}\n  d: [{e: 1}, {e: 2, e: 3}]\n",
            [
                "x.yaml:2: a.b.c: duplicate key, first in line 2, fix: keep one",
                "x.yaml:3: a.d[1].e: duplicate key, first in line 3, fix: keep one",
            ],
        ),
        ("a: 1\n b: 2\n", ["x.yaml:2: not valid YAML, mapping values are not allowed here"]),
        ("a: [1\nb: 2\n", ["x.yaml:2: not valid YAML, expected ',' or ']', but got ':'"]),
        ("a:\n\t- b\n", ["x.yaml:2: not valid YAML, found character '\\t' that cannot start any token"]),
        ("a: \x07\n", ["x.yaml: not valid YAML, special characters are not allowed"]),
    ],
)
def test_what_is_wrong_is_one_line_each(text: str, problems: list[str]) -> None:
    assert [str(problem) for problem in YamlDocument.parse(text, "x.yaml").problems] == problems


def test_an_anchor_that_is_merged_in_is_no_double() -> None:
    document = YamlDocument.parse("a: &a {x: 1}\nb: {<<: *a, x: 2}\n", "x.yaml")
    assert (document.value["b"], document.problems) == ({"x": 2}, [])

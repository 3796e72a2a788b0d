from typing import Any

import pulumi
import pydantic
import pytest

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.arguments.folding import fold
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.arguments.spelling import field_names, in_camel_case
from refusals import told


class Scaling(Args):
    min_nodes: int = 0
    max_nodes: int = 1

    def problems(self) -> list[Problem]:
        if self.min_nodes <= self.max_nodes:
            return []
        return [Problem("min_nodes", f"must be at most max_nodes, got {self.min_nodes}, max_nodes is {self.max_nodes}")]


class Pool(Args):
    machine_type: str
    scaling: Scaling = Scaling()
    image: Input[str] = "cos"
    zones: list[str] | None = None

    def problems(self) -> list[Problem]:
        return within("scaling", self.scaling.problems())


def refused(value: dict[str, Any]) -> list[str]:
    return told(lambda: Pool.parse('Pool "t4"', value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, ["machine_type: required, got nothing"]),
        (
            {"machine_type": "n1-standard-4", "scalling": {}},
            ["scalling: unknown key, nearest: scaling"],
        ),
        (
            {"machine_type": "n1-standard-4", "scaling": {"maxNode": 3}},
            ["scaling.maxNode: unknown key, nearest: max_nodes"],
        ),
        (
            {"machine_type": "n1-standard-4", "scaling": {"max_nodes": "many"}},
            ["scaling.max_nodes: should be a valid integer, unable to parse string as an integer, got 'many'"],
        ),
        (
            {"machineType": "m", "scaling": {"maxNodes": 3}},
            [
                "machineType: unknown key, nearest: machine_type",
                "machine_type: required, got nothing",
                "scaling.maxNodes: unknown key, nearest: max_nodes",
            ],
        ),
        ({"machine_type": "m", "image": 3}, ["image: should be a valid string, got 3"]),
        ({"machine_type": "m", "zones": ["a", 3]}, ["zones[1]: should be a valid string, got 3"]),
        (
            {"machine_type": "m", "scaling": {"min_nodes": 3}},
            ["scaling.min_nodes: must be at most max_nodes, got 3, max_nodes is 1"],
        ),
    ],
)
def test_a_wrong_argument_is_one_line_with_its_path(value: dict[str, Any], expected: list[str]):
    assert refused(value) == expected


def test_all_problems_come_at_once():
    assert len(refused({"image": 3, "zones": 4, "colour": "red"})) == 4


def test_an_output_is_accepted_where_an_input_is():
    output = pulumi.Output.from_input("cos")
    assert Pool.parse("Pool", {"machine_type": "m", "image": output}).image is output


def test_python_spelling_is_accepted_too():
    assert Pool.parse("Pool", {"machine_type": "m", "scaling": {"max_nodes": 4}}).scaling.max_nodes == 4


def test_the_error_names_its_subject_and_counts():
    with pytest.raises(InvalidArgumentsError, match='^Pool "t4": 2 problems\n  '):
        Pool.parse('Pool "t4"', {"image": 3})


def test_a_stack_file_speaks_camel_case_alone():
    assert Pool.from_config({"machineType": "m", "scaling": {"maxNodes": 3}}).scaling.max_nodes == 3
    wrong = {"machine_type": "m", "scaling": {"max_nodes": 3}}
    with pytest.raises(pydantic.ValidationError) as caught:
        Pool.from_config(wrong)
    assert [str(problem) for problem in fold(caught.value, Pool, wrong)] == [
        "machineType: required, got nothing",
        "scaling.max_nodes: unknown key, nearest: max_nodes",
        "machine_type: unknown key, nearest: machine_type",
    ]


def test_a_message_for_a_stack_file_spells_field_names_in_camel_case_and_nothing_else():
    said = "must be at most max_nodes, got 'max_nodes', see run_as_user and scaling.min_nodes"
    expected = "must be at most maxNodes, got 'max_nodes', see run_as_user and scaling.minNodes"
    assert in_camel_case(said, field_names(Pool)) == expected

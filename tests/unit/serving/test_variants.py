"""Shares of requests between versions of a model, and the limits of an ingress controller's canary."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane.serving.variants.args import TrafficSplit, split_problems
from gpuplane.serving.variants.canary import canary_annotations, canary_of, nginx_problems

PREFIX = "nginx.ingress.kubernetes.io/"


def shares(**weights: int) -> dict[str, TrafficSplit]:
    return {name: TrafficSplit(weight=weight) for name, weight in weights.items()}


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (TrafficSplit(weight=-1), "weight: must be from 0 to 100, got -1"),
        (TrafficSplit(weight=101), "weight: must be from 0 to 100, got 101"),
        (
            TrafficSplit(headers={"x model": "b"}),
            "headers.x model: must be a header's name, allowed: letters, digits, -, _ and .",
        ),
    ],
)
def test_an_impossible_traffic_split_is_refused(share: TrafficSplit, expected: str) -> None:
    assert [str(problem) for problem in share.problems()] == [expected]


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        (shares(main=90, v2=20), ["weights must sum to 100, got 110: main 90, v2 20"]),
        (shares(main=0, v2=0), ["weights must sum to 100, got 0: main 0, v2 0"]),
        ({}, ["weights must sum to 100, got 0: no variant"]),
        (
            {
                "a": TrafficSplit(weight=50, headers={"X-Model": "b"}),
                "b": TrafficSplit(weight=50, headers={"x-model": "b"}),
            },
            ["b.headers: must be unique, got the headers of 'a'"],
        ),
        (shares(main=100, dark=0), []),
        (shares(blue=0, green=100), []),
    ],
)
def test_variants_share_all_requests_and_no_request_twice(
    variants: dict[str, TrafficSplit], expected: list[str]
) -> None:
    assert [str(problem) for problem in split_problems(variants)] == expected


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        (
            shares(a=50, b=30, c=20),
            ["must be at most 2 with exposure ingress, whose rules have one canary, got 3"],
        ),
        (
            {"a": TrafficSplit(weight=50, headers={"x": "1"}), "b": TrafficSplit(weight=50, cookie="ab")},
            [
                "b.cookie: must be on the canary only: "
                "with exposure ingress the other variant gets all remaining requests"
            ],
        ),
        (
            {"main": TrafficSplit(headers={"x": "1"})},
            [
                "main.headers: must be on the canary only: "
                "with exposure ingress the other variant gets all remaining requests"
            ],
        ),
        (
            {"main": TrafficSplit(weight=100), "v2": TrafficSplit(weight=0, headers={"x": "1", "y": "2"})},
            ["v2.headers: must be one header with exposure ingress, got 2: x, y"],
        ),
        (shares(main=100), []),
        ({"main": TrafficSplit(weight=90), "v2": TrafficSplit(weight=10, headers={"x": "1"}, cookie="v2")}, []),
    ],
)
def test_every_limit_of_the_ingress_canary_is_told(variants: dict[str, TrafficSplit], expected: list[str]) -> None:
    assert [str(problem) for problem in nginx_problems(variants)] == expected


@pytest.mark.parametrize(
    ("variants", "canary"),
    [
        (shares(main=100), None),
        (shares(main=90, v2=10), "v2"),
        (shares(main=0, v2=100), "v2"),
        (shares(v1=90, v2=10), "v2"),
        (shares(v1=10, v2=90), "v1"),
        ({"main": TrafficSplit(weight=50, cookie="old"), "v2": TrafficSplit(weight=50)}, "main"),
    ],
)
def test_the_canary_is_the_named_one_else_the_smaller_one_beside_main(
    variants: dict[str, TrafficSplit], canary: str | None
) -> None:
    assert canary_of(variants) == canary


def test_a_canarys_annotations_say_its_weight_header_and_cookie() -> None:
    assert canary_annotations(TrafficSplit(weight=0, headers={"x-model": "v2"}, cookie="try")) == {
        f"{PREFIX}canary": "true",
        f"{PREFIX}canary-weight": "0",
        f"{PREFIX}canary-by-header": "x-model",
        f"{PREFIX}canary-by-header-value": "v2",
        f"{PREFIX}canary-by-cookie": "try",
    }


@settings(max_examples=50)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 100), max_size=4))
def test_weights_are_right_exactly_when_they_sum_to_all(weights: dict[str, int]) -> None:
    found = list(split_problems(shares(**weights)))
    assert (found == []) == (sum(weights.values()) == 100)

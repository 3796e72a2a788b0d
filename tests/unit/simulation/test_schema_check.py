from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi._types import resource_py_to_pulumi_names

from gpuplane.simulation import tables
from gpuplane.simulation.schema import sdk
from gpuplane.simulation.schema.check import check_inputs
from gpuplane.simulation.schema.sdk import properties_of, resource_class

NODE_POOL = "gcp:container/nodePool:NodePool"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def secret(value: object) -> dict[str, object]:
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


def said(token: str, inputs: dict[str, object]) -> list[str]:
    return [str(problem) for problem in check_inputs(token, inputs)]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"clustr": "ml"}, "clustr: unknown key, nearest: cluster"),
        ({"node_config": {}}, "node_config: unknown key, nearest: nodeConfig"),
        ({"nodeConfig": {"machinetype": "x"}}, "nodeConfig.machinetype: unknown key, nearest: machineType"),
        ({"nodeConfig": []}, "nodeConfig: must be an object, got []"),
        ({"nodeConfig": {"spot": "yes"}}, "nodeConfig.spot: must be true or false, got 'yes'"),
        ({"nodeConfig": {"spot": 1}}, "nodeConfig.spot: must be true or false, got 1"),
        ({"nodeConfig": {"labels": ["a"]}}, "nodeConfig.labels: must be a map, got ['a']"),
        ({"nodeConfig": {"labels": {"a": ["b"]}}}, "nodeConfig.labels['a']: must be a string, got ['b']"),
        ({"nodeConfig": {"tags": "a"}}, "nodeConfig.tags: must be a list, got 'a'"),
        ({"nodeConfig": {"tags": ["a", {}]}}, "nodeConfig.tags[1]: must be a string, got {}"),
        ({"nodeConfig": {"diskSizeGb": "big"}}, "nodeConfig.diskSizeGb: must be a number, got 'big'"),
        ({"nodeConfig": {"diskSizeGb": 1.5}}, "nodeConfig.diskSizeGb: must be a whole number, got 1.5"),
        ({"nodeConfig": {"diskSizeGb": True}}, "nodeConfig.diskSizeGb: must be a number, got True"),
        (
            {"nodeConfig": {"guestAccelerators": [{"type": "nvidia-l4"}]}},
            "nodeConfig.guestAccelerators[0].count: required, got nothing",
        ),
        (
            {"nodeConfig": {"taints": [{"key": "a", "effect": "NO_SCHEDULE", "values": "x", "value": "x"}]}},
            "nodeConfig.taints[0].values: unknown key, nearest: value",
        ),
        ({"autoscaling": {"maxNodes": 3}}, "autoscaling.maxNodes: unknown key, nearest: maxNodeCount"),
    ],
)
def test_each_wrong_input_is_said_with_its_path(inputs: dict[str, object], message: str) -> None:
    assert said(NODE_POOL, {"cluster": "ml", **inputs}) == [message]


def test_all_problems_are_said_at_once() -> None:
    assert said(NODE_GROUP, {"clusterName": "ml", "scalingConfig": {"minSize": 1}, "labls": {}}) == [
        "scalingConfig.desiredSize: required, got nothing",
        "scalingConfig.maxSize: required, got nothing",
        "labls: unknown key, nearest: labels",
        "nodeRoleArn: required, got nothing",
        "subnetIds: required, got nothing",
    ]


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (
            "gcp:container/nodePool:NodePol",
            (
                "no resource type 'gcp:container/nodePool:NodePol', nearest: gcp:container/nodePool:NodePool, "
                "gcp:edgecontainer/nodePool:NodePool, gcp:container/awsNodePool:AwsNodePool"
            ),
        ),
        ("gcp:nowhere/thing:Zzzzzz", "no resource type 'gcp:nowhere/thing:Zzzzzz'"),
        ("nosuchcloud:a/b:B", "the SDK of 'nosuchcloud' is not installed, fix: install pulumi-nosuchcloud"),
    ],
)
def test_an_unknown_resource_type_is_said_with_the_nearest(token: str, message: str) -> None:
    assert said(token, {}) == [message]


@pytest.mark.parametrize(
    "inputs",
    [
        {"nodeConfig": {"diskSizeGb": "200", "labels": {"a": 1, "b": True}, "spot": "true"}},
        {"nodeConfig": {"diskSizeGb": 200.0}},
        {"nodeConfig": None, "nodeLocations": []},
        {"__defaults": ["name"]},
    ],
)
def test_what_the_real_provider_converts_is_taken(inputs: dict[str, object]) -> None:
    assert said(NODE_POOL, {"cluster": "ml", **inputs}) == []


@pytest.mark.parametrize(
    "value",
    [UNKNOWN, pulumi.Output.from_input("x"), secret("ml"), secret(UNKNOWN)],
    ids=["unknown", "output", "secret", "unknown secret"],
)
def test_secret_and_unknown_values_are_taken(value: object) -> None:
    assert said(NODE_POOL, {"cluster": value, "nodeConfig": UNKNOWN, "nodeLocations": [UNKNOWN]}) == []


def test_the_inside_of_a_secret_is_checked() -> None:
    assert said(NODE_POOL, {"cluster": secret(["ml"])}) == ["cluster: must be a string, got ['ml']"]


def fields_of(members: tuple[Any, ...]) -> Mapping[str, sdk.Property]:
    return next((sdk.properties_in(member) for member in members if sdk.is_object(member)), {})


@pytest.mark.parametrize("token", list(tables.kinds()))
def test_every_row_of_the_outputs_table_is_in_the_installed_sdk(token: str) -> None:
    kind = tables.kinds()[token]
    assert {*kind.outputs} <= {*resource_py_to_pulumi_names(resource_class(token)).values()}
    assert not kind.name_property or kind.name_property in properties_of(token)


@pytest.mark.parametrize("token", list(tables.kinds()))
def test_every_row_of_the_replacements_table_is_an_input_in_the_installed_sdk(token: str) -> None:
    for path, _ in tables.replacing(token):
        fields = properties_of(token)
        for step in path.split("."):
            assert step in fields, path
            fields = fields_of(fields[step].members)

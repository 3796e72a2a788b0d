"""The Kubernetes objects of a GKE pool's additional networks, alone and in a stack."""

import json
from typing import Any

import pytest
import yaml

import gpuplane
from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.stackconfig import load
from gpuplane.testing import record
from projects import OVERLAY, ROOT

PLACE = {"zones": ["us-central1-a"], "maxNodes": 2}


def networks(count: int) -> list[dict[str, str]]:
    return [{"network": f"vpc-{index}", "subnetwork": f"subnet-{index}"} for index in range(count)]


def objects(machine_type: str, count: int) -> dict[tuple[str, str], dict[str, Any]]:
    """The specs of what is made, by kind and name."""
    args = {"machine_type": machine_type, "networks": networks(count)}
    found = record(lambda: gpuplane.GkeNodeNetworks("gpus", args))
    made = [one.inputs for one in found.resources if one.package == "kubernetes"]
    return {(one["kind"], one["metadata"]["name"]): one["spec"] for one in made}


def test_each_network_has_its_object_and_its_parameters() -> None:
    made = objects("a3-megagpu-8g", 8)
    names = [f"gpus-{index}" for index in range(1, 9)]
    assert set(made) == {(kind, name) for kind in ("GKENetworkParamSet", "Network") for name in names}
    parameters = {"vpc": "vpc-1", "vpcSubnet": "subnet-1", "deviceMode": "NetDevice"}
    assert made["GKENetworkParamSet", "gpus-2"] == parameters
    reference = {"group": "networking.gke.io", "kind": "GKENetworkParamSet", "name": "gpus-2"}
    assert made["Network", "gpus-2"] == {"type": "Device", "parametersRef": reference}


def test_on_machines_with_rdma_all_networks_but_the_first_are_for_it() -> None:
    made = objects("a4-highgpu-8g", 9)
    modes = [made["GKENetworkParamSet", f"gpus-{index}"]["deviceMode"] for index in range(1, 10)]
    assert modes == ["NetDevice", *["RDMA"] * 8]


def test_a_pods_annotations_give_it_an_interface_on_each() -> None:
    made: list[gpuplane.GkeNodeNetworks] = []
    args = {"machine_type": "a3-highgpu-8g", "networks": networks(4)}
    record(lambda: made.append(gpuplane.GkeNodeNetworks("gpus", args)))
    said = json.loads(made[0].annotations["networking.gke.io/interfaces"])
    assert [(one["interfaceName"], one["network"]) for one in said] == [
        ("eth0", "default"), ("eth1", "gpus-1"), ("eth2", "gpus-2"), ("eth3", "gpus-3"), ("eth4", "gpus-4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"machine_type": "a3-megagpu-8g", "networks": []}, "networks: must not be empty, got none, fix: leave the "),
        ({"machine_type": "a3-megagpu-9g", "networks": networks(1)}, "machine_type: unknown gke machine type, got "),
    ],
)
def test_objects_without_a_pool_behind_them_are_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentsError) as error:
        gpuplane.GkeNodeNetworks("gpus", args)
    assert str(error.value.problems[0]).startswith(message)


@pytest.mark.parametrize(
    ("multi_networking", "expected"),
    [
        (
            False,
            [
                "Pulumi.prod.yaml: overlay.pools.gke.mega.network.additionalNetworks: requires a cluster with "
                "multi-networking, fix: cluster.gke.multiNetworking: true"
            ],
        ),
        (True, []),
    ],
)
def test_a_new_cluster_has_to_have_multi_networking(multi_networking: bool, expected: list[str]) -> None:
    base = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
    overlay = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"][OVERLAY]
    gke = {**overlay["cluster"]["gke"], "multiNetworking": multi_networking}
    pools = {**overlay["pools"]["gke"], "mega": {
        **PLACE, "machineType": "a3-megagpu-8g", "network": {"additionalNetworks": networks(8)}
    }}  # fmt: skip
    said: list[str] = []
    try:
        load(base, {**overlay, "cluster": {"gke": gke}, "pools": {"gke": pools}}, "prod")
    except InvalidArgumentsError as error:
        said = [str(problem) for problem in error.problems]
    assert said == expected

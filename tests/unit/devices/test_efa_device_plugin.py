"""AWS's EFA device plugin: what it may be asked for, what it makes, and what the rest of a stack says of it."""

from typing import Any

import pytest

import gpuplane
from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.devices.efa_device_plugin.args import EfaDevicePluginArgs
from gpuplane.devices.efa_device_plugin.inputs import daemonset_inputs
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.stackconfig import StackConfig, load
from gpuplane.testing import record
from refusals import told

PRESENT = {"vpc.amazonaws.com/efa.present": "true"}
EKS = {"eks": {"region": "us-east-1", "subnetIds": ["subnet-1", "subnet-2"]}}
T4 = {"subnetIds": ["subnet-1"], "machineType": "g4dn.xlarge", "maxNodes": 2}
H100 = {"subnetIds": ["subnet-1"], "machineType": "p5.48xlarge", "maxNodes": 2, "efa": {}}
RDMA = {"mofedEnabled": True}


def pool(name: str = "h100", **changes: Any) -> PoolFacts:
    plain: dict[str, Any] = {
        "name": name,
        "platform": "eks",
        "machine_type": "p5.48xlarge",
        "accelerator": "h100",
        "gpus_per_node": 8,
        "min_nodes": 0,
        "max_nodes": 2,
        "advertiser": "nvidia-device-plugin",
    }
    return PoolFacts(**{**plain, **changes})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"pools": [pool(efa_interfaces=32)]}, []),
        ({"pools": [pool("t4"), pool(efa_interfaces=32)]}, []),
        ({"pools": [pool(labels=PRESENT)]}, []),
        ({"pools": []}, ["pools: must have a pool with EFA, got none, fix: efa: {} on an EKS pool"]),
        (
            {"pools": [pool("t4"), pool("l4")]},
            ["pools: must have a pool with EFA, got t4, l4, fix: efa: {} on an EKS pool"],
        ),
        (
            {"pools": [pool(efa_interfaces=1)], "namespace": "kube-system"},
            ["namespace: must be one of its own, which this makes, got 'kube-system'"],
        ),
    ],
)
def test_it_is_for_pools_with_efa_in_a_namespace_of_its_own(said: dict[str, Any], expected: list[str]) -> None:
    assert told(lambda: EfaDevicePluginArgs.parse("it", said)) == expected


def test_it_does_what_awss_chart_does_on_the_nodes_that_say_they_have_efa() -> None:
    made = daemonset_inputs(EfaDevicePluginArgs.parse("it", {"pools": [pool(efa_interfaces=32)]}))
    spec = made["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    paths = {volume["name"]: volume["hostPath"]["path"] for volume in spec["volumes"]}
    mounts = {paths[mount["name"]]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {
        "/var/lib/kubelet/device-plugins": "/var/lib/kubelet/device-plugins",
        "/dev/infiniband": "/dev/infiniband",
    }
    assert container["securityContext"] == {"privileged": True, "runAsUser": 0, "runAsNonRoot": False}
    assert container["resources"]["requests"] == {"cpu": "10m", "memory": "20Mi"}
    assert container["image"].endswith(".dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20")
    assert (spec["hostNetwork"], spec["automountServiceAccountToken"]) == (True, False)
    assert spec["priorityClassName"] == "system-node-critical"
    assert (spec["nodeSelector"], spec["tolerations"]) == (PRESENT, [{"operator": "Exists"}])


def test_it_takes_an_image_from_the_registry_of_ones_own_region() -> None:
    own = "602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20"

    def program() -> None:
        gpuplane.EfaDevicePlugin("efa", {"pools": [pool(efa_interfaces=32)], "image": own})

    found = record(program)
    assert found.one("DaemonSet").inputs["spec"]["template"]["spec"]["containers"][0]["image"] == own
    levels = found.one("Namespace").inputs["metadata"]["labels"]
    assert levels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert found.one("ResourceQuota").urn in found.one("DaemonSet").dependencies


def stack(pools: Any, devices: Any) -> StackConfig:
    return load({}, {"cluster": EKS, "pools": pools, "devices": devices, "tenants": {}}, "dev")


def problems(pools: Any, devices: Any) -> list[str]:
    try:
        stack(pools, devices)
    except InvalidArgumentsError as error:
        return [str(problem).removeprefix("Pulumi.dev.yaml: overlay.") for problem in error.problems]
    return []


IDLE = "devices.efaDevicePlugin: must have a pool with EFA, got none, fix: efa: {} on an EKS pool, or set it to null"
NVIDIAS = {"nvidiaDevicePlugin": {}}
BOTH = {**NVIDIAS, "efaDevicePlugin": {}}


@pytest.mark.parametrize(
    ("pools", "devices", "expected"),
    [
        ({"eks": {"h100": H100}}, BOTH, []),
        ({"eks": {"h100": H100, "t4": T4}}, BOTH, []),
        ({"eks": {"t4": T4}}, NVIDIAS, []),
        (
            {"eks": {"h100": H100, "other": H100, "t4": T4}},
            NVIDIAS,
            [
                "devices.efaDevicePlugin: required by pools with EFA, whose interfaces nothing else advertises, "
                "got h100, other, fix: efaDevicePlugin: {}"
            ],
        ),
        (
            {"eks": {"h100": {**H100, "os": "bottlerocket"}}},
            {},
            [
                "devices.efaDevicePlugin: required by pools with EFA, whose interfaces nothing else advertises, "
                "got h100, fix: efaDevicePlugin: {}"
            ],
        ),
        ({"eks": {"t4": T4}}, BOTH, [IDLE]),
        ({}, {"efaDevicePlugin": {}}, [IDLE]),
        (
            {
                "karpenter": {
                    "h100": {"subnetIds": ["subnet-1"], "accelerator": "h100", "maxNodes": 1, "labels": PRESENT}
                }
            },
            BOTH,
            [],
        ),
        (
            {"eks": {"h100": H100}},
            {"efaDevicePlugin": {}, "nvidiaDevicePlugin": {"configs": {"default": RDMA}}},
            [
                "devices.nvidiaDevicePlugin.configs.default.mofedEnabled: must be false for pools with EFA, since "
                "it gives each pod with a GPU all EFA interfaces, got true for h100, fix: false"
            ],
        ),
        (
            {"eks": {"h100": H100}},
            {"efaDevicePlugin": {}, "gpuOperator": {"configs": {"default": RDMA}}},
            [
                "devices.gpuOperator.configs.default.mofedEnabled: must be false for pools with EFA, since it gives "
                "each pod with a GPU all EFA interfaces, got true for h100, fix: false"
            ],
        ),
        (
            {"eks": {"h100": H100, "t4": {**T4, "labels": {"nvidia.com/device-plugin.config": "rdma"}}}},
            {"efaDevicePlugin": {}, "nvidiaDevicePlugin": {"configs": {"default": {}, "rdma": RDMA}}},
            [],
        ),
    ],
)
def test_the_plugin_is_there_exactly_where_a_pool_has_efa(pools: Any, devices: Any, expected: list[str]) -> None:
    assert problems(pools, devices) == expected

"""What a stack file may say of pools on EKS."""

from typing import Any

import pytest
import yaml

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.stackconfig import load
from projects import OVERLAY, ROOT

KARPENTER = {"subnetIds": ["subnet-1"], "accelerator": "l4", "maxNodes": 4}


def problems(stack: str, **changes: Any) -> list[str]:
    base = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
    overlay = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"][OVERLAY]
    try:
        load(base, {**overlay, **changes}, stack)
    except InvalidArgumentsError as error:
        return [problem.message for problem in error.problems]
    return []


def pool(**changes: Any) -> dict[str, Any]:
    eks = {"subnetIds": ["subnet-1"], "machineType": "g4dn.2xlarge", "maxNodes": 4}
    return {"eks": {"t4": {**eks, **changes}}}


def test_the_device_plugin_is_needed_by_amazon_linux_and_not_by_bottlerocket() -> None:
    missing = "required by pools whose nodes do not advertise their GPUs, got {}, fix: nvidiaDevicePlugin: {{}}"
    assert problems("staging", devices={}, pools=pool()) == [missing.format("t4")]
    assert problems("staging", devices={}, pools=pool(os="bottlerocket")) == []
    mixed = {**pool(os="bottlerocket"), "karpenter": {"l4": KARPENTER}}
    assert problems("staging", devices={}, pools=mixed) == [missing.format("l4")]
    mixed["karpenter"]["l4"] = {**KARPENTER, "os": "bottlerocket"}
    assert problems("staging", devices={}, pools=mixed) == []


@pytest.mark.parametrize(("stack", "platform"), [("prod", "GKE"), ("local", "a kubeconfig context")])
def test_karpenters_pools_are_for_eks(stack: str, platform: str) -> None:
    found = problems(stack, pools={"karpenter": {"l4": KARPENTER}}, devices={"nvidiaDevicePlugin": {}})
    assert f"not supported on this cluster, got l4, the cluster is {platform}" in found


def test_a_model_may_name_a_pool_of_karpenters() -> None:
    model = {"resnet50": {"gpu": {"pool": "l4", "count": 1}}}
    assert problems("staging", pools={"karpenter": {"l4": KARPENTER}}, models=model) == []


def test_pools_have_names_of_their_own_that_their_children_can_have() -> None:
    same = {**pool(), "karpenter": {"t4": KARPENTER}}
    assert problems("staging", pools=same) == ["duplicate name, got one that another pool has as well"]
    badly = {"eks": {"t4 pool": pool()["eks"]["t4"]}, "karpenter": {"L4": KARPENTER}}
    model = {"resnet50": {"gpu": {"pool": "L4", "count": 1}}}
    assert problems("staging", pools=badly, models=model) == [
        "must be named with letters, digits and hyphens, a letter or digit first, at most 49 characters, got 't4 pool'",
        "must be named with lower-case letters, digits and hyphens, no hyphen first or last, at most 55 characters, "
        "got 'L4'",
    ]

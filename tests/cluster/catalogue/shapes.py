"""The arguments of those pools: the machine type, and the first way to buy it that the pool takes."""

from typing import Any

from gpuplane.hardware import BUILT_IN, Machine
from gpuplane.hardware.built_in import rows
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.platforms import Platform

PLACE = {"cluster": "all", "project": "acme", "location": "us-central1"}
ONE_NODE = {"min_nodes": 1, "max_nodes": 1}
WAYS: list[dict[str, Any]] = [{}, {"provisioning_model": "spot"}, {"reservation": {"name": "all"}}]


def gke_shapes() -> dict[str, dict[str, Any]]:
    """By name of the pool: every machine with GPUs of its own, and every accelerator that N1 machines take."""
    asked = {machine.name: {"machine_type": machine.name} for machine in _whole(Platform.GKE)}
    for row in rows("attachable"):
        name = f"{row['accelerator'].removeprefix('nvidia-tesla-')}-{row['count']}"
        asked[name] = {
            "machine_type": "n1-standard-4",
            "accelerator": row["accelerator"],
            "gpus_per_node": row["count"],
        }
    return {_short(name): _taken(GkeGpuPoolShape, _short(name), shape) for name, shape in asked.items()}


def eks_shapes() -> dict[str, dict[str, Any]]:
    """By name of the pool: every instance type with GPUs."""
    subnets = {"subnet_ids": ["subnet-0a1b2c3d4e5f60001"]}
    return {
        name: _taken(EksGpuPoolShape, name, {"machine_type": machine.name, **subnets})
        for machine in _whole(Platform.EKS)
        for name in [f"ec2-{machine.name.replace('.', '-')}"]
    }


def _whole(platform: Platform) -> list[Machine]:
    return [one for one in BUILT_IN.machines(platform) if one.vendor == "nvidia" and not one.is_fractional]


def _short(name: str) -> str:
    return name if name[0].isalpha() else f"x-{name}"


def _taken(kind: type[GkeGpuPoolShape | EksGpuPoolShape], name: str, shape: dict[str, Any]) -> dict[str, Any]:
    labels = {"labels": {"gpuplane.example/pool": name}}
    tried = [{**shape, **ONE_NODE, **labels, **way} for way in WAYS]
    return next((one for one in tried if not any(kind.model_validate(one).problems())), tried[0])

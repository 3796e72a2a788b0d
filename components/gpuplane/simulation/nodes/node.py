"""The Kubernetes object of a simulated node."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

COUNT_ANNOTATION = "rehearsal.gpuplane.dev/gpus"
ADVERTISER_ANNOTATION = "rehearsal.gpuplane.dev/gpu-advertiser"
MIG_PROFILE_ANNOTATION = "rehearsal.gpuplane.dev/gpu-mig-profile"
PARTITIONS_ANNOTATION = "rehearsal.gpuplane.dev/gpu-partitions"
DRIVER_ANNOTATION = "rehearsal.gpuplane.dev/gpu-driver"
NO_DRIVER = "missing"
EFA_ANNOTATION = "rehearsal.gpuplane.dev/efa-interfaces"

GPU_RESOURCE = "nvidia.com/gpu"
NVIDIA_DEVICE_PLUGIN = "nvidia-device-plugin"

TAINT_EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}


@dataclass(frozen=True)
class MigCut:
    """The MIG profile that each GPU of a node is partitioned by, and the number of partitions."""

    profile: str
    partitions: int


@dataclass(frozen=True)
class NodeFacts:
    """The facts that a node object is built from.

    Attributes:
        name: Its name.
        labels: All its labels but the hostname's.
        taints: All its taints, in Kubernetes' form.
        capacity: Its capacity without GPUs.
        allocatable: Its allocatable resources without GPUs.
        provider_id: `spec.providerID`.
        architecture: `amd64` or `arm64`.
        os_image: Its operating system.
        kubelet: Version of its kubelet.
        gpus: Number of GPUs to advertise, as in `PoolNodes`.
        advertiser: As in `PoolNodes`.
        mig: How each GPU is partitioned; None if it is not, or if GPUs are advertised at once.
        has_driver: Whether the node comes with a GPU driver.
        efa_interfaces: Number of EFA interfaces to advertise.
    """

    name: str
    labels: Mapping[str, str]
    taints: Iterable[Mapping[str, str]]
    capacity: Mapping[str, str]
    allocatable: Mapping[str, str]
    provider_id: str
    architecture: str
    os_image: str
    kubelet: str
    gpus: int
    advertiser: str
    mig: MigCut | None = None
    has_driver: bool = True
    efa_interfaces: int = 0


def node(facts: NodeFacts) -> dict[str, Any]:
    """Build a ready node that KWOK keeps alive. Its GPUs show if they are advertised at once."""
    shown = {GPU_RESOURCE: str(facts.gpus)} if facts.gpus and facts.advertiser not in ("", NVIDIA_DEVICE_PLUGIN) else {}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": facts.name,
            "labels": {**facts.labels, "kubernetes.io/hostname": facts.name},
            "annotations": {"kwok.x-k8s.io/node": "fake", **_efa_annotations(facts), **_gpu_annotations(facts)},
        },
        "spec": {"providerID": facts.provider_id, "taints": [dict(taint) for taint in facts.taints]},
        "status": {
            "capacity": {**facts.capacity, **shown},
            "allocatable": {**facts.allocatable, **shown},
            "conditions": [
                {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is ready"},
                *(
                    {"type": kind, "status": "False", "reason": f"KubeletHas{reason}", "message": "none"}
                    for kind, reason in (
                        ("MemoryPressure", "SufficientMemory"),
                        ("DiskPressure", "NoDiskPressure"),
                        ("PIDPressure", "SufficientPID"),
                    )
                ),
            ],
            "nodeInfo": {
                "architecture": facts.architecture,
                "bootID": "",
                "containerRuntimeVersion": "containerd://2.1.0",
                "kernelVersion": "6.12.0",
                "kubeProxyVersion": facts.kubelet,
                "kubeletVersion": facts.kubelet,
                "machineID": "",
                "operatingSystem": "linux",
                "osImage": facts.os_image,
                "systemUUID": "",
            },
        },
    }


def common_labels(architecture: str, machine_type: str, region: str, zone: str) -> dict[str, str]:
    """Return the well-known labels that a kubelet and its cloud set.

    Source: https://kubernetes.io/docs/reference/labels-annotations-taints/
    """
    return {
        "kubernetes.io/arch": architecture,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": machine_type,
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": zone,
    }


def kubernetes_taints(asked: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Convert the taints of a pool's inputs to Kubernetes' form."""
    return [
        {
            "key": str(taint["key"]),
            **({"value": str(taint["value"])} if taint.get("value") else {}),
            "effect": TAINT_EFFECTS.get(str(taint["effect"]), str(taint["effect"])),
        }
        for taint in asked
    ]


def digest(*of: str) -> str:
    """Return digits in place of those that a cloud draws at random."""
    return sha256("/".join(of).encode()).hexdigest()


def _efa_annotations(facts: NodeFacts) -> dict[str, str]:
    return {EFA_ANNOTATION: str(facts.efa_interfaces)} if facts.efa_interfaces else {}


def _gpu_annotations(facts: NodeFacts) -> dict[str, str]:
    if not facts.gpus:
        return {}
    return {
        COUNT_ANNOTATION: str(facts.gpus),
        ADVERTISER_ANNOTATION: facts.advertiser,
        **(
            {MIG_PROFILE_ANNOTATION: facts.mig.profile, PARTITIONS_ANNOTATION: str(facts.mig.partitions)}
            if facts.mig
            else {}
        ),
        **({} if facts.has_driver else {DRIVER_ANNOTATION: NO_DRIVER}),
    }

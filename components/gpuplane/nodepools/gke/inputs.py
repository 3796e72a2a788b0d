"""What a GKE GPU node pool's arguments decide: its inputs, and the facts that workloads need."""

from typing import Any

from gpuplane.args import Input
from gpuplane.hardware import Machine
from gpuplane.nodepools.facts import GPU_TAINT_KEY, GPU_TAINT_VALUE, PoolFacts
from gpuplane.nodepools.gke.args import GkeCapacity, GkeGpuNodePoolArgs, GpuDriver
from gpuplane.nodepools.gke.machine import equipped

DRIVER_VERSIONS = {
    GpuDriver.DEFAULT: "DEFAULT",
    GpuDriver.LATEST: "LATEST",
    GpuDriver.DISABLED: "INSTALLATION_DISABLED",
}


def facts(name: str, args: GkeGpuNodePoolArgs) -> PoolFacts:
    """What workloads need to know of the pool, from its arguments alone."""
    found = equipped(args)
    assert isinstance(found, Machine)
    return PoolFacts(
        name=name,
        platform="gke",
        machine_type=args.machine_type,
        accelerator=str(found.accelerator),
        accelerator_memory_mib=found.gpu_memory_mib,
        architecture=found.architecture,
        labels=args.labels,
        gpus_per_node=found.gpu_devices,
        min_nodes=args.min_nodes,
        max_nodes=args.max_nodes,
        advertiser="nvidia-device-plugin" if args.driver is GpuDriver.DISABLED else "gke",
    )


def accelerators(args: GkeGpuNodePoolArgs) -> tuple[str, int]:
    """The accelerator of a node and how many it has; the arguments must have no problems."""
    found = equipped(args)
    assert isinstance(found, Machine)
    return str(found.accelerator), found.gpu_devices


def pool_inputs(args: GkeGpuNodePoolArgs, service_account: Input[str]) -> dict[str, Any]:
    """The inputs of the node pool."""
    accelerator, gpus = accelerators(args)
    return {
        "cluster": args.cluster,
        "project": args.project,
        "location": args.location,
        **({"nodeLocations": args.zones} if args.zones else {}),
        "initialNodeCount": 0,
        "autoscaling": {
            "totalMinNodeCount": args.min_nodes,
            "totalMaxNodeCount": args.max_nodes,
            "locationPolicy": "ANY" if args.capacity is GkeCapacity.SPOT else "BALANCED",
        },
        "management": {"autoRepair": True, "autoUpgrade": True},
        # GPUs are scarce: an upgrade takes a node away before it asks for its successor.
        "upgradeSettings": {"strategy": "SURGE", "maxSurge": 0, "maxUnavailable": 1},
        "nodeConfig": {
            "machineType": args.machine_type,
            "spot": args.capacity is GkeCapacity.SPOT,
            "diskSizeGb": args.disk_gib,
            "diskType": "pd-balanced",
            "imageType": "COS_CONTAINERD",
            "gcfsConfig": {"enabled": True},
            "serviceAccount": service_account,
            "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
            "workloadMetadataConfig": {"mode": "GKE_METADATA"},
            "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
            "labels": node_labels(args),
            "taints": [{"key": GPU_TAINT_KEY, "value": GPU_TAINT_VALUE, "effect": "NO_SCHEDULE"}],
            "guestAccelerators": [
                {
                    "type": accelerator,
                    "count": gpus,
                    "gpuDriverInstallationConfig": {"gpuDriverVersion": DRIVER_VERSIONS[args.driver]},
                }
            ],
        },
    }


def node_labels(args: GkeGpuNodePoolArgs) -> dict[str, str]:
    """The labels asked for, and with GKE's driver off the ones that hand the GPUs to NVIDIA's plugin."""
    if args.driver is not GpuDriver.DISABLED:
        return args.labels
    return {
        "gke-no-default-nvidia-gpu-device-plugin": "true",
        "nvidia.com/gpu.present": "true",
        **args.labels,
    }

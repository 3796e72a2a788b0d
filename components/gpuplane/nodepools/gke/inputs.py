"""The provider inputs of a GKE GPU node pool, from its arguments."""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.hardware import Machine
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.disks import local_ssd_inputs, secondary_disk_inputs
from gpuplane.nodepools.gke.driver import NVIDIA_PLUGIN_LABELS, VERSIONS, GpuDriver
from gpuplane.nodepools.gke.fields import LocationPolicy
from gpuplane.nodepools.gke.kubelet import kubelet_inputs
from gpuplane.nodepools.gke.machine import gpu_machine
from gpuplane.nodepools.gke.network import interface_inputs, network_config
from gpuplane.nodepools.gke.provisioning import DWS_MODELS, GkeProvisioningModel, ReservationUse, reservation_inputs
from gpuplane.nodepools.gke.sharing import sharing_inputs
from gpuplane.nodepools.gke.upgrades import drain_inputs, upgrade_inputs
from gpuplane.nodepools.taints import GPU_TAINT

DEFAULT_DISK_TYPE = "pd-balanced"


def pool_inputs(args: GkeGpuNodePoolArgs, service_account: Input[str]) -> dict[str, Any]:
    """Return the inputs of the node pool; the arguments must have no problems.

    Args:
        args: The pool's arguments.
        service_account: E-mail address of the nodes' service account.
    """
    return {
        "cluster": args.cluster,
        "project": args.project,
        "location": args.location,
        **({"nodeLocations": args.zones} if args.zones else {}),
        "initialNodeCount": _initial_nodes(args),
        "autoscaling": _autoscaling(args),
        "management": {"autoRepair": _repairs(args), "autoUpgrade": True},
        "upgradeSettings": upgrade_inputs(args.upgrade),
        "nodeDrainConfigs": [drain_inputs(args.drain)],
        **({"maxPodsPerNode": args.max_pods} if args.max_pods else {}),
        **({"placementPolicy": _placement(args)} if args.placement else {}),
        **({"queuedProvisioning": {"enabled": True}} if args.provisioning_model is GkeProvisioningModel.QUEUED else {}),
        **network_config(args.network),
        "nodeConfig": _node_config(args, gpu_machine(args), service_account),
    }


def _initial_nodes(args: GkeGpuNodePoolArgs) -> int:
    """Return the initial nodes of each zone: at most the minimum, and 0 if the number of zones is unknown."""
    if args.limits_per_zone:
        return args.min_nodes
    return args.min_nodes // len(args.zones) if args.zones else 0


def _autoscaling(args: GkeGpuNodePoolArgs) -> dict[str, Any]:
    least, most = (
        ("minNodeCount", "maxNodeCount") if args.limits_per_zone else ("totalMinNodeCount", "totalMaxNodeCount")
    )
    is_reserved = args.reservation is not None and args.reservation.consume is not ReservationUse.NONE
    is_scarce = args.provisioning_model is not GkeProvisioningModel.ON_DEMAND or is_reserved
    policy = args.location_policy or (LocationPolicy.ANY if is_scarce else LocationPolicy.BALANCED)
    return {least: args.min_nodes, most: args.max_nodes, "locationPolicy": policy.value.upper()}


def _repairs(args: GkeGpuNodePoolArgs) -> bool:
    return args.repair if args.repair is not None else args.provisioning_model not in DWS_MODELS


def _placement(args: GkeGpuNodePoolArgs) -> dict[str, Any]:
    name = args.placement.policy_name if args.placement else None
    return {"type": "COMPACT", **({"policyName": name} if name else {})}


def _node_config(args: GkeGpuNodePoolArgs, found: Machine, service_account: Input[str]) -> dict[str, Any]:
    return {
        "machineType": args.machine_type,
        "spot": args.provisioning_model is GkeProvisioningModel.SPOT,
        **({"flexStart": True} if args.provisioning_model in DWS_MODELS else {}),
        **({"maxRunDuration": f"{args.max_run_seconds}s"} if args.max_run_seconds else {}),
        **reservation_inputs(args.provisioning_model, args.reservation),
        "diskSizeGb": args.disk_gib,
        "diskType": args.disk_type or next(iter(found.boot_disks), DEFAULT_DISK_TYPE),
        **({"bootDiskKmsKey": args.disk_kms_key} if args.disk_kms_key is not None else {}),
        **local_ssd_inputs(args.local_ssd),
        **secondary_disk_inputs(args.secondary_boot_disks),
        "imageType": "COS_CONTAINERD",
        "gcfsConfig": {"enabled": args.image_streaming},
        **interface_inputs(args.network),
        "serviceAccount": service_account,
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "shieldedInstanceConfig": {"enableSecureBoot": args.secure_boot, "enableIntegrityMonitoring": True},
        "kubeletConfig": kubelet_inputs(args.kubelet),
        "labels": node_labels(args),
        "taints": [taint.for_cloud for taint in (GPU_TAINT, *args.taints)],
        **({"tags": args.tags} if args.tags else {}),
        **({"resourceLabels": args.resource_labels} if args.resource_labels else {}),
        "guestAccelerators": [
            {
                "type": found.accelerator,
                "count": found.gpu_devices,
                "gpuDriverInstallationConfig": {"gpuDriverVersion": VERSIONS[args.driver]},
                **sharing_inputs(args.sharing),
            }
        ],
    }


def node_labels(args: GkeGpuNodePoolArgs) -> dict[str, str]:
    """Return the pool's labels; if GKE's driver is disabled, with those that select NVIDIA's device plugin."""
    return {**(NVIDIA_PLUGIN_LABELS if args.driver is GpuDriver.DISABLED else {}), **args.labels}

"""The arguments of a GKE GPU node pool whose change replaces the pool, with its nodes.

Source: the `ForceNew` of https://github.com/hashicorp/terraform-provider-google, container_node_pool.
"""

from collections.abc import Mapping, Sequence

from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.plain.nested import field

_ACCELERATORS = ("nodeConfig.guestAccelerators",)

REPLACES: Mapping[str, Sequence[str]] = {
    "cluster": ("cluster",),
    "project": ("project",),
    "location": ("location",),
    "machine_type": _ACCELERATORS,
    "accelerator": _ACCELERATORS,
    "gpus_per_node": _ACCELERATORS,
    "driver": _ACCELERATORS,
    "sharing": _ACCELERATORS,
    "provisioning_model": (
        "nodeConfig.spot",
        "nodeConfig.flexStart",
        "nodeConfig.reservationAffinity",
        "queuedProvisioning",
    ),
    "reservation": ("nodeConfig.reservationAffinity",),
    "placement": ("placementPolicy",),
    "network.additional_networks": ("networkConfig.additionalNodeNetworkConfigs",),
    "network.accelerator_profile": ("networkConfig.acceleratorNetworkProfile",),
    "network.pod_range": ("networkConfig.podRange",),
    "secondary_boot_disks": ("nodeConfig.secondaryBootDisks",),
    "local_ssd": ("nodeConfig.ephemeralStorageLocalSsdConfig", "nodeConfig.localNvmeSsdBlockConfig"),
    "disk_kms_key": ("nodeConfig.bootDiskKmsKey",),
    "secure_boot": ("nodeConfig.shieldedInstanceConfig",),
    "max_run_seconds": ("nodeConfig.maxRunDuration",),
    "max_pods": ("maxPodsPerNode",),
    "service_account": ("nodeConfig.serviceAccount",),
}
"""Argument to the properties of the node pool that it sets and that cannot be updated. Another machine type with the
same accelerators replaces the nodes one by one; all other arguments update the pool in place."""


def replaced_by(before: GkeGpuNodePoolArgs, after: GkeGpuNodePoolArgs) -> list[str]:
    """Return the changed arguments that replace the pool, sorted; empty if it is updated in place.

    Example:
        >>> plain = {"machine_type": "g2-standard-8", "max_nodes": 2, "cluster": "ml", "project": "acme",
        ...     "location": "us-central1"}
        >>> before = GkeGpuNodePoolArgs.parse("l4", plain)
        >>> replaced_by(before, GkeGpuNodePoolArgs.parse("l4", {**plain, "max_nodes": 4, "driver": "latest"}))
        ['driver']
    """
    old, new = (pool_inputs(args, args.service_account or "") for args in (before, after))
    return sorted(
        name
        for name, paths in REPLACES.items()
        if _value(before, name) != _value(after, name) and any(field(old, path) != field(new, path) for path in paths)
    )


def _value(args: GkeGpuNodePoolArgs, name: str) -> object:
    here: object = args
    for step in name.split("."):
        here = getattr(here, step)
    return here

"""What workloads need to know about a GKE GPU node pool."""

from gpuplane.hardware import advertised, device_memory_mib
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.gke.driver import GpuDriver
from gpuplane.nodepools.gke.machine import gpu_machine
from gpuplane.nodepools.gke.provisioning import QUEUED_TAINT, GkeProvisioningModel
from gpuplane.nodepools.gke.sharing import SharingStrategy, hardware_sharing, max_gpus_per_container, selector
from gpuplane.platforms import Platform


def facts(name: str, args: GkeGpuPoolShape) -> PoolFacts:
    """Return the facts of a pool from its arguments, which must have no problems."""
    found, sharing = gpu_machine(args), hardware_sharing(args.sharing)
    zones = len(args.zones or []) if args.limits_per_zone else 1
    is_queued = args.provisioning_model is GkeProvisioningModel.QUEUED
    return PoolFacts(
        name=name,
        catalogue=args.catalogue,
        platform=Platform.GKE,
        machine_type=args.machine_type,
        accelerator=str(found.accelerator),
        accelerator_memory_mib=device_memory_mib(found, sharing) // _memory_parts(args),
        architecture=found.architecture,
        mig_profile=sharing.mig_profile,
        labels=args.labels,
        taints=[*([QUEUED_TAINT] if is_queued else []), *(one.plain for one in args.taints)],
        queued=is_queued,
        gpus_per_node=advertised(found, sharing),
        physical_gpus_per_node=found.gpu_devices,
        max_gpus_per_container=max_gpus_per_container(args.sharing, found),
        selector=selector(args.sharing),
        min_nodes=args.min_nodes * zones,
        max_nodes=args.max_nodes * zones,
        advertiser="nvidia-device-plugin" if args.driver is GpuDriver.DISABLED else "gke",
    )


def _memory_parts(args: GkeGpuPoolShape) -> int:
    """Return how many parts a GPU's memory is divided into: one per client by MPS, one by time-sharing."""
    sharing = args.sharing
    if sharing is None or sharing.strategy is not SharingStrategy.MPS:
        return 1
    return sharing.max_clients or 1

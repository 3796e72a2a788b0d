"""The nodes of GKE node pools."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import Catalogue, Machine, Sharing, advertised, devices_per_gpu
from gpuplane.platforms.locations import region_of
from gpuplane.simulation.inputs import at
from gpuplane.simulation.locations import gke_zones
from gpuplane.simulation.nodes.machines import gke_machine, gke_sharing
from gpuplane.simulation.nodes.node import (
    NVIDIA_DEVICE_PLUGIN,
    MigCut,
    NodeFacts,
    common_labels,
    digest,
    kubernetes_taints,
    node,
)
from gpuplane.simulation.nodes.pool import PoolNodes
from gpuplane.simulation.nodes.sizes import gke_ephemeral_ssds, gke_sizes

ADVERTISER = "gke"
NO_PLUGIN_LABEL = "gke-no-default-nvidia-gpu-device-plugin"

_DRIVERS = {"LATEST": "latest", "INSTALLATION_DISABLED": "autoinstall-disabled"}
_SHARING = {"TIME_SHARING": "time-sharing", "MPS": "mps"}
_GPU_TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
_QUEUED_TAINT = {"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"}
_ARM_TAINT = {"key": "kubernetes.io/arch", "value": "arm64", "effect": "NoSchedule"}


def pool_nodes_of(name: str, inputs: Mapping[str, Any], catalogue: Catalogue) -> PoolNodes:
    """Return the nodes of a `gcp:container/nodePool:NodePool`."""
    pool = at(inputs, "name", name)
    location = at(inputs, "location", "us-central1")
    zones = gke_zones(location, at(inputs, "nodeLocations", []))
    found = gke_machine(inputs, catalogue)
    sharing = gke_sharing(inputs)
    shown = advertised(found, sharing) if found.vendor == "nvidia" else 0
    advertiser = _advertiser(inputs) if shown else ""
    is_shared_later = advertiser == NVIDIA_DEVICE_PLUGIN
    gpus = found.gpu_devices if is_shared_later else shown
    profile = sharing.mig_profile if is_shared_later else ""
    mig = MigCut(profile, devices_per_gpu(found.gpu, Sharing(mig_profile=profile))) if profile and found.gpu else None
    capacity, allocatable = gke_sizes(found, inputs)
    least, most = _counts(inputs, len(zones))
    labels = {**_own_labels(pool, found, inputs), **_texts(at(inputs, "nodeConfig.labels", {}))}
    taints = _taints(found, gpus, inputs)
    cluster = str(at(inputs, "cluster", "cluster")).rpartition("/")[2]
    stem = "-".join(("gke", cluster[:16].rstrip("-"), pool[:16].rstrip("-")))
    version = at(inputs, "version", "1.36.3-gke.1000000")

    def make(index: int) -> dict[str, Any]:
        zone = zones[index % len(zones)]
        host = f"{stem}-{digest(cluster, pool, zone)[:8]}-{digest(cluster, pool, str(index))[:4]}{index:x}"
        return node(
            NodeFacts(
                name=host,
                labels={
                    **common_labels(found.architecture, found.name, region_of(zone), zone),
                    "topology.gke.io/zone": zone,
                    **labels,
                },
                taints=taints,
                capacity=capacity,
                allocatable=allocatable,
                provider_id=f"gce://{at(inputs, 'project', 'rehearsal')}/{zone}/{host}",
                architecture=found.architecture,
                os_image="Container-Optimized OS from Google",
                kubelet=f"v{version}",
                gpus=gpus,
                advertiser=advertiser,
                mig=mig,
                # Without its plugin GKE installs no driver, whatever version is set.
                has_driver=not is_shared_later,
            )
        )

    zone_maximum = None if at(inputs, "autoscaling.totalMaxNodeCount", 0) else most // len(zones)
    return PoolNodes(pool, least, most, zones, gpus, advertiser, make, zone_maximum)


def default_pool_nodes(name: str, inputs: Mapping[str, Any], catalogue: Catalogue) -> PoolNodes:
    """Return the nodes of a cluster's default pool; none if it is removed or the cluster is an Autopilot cluster."""
    per_zone = 0 if _is_poolless(inputs) else int(at(inputs, "initialNodeCount", 0))
    of_pool = {
        "name": "default-pool",
        "cluster": at(inputs, "name", name),
        "nodeCount": per_zone,
        **{key: inputs[key] for key in ("project", "location", "nodeLocations", "nodeConfig") if key in inputs},
    }
    if per_zone:
        return pool_nodes_of("default-pool", of_pool, catalogue)
    return PoolNodes("default-pool", 0, 0, (), 0, "", _no_node)


def _is_poolless(inputs: Mapping[str, Any]) -> bool:
    return any(at(inputs, key) in (True, "true") for key in ("removeDefaultNodePool", "enableAutopilot"))


def _no_node(index: int) -> dict[str, Any]:
    raise IndexError(f"the pool is removed and has no node {index}")


def _counts(inputs: Mapping[str, Any], zones: int) -> tuple[int, int]:
    """Return minimum and maximum over all zones. Source: the `autoscaling` block of container_node_pool."""
    fixed = at(inputs, "nodeCount", at(inputs, "initialNodeCount", 1))
    if not at(inputs, "autoscaling"):
        return int(fixed) * zones, int(fixed) * zones
    total = int(at(inputs, "autoscaling.totalMaxNodeCount", 0))
    if total:
        return int(at(inputs, "autoscaling.totalMinNodeCount", 0)), total
    least = int(at(inputs, "autoscaling.minNodeCount", 0))
    return least * zones, int(at(inputs, "autoscaling.maxNodeCount", 0)) * zones


def _advertiser(inputs: Mapping[str, Any]) -> str:
    is_off = at(inputs, "nodeConfig.labels", {}).get(NO_PLUGIN_LABEL) == "true"
    return NVIDIA_DEVICE_PLUGIN if is_off or _driver(inputs) == "autoinstall-disabled" else ADVERTISER


def _accelerator(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    asked: list[Mapping[str, Any]] = at(inputs, "nodeConfig.guestAccelerators", [])
    return asked[0] if asked else {}


def _driver(inputs: Mapping[str, Any]) -> str:
    version = at(_accelerator(inputs), "gpuDriverInstallationConfig.gpuDriverVersion", "DEFAULT")
    return _DRIVERS.get(version, "default")


def _own_labels(pool: str, found: Machine, inputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels that GKE sets. Source: labels.go in https://github.com/GoogleCloudPlatform/gke-autoscaling."""
    accelerator = _accelerator(inputs)
    kind = at(accelerator, "type", found.accelerator if found.vendor == "nvidia" else None)
    provisioning = _provisioning(inputs)
    own = {
        "gke-nodepool": pool,
        "gke-os-distribution": "ubuntu" if "UBUNTU" in str(at(inputs, "nodeConfig.imageType", "")) else "cos",
        "gke-container-runtime": "containerd",
        "gke-boot-disk": at(inputs, "nodeConfig.diskType", next(iter(found.boot_disks), "pd-balanced")),
        "gke-provisioning": provisioning,
        "gke-spot": "true" if provisioning == "spot" else "",
        "gke-preemptible": "true" if provisioning == "preemptible" else "",
        "gke-flex-start": "true" if provisioning == "flex-start" else "",
        "gke-max-run-duration-seconds": str(at(inputs, "nodeConfig.maxRunDuration", "")).removesuffix("s"),
        "gke-ephemeral-storage-local-ssd": "true" if gke_ephemeral_ssds(found, inputs) else "",
        "gke-local-nvme-ssd": "true" if at(inputs, "nodeConfig.localNvmeSsdBlockConfig.localSsdCount", 0) else "",
        "gke-placement-group": _placement_group(pool, inputs),
        "reservation-name": _reservation(inputs),
        "gke-accelerator": kind or "",
        "gke-gpu-driver-version": _driver(inputs) if kind else "",
        "gke-gpu-partition-size": at(accelerator, "gpuPartitionSize", ""),
        "gke-gpu-sharing-strategy": _SHARING.get(at(accelerator, "gpuSharingConfig.gpuSharingStrategy", ""), ""),
        "gke-max-shared-clients-per-gpu": _whole(at(accelerator, "gpuSharingConfig.maxSharedClientsPerGpu")),
    }
    return {f"cloud.google.com/{key}": value for key, value in own.items() if value}


def _placement_group(pool: str, inputs: Mapping[str, Any]) -> str:
    if at(inputs, "placementPolicy.type") != "COMPACT":
        return ""
    return at(inputs, "placementPolicy.policyName", f"gke-{pool}-{digest(pool)[:8]}")


def _reservation(inputs: Mapping[str, Any]) -> str:
    """Return the name of the specific reservation, which may be part of a path with its project and block."""
    values = at(inputs, "nodeConfig.reservationAffinity.values", [])
    steps = str(values[0]).split("/") if values else [""]
    return steps[3] if steps[0] == "projects" else steps[0]


def _provisioning(inputs: Mapping[str, Any]) -> str:
    for setting, word in (("spot", "spot"), ("preemptible", "preemptible"), ("flexStart", "flex-start")):
        if at(inputs, f"nodeConfig.{setting}") in (True, "true"):
            return word
    return "standard"


def _taints(found: Machine, gpus: int, inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the taints of the inputs and those that GKE adds: for GPUs, for Arm, and for queued provisioning.

    Sources: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus,
    https://cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment and
    https://cloud.google.com/kubernetes-engine/docs/how-to/provisioningrequest
    """
    asked = kubernetes_taints(at(inputs, "nodeConfig.taints", []))
    added = [
        *([_GPU_TAINT] if gpus else []),
        *([_ARM_TAINT] if found.architecture == "arm64" else []),
        *([_QUEUED_TAINT] if at(inputs, "queuedProvisioning.enabled") in (True, "true") else []),
    ]
    keys = {(taint["key"], taint["effect"]) for taint in asked}
    return [*asked, *(taint for taint in added if (taint["key"], taint["effect"]) not in keys)]


def _texts(labels: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in labels.items()}


def _whole(number: Any) -> str:
    return str(int(number)) if number else ""

"""The nodes that GKE creates for a ComputeClass."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.plain.nested import field
from gpuplane.simulation.nodes.gke import pool_nodes_of
from gpuplane.simulation.nodes.pool import PoolNodes

COMPUTE_CLASS = ("cloud.google.com/v1", "ComputeClass")
LABEL = "cloud.google.com/compute-class"

# Source: https://cloud.google.com/kubernetes-engine/docs/concepts/node-auto-provisioning#limits_for_clusters
MAX_NODES = 1000

_STRATEGIES = {"Specific": "SPECIFIC_RESERVATION", "AnyBestEffort": "ANY_RESERVATION"}


def compute_class_nodes(
    obj: Mapping[str, Any],
    cluster: str = "cluster",
    location: str = "us-central1",
    catalogue: Catalogue = BUILT_IN,
) -> list[PoolNodes]:
    """Return one pool per priority of a ComputeClass, in their order. They start without nodes.

    Args:
        obj: The ComputeClass.
        cluster: Name of the cluster.
        location: Its region or zone.
        catalogue: The machine types and accelerators that GKE offers.

    Raises:
        ValueError: The machine is not in the hardware catalogue, or the class has no priorities.
    """
    name = str(obj["metadata"]["name"])
    ways = field(obj, "spec.priorities", [])
    if not ways:
        raise ValueError("it has no priorities")
    if not field(obj, "spec.nodePoolAutoCreation.enabled", False):
        raise ValueError("it creates no node pools, fix: nodePoolAutoCreation.enabled true")
    names = pool_names(obj)
    pools = [_as_pool(pool, name, way, cluster, location) for pool, way in zip(names, ways, strict=True)]
    return [pool_nodes_of(pool, inputs, catalogue) for pool, inputs in zip(names, pools, strict=True)]


def pool_names(obj: Mapping[str, Any]) -> list[str]:
    """Return the names of the pools of a ComputeClass, one per priority.

    Example:
        >>> pool_names({"metadata": {"name": "l4"}, "spec": {"priorities": [{}, {}]}})
        ['nap-l4', 'nap-l4-2']
    """
    name, count = obj["metadata"]["name"], len(field(obj, "spec.priorities", []))
    return [f"nap-{name}" if index == 1 else f"nap-{name}-{index}" for index in range(1, count + 1)]


def _as_pool(pool: str, name: str, way: Mapping[str, Any], cluster: str, location: str) -> dict[str, Any]:
    """Convert a priority to the inputs of an equivalent node pool."""
    gpu = field(way, "gpu", {})
    driver = str(gpu.get("driverVersion", "default")).upper()
    specific = field(way, "reservations.specific", [])
    zones = field(way, "location.zones", []) or [zone for one in specific for zone in one.get("zones", [])]
    accelerator = {
        "type": gpu.get("type"),
        "count": gpu.get("count", 1),
        "gpuDriverInstallationConfig": {"gpuDriverVersion": driver},
    }
    return {
        "name": pool,
        "cluster": cluster,
        "location": location,
        **({"nodeLocations": zones} if zones else {}),
        "autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": MAX_NODES},
        "nodeConfig": {
            "machineType": way.get("machineType"),
            "spot": way.get("spot", False),
            "flexStart": field(way, "flexStart.enabled", False),
            **({"maxRunDuration": f"{way['maxRunDurationSeconds']}s"} if way.get("maxRunDurationSeconds") else {}),
            "diskSizeGb": field(way, "storage.bootDiskSize", 100),
            **({"guestAccelerators": [accelerator]} if gpu else {}),
            **({"reservationAffinity": _affinity(way)} if field(way, "reservations") else {}),
            "labels": {LABEL: name},
            "taints": [{"key": LABEL, "value": name, "effect": "NO_SCHEDULE"}],
        },
    }


def _affinity(way: Mapping[str, Any]) -> dict[str, Any]:
    names = [one["name"] for one in field(way, "reservations.specific", [])]
    kind = _STRATEGIES.get(field(way, "reservations.affinity", ""), "NO_RESERVATION")
    return {"consumeReservationType": kind, **({"values": names} if names else {})}

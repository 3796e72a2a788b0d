"""Node labels that a pool must not set: those of Kubernetes and of its cloud.

The table is the simulation's own, so that a wrong one of the components does not confirm itself.
"""

from collections.abc import Mapping

from gpuplane.simulation import tables

_KUBERNETES = "kubernetes"


def is_reserved(cloud: str, key: str) -> bool:
    """Return whether Kubernetes or the cloud refuses a node label with this key.

    Example:
        >>> is_reserved("eks", "eks.amazonaws.com/nodegroup"), is_reserved("eks", "cloud.google.com/gke-spot")
        (True, False)
        >>> is_reserved("gke", "node-role.kubernetes.io/gpu"), is_reserved("gke", "node.kubernetes.io/gpu")
        (True, False)
    """
    namespace, slash, _ = key.rpartition("/")
    rows = [row for row in tables.rows("reserved_labels.csv") if row["owner"] in (_KUBERNETES, cloud)]
    matching = {row["kind"] for row in rows if _matches(row, key, namespace if slash else "")}
    return bool(matching & {"label", "namespace"}) and not matching & {"open label", "open namespace"}


def _matches(row: Mapping[str, str], key: str, namespace: str) -> bool:
    if row["kind"].endswith("label"):
        return key == row["key"]
    return namespace == row["key"] or namespace.endswith(f".{row['key']}")

"""Rules of the node labels that a pool may set."""

from collections.abc import Iterable, Mapping, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.kubernetes.names import key_problems, value_problems

# What a kubelet may set on its own node. Source: IsKubeletLabel in k8s.io/kubelet/pkg/apis/well_known_labels.go
_PREFIXES = ("kubelet.kubernetes.io", "node.kubernetes.io")
_KEYS = frozenset(
    {
        "beta.kubernetes.io/arch",
        "beta.kubernetes.io/instance-type",
        "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "kubernetes.io/arch",
        "kubernetes.io/hostname",
        "kubernetes.io/os",
        "node.kubernetes.io/instance-type",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
    }
)


def label_problems(labels: Mapping[str, str], reserved: Sequence[str], own: Iterable[str]) -> Iterable[Problem]:
    """Find what is wrong with the node labels of a pool.

    Args:
        labels: The labels.
        reserved: Prefixes that the platform keeps for itself, such as `eks.amazonaws.com/`.
        own: Keys that the pool sets itself.
    """
    for key, value in labels.items():
        path = f"labels[{key!r}]"
        if key in own:
            yield Problem(path, f"must not be set, the pool sets it, got {value!r}, fix: leave it out")
        elif key.startswith(tuple(reserved)) or is_kubernetes_own(key):
            yield Problem(
                path,
                f"must not have a reserved prefix ({', '.join((*reserved, 'kubernetes.io/', 'k8s.io/'))}), "
                "fix: use a prefix of your own",
            )
        else:
            yield from key_problems(path, key)
            yield from value_problems(path, value)


def is_kubernetes_own(key: str) -> bool:
    """Return whether the key is in a namespace of Kubernetes in which a kubelet may not set it.

    Example:
        >>> is_kubernetes_own("node-role.kubernetes.io/gpu"), is_kubernetes_own("node.kubernetes.io/gpu")
        (True, False)
    """
    namespace, slash, _ = key.rpartition("/")
    if not slash or not any(_is_in(namespace, root) for root in ("kubernetes.io", "k8s.io")):
        return False
    return key not in _KEYS and not any(_is_in(namespace, prefix) for prefix in _PREFIXES)


def _is_in(namespace: str, root: str) -> bool:
    return namespace == root or namespace.endswith(f".{root}")

"""Which node labels may be asked for."""

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


def is_kubernetes_own(key: str) -> bool:
    """Whether the key is in a namespace of Kubernetes where no kubelet may set it.

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

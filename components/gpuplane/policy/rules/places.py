"""Which namespaces are the devices': those that hold nothing but what runs on every node."""

from collections.abc import Iterable

from gpuplane.policy.subjects import Subject

SYSTEM = "kube-system"


def device_namespaces(subjects: Iterable[Subject]) -> frozenset[str]:
    """The namespaces where privileged pods belong: the system's own, and those whose only pods are DaemonSets'.

    Example:
        >>> plugin = Subject("u", "kubernetes:apps/v1:DaemonSet", "p", {"metadata": {"namespace": "gpu"}, "spec": {}})
        >>> sorted(device_namespaces([plugin]))
        ['gpu', 'kube-system']
    """
    kinds: dict[str, set[str]] = {}
    for subject in subjects:
        if subject.pod_path:
            kinds.setdefault(subject.namespace, set()).add(subject.kind)
    return frozenset({SYSTEM, *(name for name, found in kinds.items() if found == {"DaemonSet"})})

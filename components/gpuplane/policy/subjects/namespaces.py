"""Namespaces of device plugins and of other node-level software."""

from collections.abc import Iterable
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.subjects.subject import Subject

SYSTEM = "kube-system"

# Charts whose pods run on every GPU node and access its devices.
_DEVICE_CHARTS = ("gpu-operator", "nvidia-device-plugin", "dcgm-exporter")


def device_namespaces(subjects: Iterable[Subject]) -> frozenset[str]:
    """Return the namespaces that may have privileged pods.

    These are kube-system, namespaces whose only workloads are DaemonSets, and those of a device chart.

    Example:
        >>> plugin = Subject("u", "kubernetes:apps/v1:DaemonSet", "p", {"metadata": {"namespace": "gpu"}, "spec": {}})
        >>> sorted(device_namespaces([plugin]))
        ['gpu', 'kube-system']
    """
    kinds: dict[str, set[str]] = {}
    charts: set[str] = set()
    for subject in subjects:
        if subject.pod_path:
            kinds.setdefault(subject.namespace, set()).add(subject.kind)
        elif _is_device_chart(subject):
            charts.add(str(field(subject.body, "namespace", "")))
    alone = {name for name, found in kinds.items() if found == {"DaemonSet"}}
    return frozenset({SYSTEM, *alone, *(name for name in charts if name not in kinds)})


def _is_device_chart(subject: Subject) -> bool:
    chart: Any = subject.body.get("chart")
    return subject.type.startswith("kubernetes:helm.sh/") and str(chart).rpartition("/")[2] in _DEVICE_CHARTS

"""The answers of the metrics APIs: the usage of pods, and the values of custom and external metrics.

Sources: https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/ and
https://github.com/kubernetes/metrics
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.snapshot import Snapshot

Object = dict[str, Any]

WINDOW = "1s"

_PODS = re.compile(r"/apis/metrics\.k8s\.io/v1beta1/namespaces/(?P<namespace>[^/]+)/pods")
_CUSTOM = re.compile(
    r"/apis/custom\.metrics\.k8s\.io/(?P<version>v1beta[12])/namespaces/(?P<namespace>[^/]+)"
    r"/(?P<resource>[^/]+)/(?P<name>[^/]+)/(?P<metric>[^/]+)"
)
_EXTERNAL = re.compile(r"/apis/external\.metrics\.k8s\.io/v1beta1/namespaces/(?P<namespace>[^/]+)/(?P<metric>[^/]+)")
_GROUP = re.compile(r"/apis/(?P<group>[^/]+)/(?P<version>[^/]+)")

_RESOURCES = [
    {"name": "pods", "singularName": "", "namespaced": True, "kind": "PodMetrics", "verbs": ["get", "list"]},
    {"name": "nodes", "singularName": "", "namespaced": False, "kind": "NodeMetrics", "verbs": ["get", "list"]},
]


def answer(path: str, selector: str, snapshot: Snapshot, factor: float) -> Object | None:
    """Return the answer at a path; None if there is none.

    A pod uses `factor` times its requests. A custom or external metric is `factor` times the highest target of the
    namespace's autoscalers.

    Args:
        path: Path of the request.
        selector: Its label selector.
        snapshot: The cluster.
        factor: The load.
    """
    if match := _PODS.fullmatch(path):
        return _pod_metrics(match["namespace"], selector, snapshot, factor)
    if match := _CUSTOM.fullmatch(path):
        return _custom_metrics(match, selector, snapshot, factor)
    if match := _EXTERNAL.fullmatch(path):
        value = _aim(match["namespace"], match["metric"], snapshot) * Decimal(factor)
        item = {
            "metricName": match["metric"],
            "metricLabels": dict[str, str](),
            "timestamp": _now(),
            "value": _milli(value),
        }
        return _list("external.metrics.k8s.io/v1beta1", "ExternalMetricValueList", [item])
    if match := _GROUP.fullmatch(path):
        resources = _RESOURCES if match["group"] == "metrics.k8s.io" else []
        version = f"{match['group']}/{match['version']}"
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}
    return None


def matches(selector: str, labels: Mapping[str, str]) -> bool:
    """Return whether labels match a selector of equalities and sets.

    Example:
        >>> matches("app=bert,tier in (gold,silver)", {"app": "bert", "tier": "gold"})
        True
    """
    return all(_holds(term.strip(), labels) for term in re.split(r",(?![^(]*\))", selector) if term.strip())


def _holds(term: str, labels: Mapping[str, str]) -> bool:
    if found := re.fullmatch(r"(\S+)\s+(in|notin)\s+\((.*)\)", term):
        name, verb, values = found.groups()
        is_in = labels.get(name) in [value.strip() for value in values.split(",")]
        return is_in if verb == "in" else not is_in
    if found := re.fullmatch(r"([^!=\s]+)\s*(==|=|!=)\s*(\S*)", term):
        name, verb, value = found.groups()
        return (labels.get(name) == value) is (verb != "!=")
    return term[1:] not in labels if term.startswith("!") else term in labels


def _pod_metrics(namespace: str, selector: str, snapshot: Snapshot, factor: float) -> Object:
    items = [
        {
            "metadata": {"name": pod["metadata"]["name"], "namespace": namespace},
            "timestamp": _now(),
            "window": WINDOW,
            "containers": [
                {"name": container["name"], "usage": _usage(container, factor)}
                for container in pod["spec"]["containers"]
            ],
        }
        for pod in _selected(namespace, selector, snapshot)
        if field(pod, "status.phase") == "Running"
    ]
    return _list("metrics.k8s.io/v1beta1", "PodMetricsList", items)


def _usage(container: Object, factor: float) -> dict[str, str]:
    asked = field(container, "resources.requests", {})
    return {name: _milli(quantity.parse(asked.get(name, "0")) * Decimal(factor)) for name in ("cpu", "memory")}


def _custom_metrics(match: re.Match[str], selector: str, snapshot: Snapshot, factor: float) -> Object:
    value = _milli(_aim(match["namespace"], match["metric"], snapshot) * Decimal(factor))
    names = (
        [pod["metadata"]["name"] for pod in _selected(match["namespace"], selector, snapshot)]
        if match["name"] == "*"
        else [match["name"]]
    )
    # v1beta1 has the metric's name where v1beta2 has an object.
    said = {"metricName": match["metric"]} if match["version"] == "v1beta1" else {"metric": {"name": match["metric"]}}
    items = [
        {
            "describedObject": {"kind": "Pod", "namespace": match["namespace"], "name": name, "apiVersion": "/v1"},
            "timestamp": _now(),
            "value": value,
            **said,
        }
        for name in names
    ]
    return _list(f"custom.metrics.k8s.io/{match['version']}", "MetricValueList", items)


def _selected(namespace: str, selector: str, snapshot: Snapshot) -> Iterator[Object]:
    for pod in snapshot.pods:
        metadata = pod["metadata"]
        if metadata["namespace"] == namespace and matches(selector, field(metadata, "labels", {})):
            yield pod


def _aim(namespace: str, metric: str, snapshot: Snapshot) -> Decimal:
    """Return the highest target for a metric among the autoscalers of the namespace."""
    found = [
        quantity.parse(target.get("averageValue") or target.get("value") or "0")
        for autoscaler in snapshot.autoscalers
        if autoscaler["metadata"]["namespace"] == namespace
        for name, target in _targets(field(autoscaler, "spec.metrics", []))
        if name == metric
    ]
    return max(found, default=Decimal(1))


def _targets(metrics: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    for metric in metrics:
        for kind in ("pods", "object", "external"):
            if kind in metric:
                yield metric[kind]["metric"]["name"], metric[kind]["target"]


def _list(version: str, kind: str, items: list[Object]) -> Object:
    return {"kind": kind, "apiVersion": version, "metadata": {}, "items": items}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _milli(amount: Decimal) -> str:
    return f"{int(amount * 1000)}m"

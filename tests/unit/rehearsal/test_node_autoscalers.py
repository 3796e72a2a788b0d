"""What gives pools more nodes in a rehearsal: the cluster autoscaler and Karpenter, and whether each is there."""

from collections.abc import Callable
from typing import Any

import pytest

from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.gpu_operator import unchecked
from gpuplane.rehearsal.controllers.node_autoscalers import NodeAutoscalers, installed_by_chart

AUTOSCALER, KARPENTER = "cluster-autoscaler", "karpenter"
IMAGES = {
    AUTOSCALER: "registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.1@sha256:0",
    KARPENTER: "public.ecr.aws/karpenter/controller:1.14.1@sha256:0",
}
CHARTS = {
    AUTOSCALER: "https://kubernetes.github.io/autoscaler/cluster-autoscaler",
    KARPENTER: "oci://public.ecr.aws/karpenter/karpenter",
}
OTHERS = {
    AUTOSCALER: "registry.example.com/cluster-autoscaler-exporter:v1",
    KARPENTER: "registry.example.com/other-karpenter/controller:v1",
}
WORDS = {
    AUTOSCALER: "assumed: a cluster autoscaler is in the cluster, which EKS pools need to grow",
    KARPENTER: "assumed: Karpenter is in the cluster, which its pools need to have nodes",
}


def snapshot(image: str, ready: int) -> Snapshot:
    spec = {"template": {"spec": {"containers": [{"image": image}]}}}
    deployment = {"kind": "Deployment", "spec": spec, "status": {"readyReplicas": ready}}
    return Snapshot(**{**vars(Snapshot.empty()), "deployments": [deployment]})


CLUSTERS: dict[str, Callable[[NodeAutoscalers, str], Any]] = {
    "existing": lambda it, _: None,
    "new": lambda it, _: it.on_new_cluster(),
    "chart": lambda it, name: (it.on_new_cluster(), it.on_chart(CHARTS[name])),
    "chart into existing": lambda it, name: it.on_chart(CHARTS[name]),
}


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize(
    ("cluster", "deployed", "runs", "is_assumed"),
    [
        ("existing", None, True, True),
        ("existing", (IMAGES, 0), False, False),
        ("existing", (IMAGES, 1), True, False),
        ("existing", (OTHERS, 1), True, True),
        ("new", None, False, False),
        ("new", (IMAGES, 0), False, False),
        ("new", (IMAGES, 1), True, False),
        ("new", (OTHERS, 1), False, False),
        ("chart", None, True, False),
        ("chart into existing", None, True, False),
    ],
)
def test_it_runs_where_it_is_ready_or_taken_to_be_there(
    name: str, cluster: str, deployed: tuple[dict[str, str], int] | None, runs: bool, is_assumed: bool
) -> None:
    known = NodeAutoscalers()
    CLUSTERS[cluster](known, name)
    now = snapshot(deployed[0][name], deployed[1]) if deployed else Snapshot.empty()
    assert (name in known.running(now)) is runs
    assert known.notes({name}, now) == ([WORDS[name]] if is_assumed else [])


def test_a_chart_of_one_is_none_of_the_other() -> None:
    known = NodeAutoscalers()
    known.on_new_cluster()
    known.on_chart(CHARTS[KARPENTER])
    assert known.running(Snapshot.empty()) == {KARPENTER}


def test_only_what_pools_need_is_assumed() -> None:
    assert NodeAutoscalers().notes(set(), Snapshot.empty()) == []


@pytest.mark.parametrize(
    ("chart", "name"),
    [
        ("oci://public.ecr.aws/karpenter/karpenter", KARPENTER),
        ("oci://registry.example.com/mirror/karpenter", KARPENTER),
        ("karpenter", KARPENTER),
        ("oci://public.ecr.aws/karpenter/karpenter-crd", ""),
        ("cluster-autoscaler", AUTOSCALER),
        ("gpu-operator", ""),
    ],
)
def test_a_chart_is_known_by_its_name_from_any_registry(chart: str, name: str) -> None:
    assert installed_by_chart(chart) == name


@pytest.mark.parametrize(
    ("chart", "effect"),
    [
        ("oci://public.ecr.aws/karpenter/karpenter", ", its nodes are simulated"),
        ("oci://public.ecr.aws/karpenter/karpenter-crd", ""),
        ("gpu-operator", ", its device plugin is assumed to run"),
        ("kueue", ""),
    ],
)
def test_a_verdict_says_what_of_a_release_was_taken_for_granted(chart: str, effect: str) -> None:
    said = unchecked("it", {"chart": chart})
    assert said == f"Helm release it of chart {chart}: its objects were not validated{effect}"

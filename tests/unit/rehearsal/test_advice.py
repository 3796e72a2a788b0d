"""Which config keys a finding names, by the words of who said no."""

from typing import Any, get_args

import pytest
from pydantic.alias_generators import to_camel

import gpuplane
from gpuplane.component.base import Component
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.node_pools import PoolState
from gpuplane.rehearsal.verdict.advice import Advice
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.origins import Origins, section_of
from gpuplane.stackconfig.model import StackConfig
from gpuplane.stackconfig.sections.pool_kinds import POOL_KINDS

SERVER = "Deployment ml/bert"
TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {}},
    "spec": {},
    "status": {"allocatable": {"cpu": "8", "memory": "32Gi", "nvidia.com/gpu": "1", "pods": "110"}},
}


def obj(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"namespace": "ml", "name": name}, "spec": spec}


def deployment(cpu: str = "4") -> dict[str, Any]:
    pod = {"containers": [{"resources": {"requests": {"cpu": cpu, "nvidia.com/gpu": "1"}}}]}
    return obj("Deployment", "bert", template={"spec": pod})


AUTOSCALER = obj("HorizontalPodAutoscaler", "bert", scaleTargetRef={"kind": "Deployment", "name": "bert"})
QUOTA = obj("ResourceQuota", "quota")
NAMESPACE = {"kind": "Namespace", "metadata": {"name": "ml"}}


def recording(with_components: bool = True) -> Recording:
    found = Recording()
    made: list[tuple[str, str, dict[str, Any], str, str]] = [
        ("apps/v1", "Deployment", deployment(), "ModelServer", "bert"),
        ("autoscaling/v2", "HorizontalPodAutoscaler", AUTOSCALER, "ModelServer", "bert"),
        ("core/v1", "ResourceQuota", QUOTA, "TenantNamespace", "serving"),
        ("core/v1", "Namespace", NAMESPACE, "TenantNamespace", "serving"),
    ]
    for module, kind, outputs, component, name in made:
        parent = RecordedResource(f"urn:{component}", f"gpuplane:index:{component}", name, False, {})
        urn, parent_urn = f"urn:{kind}", parent.urn if with_components else ""
        found.resources += [
            parent,
            RecordedResource(urn, f"kubernetes:{module}:{kind}", f"{name}-x", True, {}, parent=parent_urn),
        ]
        found.outputs[urn] = outputs
    pool = RecordedResource("urn:p", "gpuplane:index:GkeGpuNodePool", "t4", False, {})
    token = "gcp:container/nodePool:NodePool"
    found.resources += [pool, RecordedResource("urn:t4", token, "t4-pool", True, {}, parent="urn:p")]
    return found


def keys(reason: str, server: dict[str, Any], origins: Origins) -> tuple[str, ...]:
    seen = Snapshot(**{**vars(Snapshot.empty()), "deployments": [server], "autoscalers": [AUTOSCALER]})
    advice = Advice(origins, [PoolState("t4-pool", 2, 2, ("a",), TEMPLATE)])
    (found,) = advice.on([Finding(SERVER, "1 of 2 replicas ready", reason)], seen)
    return found.keys


MAXIMUM = "models.bert.scaling.maxReplicas"
EXCEEDED = "exceeded quota: quota, requested: {0}=4, used: {0}=8, limited: {0}=8"


@pytest.mark.parametrize(
    ("reason", "cpu", "expected"),
    [
        (EXCEEDED.format("requests.cpu"), "4", ("tenants.serving.quota.cpu", MAXIMUM)),
        (EXCEEDED.format("requests.nvidia.com/gpu"), "4", ("tenants.serving.quota.gpus", MAXIMUM)),
        (EXCEEDED.format("count/jobs.batch"), "4", ("tenants.serving.quota", MAXIMUM)),
        ("0/2 nodes are available: 2 Insufficient nvidia.com/gpu.", "4", ("pools.gke.t4.maxNodes", MAXIMUM)),
        (
            "0/2 nodes are available: 2 Insufficient cpu.",
            "16",
            ("models.bert.cpu.request", "pools.gke.t4.machineType"),
        ),
        (
            "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 were unschedulable.",
            "4",
            ("pools.gke.t4.maxNodes",),
        ),
        ("2 node(s) had untolerated taint(s)", "4", ("models.bert.tolerations",)),
        ("2 node(s) didn't match Pod's node affinity/selector", "4", ("models.bert.gpu",)),
        ('persistentvolumeclaim "models" not found', "4", ("models.bert.storage.claim",)),
        ("something nobody has heard of", "4", ()),
    ],
)
def test_the_reason_leads_to_the_key(reason: str, cpu: str, expected: tuple[str, ...]) -> None:
    assert keys(reason, deployment(cpu), Origins(recording(), is_stack_program=True)) == expected


EFA = "vpc.amazonaws.com/efa"


@pytest.mark.parametrize(
    ("interfaces", "shown", "expected"),
    [
        (None, None, ("pools.eks.h100.efa",)),
        ("32", None, ("devices.efaDevicePlugin",)),
        ("32", "32", ("models.bert.transforms", "pools.eks.h100.machineType")),
        ("64", "64", ("pools.eks.h100.maxNodes", MAXIMUM)),
    ],
)
def test_interfaces_that_are_not_there_lead_to_the_pool_and_unshown_ones_to_their_plugin(
    interfaces: str | None, shown: str | None, expected: tuple[str, ...]
) -> None:
    pod = {"containers": [{"resources": {"requests": {"nvidia.com/gpu": "8", EFA: "64"}}}]}
    server = obj("Deployment", "bert", template={"spec": pod})
    seen = Snapshot(**{**vars(Snapshot.empty()), "deployments": [server], "autoscalers": [AUTOSCALER]})
    annotations = {"rehearsal.gpuplane.dev/efa-interfaces": interfaces} if interfaces else {}
    allocatable = {"pods": "110", "nvidia.com/gpu": "8", **({EFA: shown} if shown else {})}
    node = {"metadata": {"labels": {}, "annotations": annotations}, "spec": {}, "status": {"allocatable": allocatable}}
    made = recording()
    pool = RecordedResource("urn:e", "gpuplane:index:EksGpuNodePool", "h100", False, {})
    group = RecordedResource("urn:g", "aws:eks/nodeGroup:NodeGroup", "h100-group", True, {}, parent="urn:e")
    made.resources += [pool, group]
    advice = Advice(Origins(made, is_stack_program=True), [PoolState("h100-group", 1, 1, ("a",), node)])
    reason = f"0/1 nodes are available: 1 Insufficient nvidia.com/gpu, 1 Insufficient {EFA}."
    (found,) = advice.on([Finding(SERVER, "0 of 2 replicas ready", reason)], seen)
    assert found.keys == expected


@pytest.mark.parametrize(
    ("cpu", "lacks", "expected"),
    [
        ("4", "cluster-autoscaler", ("cluster.autoscaler.enabled",)),
        ("4", "karpenter", ("cluster.karpenter.enabled",)),
        ("4", "", ("models.bert.gpu",)),
        ("16", "cluster-autoscaler", ("models.bert.gpu",)),
        ("16", "karpenter", ("models.bert.gpu",)),
    ],
)
def test_a_pool_that_would_grow_leads_to_what_would_have_to_be_there(
    cpu: str, lacks: str, expected: tuple[str, ...]
) -> None:
    server = deployment(cpu)
    seen = Snapshot(**{**vars(Snapshot.empty()), "deployments": [server]})
    pool = PoolState("t4-pool", 0, 2, ("a",), TEMPLATE, lacks)
    reason = "2 node(s) didn't match Pod's node affinity/selector"
    advice = Advice(Origins(recording(), is_stack_program=True), [pool])
    (found,) = advice.on([Finding(SERVER, "0 of 2 replicas ready", reason, "scheduler")], seen)
    assert found.keys == expected


@pytest.mark.parametrize(
    ("component", "obj", "pool", "expected"),
    [
        (
            "KarpenterGpuNodePool",
            {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "l4"}},
            "l4",
            "pools.karpenter.l4.subnetIds",
        ),
        (
            "GkeComputeClass",
            {
                "apiVersion": "cloud.google.com/v1",
                "kind": "ComputeClass",
                "metadata": {"name": "l4"},
                "spec": {"priorities": [{}, {}]},
            },
            "nap-l4-2",
            "pools.computeClasses.l4.priorities",
        ),
    ],
)
def test_nodes_that_an_object_brings_lead_to_its_key(
    component: str, obj: dict[str, Any], pool: str, expected: str
) -> None:
    parent = RecordedResource("urn:c", f"gpuplane:index:{component}", "l4", False, {})
    made = RecordedResource("urn:o", "kubernetes:x/v1:X", "l4-x", True, {}, parent="urn:c")
    origins = Origins(Recording([parent, made], {"urn:o": obj}), is_stack_program=True)
    assert origins.pool_key(pool, "zones", "its zones") == expected


def test_in_a_program_of_ones_own_the_component_is_named() -> None:
    origins = Origins(recording(), is_stack_program=False)
    assert keys(EXCEEDED.format("requests.cpu"), deployment(), origins) == (
        "TenantNamespace serving: quota.cpu",
        "ModelServer bert: scaling.maxReplicas",
    )


def test_without_components_the_resource_and_its_property_are_named() -> None:
    origins = Origins(recording(with_components=False), is_stack_program=False)
    assert keys(EXCEEDED.format("requests.cpu"), deployment(), origins) == (
        "kubernetes:core/v1:ResourceQuota serving-x: spec.hard[requests.cpu]",
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler bert-x: spec.maxReplicas",
    )


def test_an_object_that_the_program_did_not_make_is_named_itself() -> None:
    nobody = Origins(Recording(), is_stack_program=True)
    assert nobody.key(QUOTA, "quota.cpu", "spec.hard") == "ResourceQuota ml/quota: spec.hard"


@pytest.mark.parametrize(
    ("component", "key"),
    [
        ("GkeGpuNodePool", "pools.gke.t4.zones"),
        ("EksGpuNodePool", "pools.eks.t4.subnetIds"),
        ("KarpenterGpuNodePool", "pools.karpenter.t4.subnetIds"),
        ("GkeCluster", "cluster.gke.location"),
    ],
)
def test_a_pools_key_is_what_its_own_component_calls_it(component: str, key: str) -> None:
    pool = RecordedResource("urn:p", f"gpuplane:index:{component}", "t4", False, {})
    made = RecordedResource("urn:t4", "a:b:NodePool", "t4-pool", True, {}, parent="urn:p")
    origins = Origins(Recording([pool, made]), is_stack_program=True)
    assert origins.pool_key("t4-pool", "zones", "its zones") == key


def test_a_finding_on_the_driver_installer_names_its_section() -> None:
    parent = RecordedResource("urn:d", "gpuplane:index:GkeDriverInstaller", "driver", False, {})
    made = RecordedResource("urn:s", "kubernetes:apps/v1:DaemonSet", "driver-daemonset", True, {}, parent="urn:d")
    daemonset = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "driver", "namespace": "gpu"}}
    recording = Recording([parent, made], {"urn:s": daemonset})
    path = "spec.template.spec.tolerations"
    of_stack, of_another = (Origins(recording, is_stack_program=is_stack) for is_stack in (True, False))
    assert of_stack.key(daemonset, "tolerations", path) == "devices.gkeDriverInstaller.tolerations"
    assert of_another.key(daemonset, "tolerations", path) == "GkeDriverInstaller driver: tolerations"


def _components() -> list[str]:
    exported = {name: getattr(gpuplane, name) for name in gpuplane.__all__}
    return [name for name, found in exported.items() if isinstance(found, type) and issubclass(found, Component)]


@pytest.mark.parametrize("component", _components())
def test_every_component_says_its_section_and_the_stacks_config_has_it(component: str) -> None:
    assert hasattr(getattr(gpuplane, component), "SECTION"), "say None where no section of a stack makes it"
    section = section_of(component)
    if not section:
        return
    model: Any = StackConfig
    for name in section.path.split("."):
        model = _inner(model) if name == "{name}" else _annotation(_inner(model), name)
    for argument in section.node_arguments.values():
        assert _annotation(_inner(model), argument)


def test_the_section_of_a_pool_is_that_of_its_kind() -> None:
    keys = {kind.component: f"pools.{to_camel(kind.key)}.{{name}}" for kind in POOL_KINDS}
    assert {component: section.path for component in keys if (section := section_of(component))} == keys


def _annotation(model: Any, key: str) -> Any:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}[key]


def _inner(annotation: Any) -> Any:
    """The model in `X | None` or in a map by name."""
    return next((_inner(one) for one in reversed(get_args(annotation)) if one is not type(None)), annotation)

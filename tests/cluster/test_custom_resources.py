"""Custom resources against the real definitions of the stack's operators."""

from collections.abc import Generator
from typing import Any

import pytest

from gpuplane.rehearsal import binaries, crds
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi, Refused
from gpuplane.rehearsal.crds.modules import fetch, modules

pytestmark = pytest.mark.cluster


def silent(_: str) -> None:
    pass


def obj(api_version: str, kind: str, spec: dict[str, Any], namespace: str = "default") -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "one", "namespace": namespace}, "spec": spec}


ROUTE = obj(
    "gateway.networking.k8s.io/v1",
    "HTTPRoute",
    {"parentRefs": [{"name": "door"}], "rules": [{"backendRefs": [{"name": "bert", "port": 80, "weight": 10}]}]},
)
SCALED = obj(
    "keda.sh/v1alpha1",
    "ScaledObject",
    {"scaleTargetRef": {"name": "bert"}, "triggers": [{"type": "prometheus", "metadata": {"query": "q"}}]},
)
MONITOR = obj("monitoring.coreos.com/v1", "ServiceMonitor", {"selector": {}, "endpoints": [{"port": "http"}]})
CERTIFICATE = obj("cert-manager.io/v1", "Certificate", {"secretName": "tls", "issuerRef": {"name": "ca"}})
POOL: dict[str, Any] = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "one"},
    "spec": {
        "template": {
            "spec": {
                "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}],
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "one"},
            }
        }
    },
}
QUEUE = obj("kueue.x-k8s.io/v1beta1", "LocalQueue", {"anything": "goes"})
GOOD = [ROUTE, SCALED, MONITOR, CERTIFICATE, POOL, QUEUE]


@pytest.fixture(scope="module")
def api() -> Generator[KubernetesApi, None, None]:
    with control_plane.start(binaries.ensure(silent), silent) as plane:
        known = KubernetesApi(plane.kubeconfig)
        notes = crds.install(known, GOOD, silent)
        assert [note.split(" was not validated")[0] for note in notes] == ["LocalQueue of kueue.x-k8s.io"]
        yield known


def changed(good: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {**good, "spec": {**good["spec"], **spec}}


@pytest.mark.parametrize("good", GOOD, ids=lambda one: one["kind"])
def test_a_right_custom_resource_is_taken(api: KubernetesApi, good: dict[str, Any]) -> None:
    assert api.apply(good)["metadata"]["uid"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            changed(ROUTE, rules=[{"backendRefs": [{"name": "bert", "port": 80, "weight": -1}]}]),
            "weight: Invalid value: -1: spec.rules[0].backendRefs[0].weight in body should be greater than or equal to",
        ),
        (changed(ROUTE, hostnames=["*"]), "spec.hostnames[0] in body should match"),
        (changed(SCALED, minReplicas=1), ".spec.minReplicas: field not declared in schema"),
        (changed(SCALED, triggers=[{"type": "prometheus"}]), "spec.triggers[0].metadata: Required value"),
        (changed(MONITOR, endpoints=[{"prt": "http"}]), "prt: field not declared in schema"),
        (changed(CERTIFICATE, issuerRef={"kind": "Issuer"}), "spec.issuerRef.name: Required value"),
        (changed(POOL, weight=0), "spec.weight in body should be greater than or equal to 1"),
    ],
)
def test_a_wrong_custom_resource_is_refused_in_the_api_servers_words(
    api: KubernetesApi, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused) as raised:
        api.apply(wrong)
    assert words in str(raised.value)


def test_a_version_that_the_definition_does_not_have_is_refused(api: KubernetesApi) -> None:
    with pytest.raises(Refused, match="no kind ScaledObject in keda.sh/v1"):
        api.apply({**SCALED, "apiVersion": "keda.sh/v1"})


def test_every_pinned_module_can_be_had_as_pinned() -> None:
    for module in modules().values():
        assert list(fetch(module).glob(f"{module.group}_*.yaml")), module.group

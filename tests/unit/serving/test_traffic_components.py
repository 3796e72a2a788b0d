"""Routes, Ingresses and load balancers as components: their children, and what a promotion changes."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

import gpuplane
from gpuplane import InvalidArgumentsError
from gpuplane.component.base import Component
from gpuplane.testing import Recorded, record

HOST = "api.ml.example.com"
FACTS = {"name": "inference", "namespace": "gw", "listener": "https", "policies": "gke"}
TWO = {"main": {"service": "it", "weight": 90}, "v2": {"service": "it-v2", "weight": 10}}
PORTABLE: dict[str, Any] = {
    "class_name": "eg",
    "issuer": "letsencrypt-prod",
    "hosts": [HOST],
    "namespaces": ["ml"],
}
SAMPLES: list[tuple[type[Component], dict[str, Any]]] = [
    (gpuplane.InferenceGateway, PORTABLE),
    (
        gpuplane.InferenceGateway,
        {"platform": "eks", "certificate_arn": "arn", "hosts": [HOST], "namespaces": ["ml"]},
    ),
    (gpuplane.ModelRoute, {"namespace": "ml", "gateway": FACTS, "hosts": [HOST], "backends": TWO}),
    (gpuplane.ModelIngress, {"namespace": "ml", "ingress": {"issuer": "x"}, "hosts": [HOST], "backends": TWO}),
    (gpuplane.ModelLoadBalancer, {"namespace": "ml", "platform": "gke", "selector": {"app": "it"}}),
]


def recorded(program: Callable[[], Any]) -> Recorded:
    return record(program)


def made(component: type[Component], args: Mapping[str, Any], **changes: Any) -> Recorded:
    return recorded(lambda: component("it", {**args, **changes}))  # pyright: ignore


@pytest.mark.parametrize(("component", "args"), SAMPLES)
def test_its_children_are_its_own_come_after_what_it_depends_on_and_use_the_given_provider(
    component: type[Component], args: dict[str, Any]
) -> None:
    def program() -> None:
        provider = k8s.Provider("k8s")
        first = k8s.core.v1.Namespace("first", opts=pulumi.ResourceOptions(provider=provider))
        component("it", args, pulumi.ResourceOptions(providers=[provider], depends_on=[first]))  # pyright: ignore

    found = recorded(program)
    first = found.one("Namespace", "first").urn
    children = found.children("it")
    assert children
    assert all(child.name.startswith("it-") for child in children)
    assert all(first in child.dependencies for child in children)
    found.assert_explicit_providers()


@pytest.mark.parametrize("component", sorted({component for component, _ in SAMPLES}, key=str))
def test_each_of_its_children_can_be_bent(component: type[Component]) -> None:
    for child in component.CHILDREN:
        patch = {"metadata": {"labels": {"bent": "yes"}}}
        hit = [
            one.name
            for kind, args in SAMPLES
            if kind is component
            for one in made(kind, args, transforms={child: patch}).children("it")
            if one.inputs["metadata"].get("labels", {}).get("bent")
        ]
        assert hit, child


@pytest.mark.parametrize(("component", "args"), SAMPLES)
def test_nothing_is_made_when_an_argument_is_wrong(component: type[Component], args: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentsError, match="nonsense: unknown key, "):
        made(component, args, nonsense=1)


def test_a_gateway_has_a_namespace_of_its_own_a_certificate_and_a_redirect() -> None:
    found = made(gpuplane.InferenceGateway, PORTABLE)
    assert found.one("Namespace").inputs["metadata"]["name"] == "inference-gateway"
    certificate = found.one("Certificate").inputs
    assert certificate["spec"] == {
        "secretName": "inference-gateway-tls",
        "dnsNames": [HOST],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "letsencrypt-prod"},
    }
    redirect = found.one("HTTPRoute").inputs["spec"]
    assert redirect["parentRefs"] == [{"name": "inference", "sectionName": "http"}]
    assert redirect["rules"][0]["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}


def test_an_internal_gateway_without_tls_takes_routes_by_http() -> None:
    facts: list[Any] = []

    def program() -> None:
        args = {"class_name": "eg", "internal": True, "hosts": [HOST], "namespaces": ["ml"]}
        facts.append(gpuplane.InferenceGateway("it", args).facts)

    found = recorded(program)
    assert [one["name"] for one in found.one("Gateway").inputs["spec"]["listeners"]] == ["http"]
    assert found.all("HTTPRoute") == []
    assert facts[0].listener == "http"


def weights(**of: int) -> dict[str, Any]:
    return {name: {"service": f"it-{name}", "weight": weight} for name, weight in of.items()}


def changed(component: type[Component], before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    old = {one.name: one.inputs for one in made(component, before).children("it")}
    new = {one.name: one.inputs for one in made(component, after).children("it")}
    assert old.keys() == new.keys()
    return {name for name in old if old[name] != new[name]}


def test_a_blue_green_switch_and_a_promotion_change_the_route_alone() -> None:
    args = {"namespace": "ml", "gateway": FACTS, "hosts": [HOST]}
    blue = {**args, "backends": weights(blue=100, green=0)}
    green = {**args, "backends": weights(blue=0, green=100)}
    assert changed(gpuplane.ModelRoute, blue, green) == {"it-route"}


def test_a_promotion_behind_an_ingress_changes_the_canarys_weight_alone() -> None:
    args = {"namespace": "ml", "ingress": {"issuer": "x"}, "hosts": [HOST]}
    before = {**args, "backends": weights(main=90, v2=10)}
    after = {**args, "backends": weights(main=0, v2=100)}
    assert changed(gpuplane.ModelIngress, before, after) == {"it-canary"}


def test_a_canary_ingress_has_the_same_host_and_path_and_leads_to_the_canary() -> None:
    found = made(
        gpuplane.ModelIngress, {"namespace": "ml", "ingress": {"issuer": "x"}, "hosts": [HOST], "backends": TWO}
    )
    stable, canary = found.one("Ingress", "it-ingress").inputs, found.one("Ingress", "it-canary").inputs
    (of_stable,), (of_canary,) = (one["spec"]["rules"] for one in (stable, canary))
    assert of_stable["host"] == of_canary["host"]
    (to_stable,), (to_canary,) = (one["http"]["paths"] for one in (of_stable, of_canary))
    assert to_stable["path"] == to_canary["path"]
    assert to_stable["backend"]["service"]["name"] == "it"
    assert to_canary["backend"]["service"]["name"] == "it-v2"
    assert canary["metadata"]["annotations"]["nginx.ingress.kubernetes.io/canary-weight"] == "10"


@pytest.mark.parametrize(
    ("given", "url"), [({"ip": "10.0.0.9"}, "http://10.0.0.9"), ({"hostname": "a.elb.example"}, "http://a.elb.example")]
)
def test_a_load_balancer_is_reached_at_the_address_that_its_platform_gave(given: dict[str, str], url: str) -> None:
    def program() -> None:
        args = {"namespace": "ml", "platform": "gke", "selector": {"app": "it"}}
        pulumi.export("url", gpuplane.ModelLoadBalancer("it", args).url)

    status = {"status": {"loadBalancer": {"ingress": [given]}}}
    assert record(program, answers={"kubernetes:core/v1:Service": status}).exports["url"] == url

"""Messages of every exposure, and the objects of a route."""

from collections.abc import Mapping
from typing import Any

import pytest

from gpuplane import InvalidArgumentsError
from gpuplane.arguments.base import Args
from gpuplane.platforms import Platform
from gpuplane.serving.traffic.gateway.args import InferenceGatewayArgs
from gpuplane.serving.traffic.gateway.facts import GatewayFacts
from gpuplane.serving.traffic.gateway.inputs import aws_settings_spec, gateway_spec
from gpuplane.serving.traffic.gateway.rules import class_of
from gpuplane.serving.traffic.ingress.args import IngressShape, ModelIngressArgs
from gpuplane.serving.traffic.ingress.inputs import ingress_annotations, ingress_spec
from gpuplane.serving.traffic.load_balancer.args import ModelLoadBalancerArgs
from gpuplane.serving.traffic.load_balancer.inputs import annotations, load_balancer_spec
from gpuplane.serving.traffic.route.args import ModelRouteArgs, RouteShape
from gpuplane.serving.traffic.route.fields import Backend
from gpuplane.serving.traffic.route.inputs import backend_policies, http_route_spec

HOST = "api.ml.example.com"
ONE = {"main": {"service": "bert"}}
FACTS = {"name": "inference", "namespace": "gw", "listener": "https", "policies": "portable"}
GATEWAY: dict[str, Any] = {"platform": "gke", "issuer": "letsencrypt-prod", "hosts": [HOST], "namespaces": ["ml"]}
ROUTE: dict[str, Any] = {"namespace": "ml", "gateway": FACTS, "hosts": [HOST], "backends": ONE}
INGRESS: dict[str, Any] = {
    "namespace": "ml",
    "ingress": {"issuer": "letsencrypt-prod"},
    "hosts": [HOST],
    "backends": ONE,
}
BALANCER: dict[str, Any] = {"namespace": "ml", "selector": {"app": "bert"}}
NO_TLS = "must have TLS, got no certificate: a server on the internet without TLS is refused, "


def problems(model: type[Args], whole: Mapping[str, Any], **changes: Any) -> list[str]:
    try:
        model.parse("it", {**whole, **changes})
    except InvalidArgumentsError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"issuer": None},
            NO_TLS + "allowed: issuer, certificate_secret, certificate_map, "
            "fix: issuer: letsencrypt-prod, or internal: true",
        ),
        (
            {"issuer": None, "platform": "eks"},
            NO_TLS + "allowed: certificate_arn, fix: certificate_arn: arn:aws:acm:..., or internal: true",
        ),
        (
            {"platform": "eks"},
            "issuer: not supported by class 'aws-alb', allowed: certificate_arn",
        ),
        (
            {"certificate_secret": "tls"},
            "must have one certificate, got issuer, certificate_secret",
        ),
        (
            {"platform": "kubeconfig"},
            "class_name: required where no platform has a gateway of its own, such as class_name: eg",
        ),
        (
            {"internal": True, "class_name": "gke-l7-global-external-managed"},
            "internal: must be false with class 'gke-l7-global-external-managed', which is external, got true",
        ),
        (
            {"class_name": "gke-l7-rilb"},
            "internal: must be true with class 'gke-l7-rilb', which is internal, got false",
        ),
        ({"hosts": []}, "hosts: must have a host, got none"),
    ],
)
def test_a_gateway_that_would_not_work_or_not_be_safe_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert problems(InferenceGatewayArgs, GATEWAY, **changes) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"internal": True, "issuer": None},
        {"issuer": None, "certificate_map": "ml"},
        {"platform": "eks", "issuer": None, "certificate_arn": "arn:aws:acm:us-east-1:1:certificate/1"},
        {"platform": "eks", "class_name": "eg"},
        {"platform": "kubeconfig", "class_name": "eg", "issuer": None, "certificate_secret": "tls"},
    ],
)
def test_a_gateway_with_tls_or_for_the_own_network_is_taken(changes: dict[str, Any]) -> None:
    assert problems(InferenceGatewayArgs, GATEWAY, **changes) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hosts": []}, "hosts: must have a host, got none, such as hosts: [api.ml.example.com]"),
        ({"hosts": ["API.example.com"]}, "hosts[0]: must be a DNS name in lower case, got 'API.example.com'"),
        ({"hosts": ["localhost"]}, "hosts[0]: must be a DNS name in lower case, got 'localhost'"),
        ({"path": "bert"}, "path: must begin with / and have no empty part, got 'bert'"),
        ({"path": "/a//b"}, "path: must begin with / and have no empty part, got '/a//b'"),
        ({"rewrite": ""}, "rewrite: must begin with / and have no empty part, got ''"),
        ({"timeout_seconds": 0}, "timeout_seconds: must be from 1 to 86400, got 0"),
        ({"backends": {"main": {"service": "b", "weight": 90}}}, "backends: weights must sum to 100, got 90: main 90"),
        (
            {"backends": {"main": {"service": "b", "cookie": "ab"}}},
            "backends.main.cookie: must be left out on a ModelRoute: Gateway API cannot match cookies, fix: headers",
        ),
    ],
)
def test_a_route_that_no_gateway_takes_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert problems(ModelRouteArgs, ROUTE, **changes) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"ingress": {}},
            "ingress: " + NO_TLS + "fix: issuer: letsencrypt-prod, or tls_secret: the name of a TLS Secret",
        ),
        (
            {"ingress": {"issuer": "x", "body_limit": "50 MB"}},
            "ingress.body_limit: must be a size, got '50 MB', such as 50m",
        ),
        (
            {"ingress": {"issuer": "x", "class_name": "alb", "body_limit": "50m"}},
            "ingress.body_limit: must be left out on class 'alb': no annotation says it everywhere",
        ),
        (
            {"ingress": {"issuer": "x", "class_name": "gce"}, "rewrite": "/"},
            "rewrite: must be left out on class 'gce': only nginx rewrites paths",
        ),
        (
            {
                "ingress": {"issuer": "x", "class_name": "gce"},
                "backends": {"a": {"service": "a", "weight": 90}, "b": {"service": "b", "weight": 10}},
            },
            "backends: must be one on class 'gce': only nginx has canaries",
        ),
        (
            {
                "backends": {
                    name: {"service": name, "weight": weight} for name, weight in zip("abc", (50, 30, 20), strict=True)
                }
            },
            "backends: must be at most 2 with exposure ingress, whose rules have one canary, got 3",
        ),
    ],
)
def test_an_ingress_that_its_controller_could_not_serve_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert problems(ModelIngressArgs, INGRESS, **changes) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"internal": False},
            "internal: must be true, got false: a server on the internet without TLS is refused, "
            "fix: internal: true, source_ranges, on EKS certificate_arn, or expose it through a Gateway",
        ),
        (
            {"internal": False, "source_ranges": ["0.0.0.0/0"]},
            "internal: must be true, got false: a server on the internet without TLS is refused, "
            "fix: internal: true, source_ranges, on EKS certificate_arn, or expose it through a Gateway",
        ),
        (
            {"source_ranges": ["10.0.0.1/8"]},
            "source_ranges[0]: must be a network, got '10.0.0.1/8', such as 203.0.113.0/24",
        ),
        (
            {"platform": "gke", "certificate_arn": "arn"},
            "certificate_arn: must be left out except on EKS, whose load balancers terminate TLS with it",
        ),
    ],
)
def test_a_load_balancer_that_opens_a_server_without_tls_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert problems(ModelLoadBalancerArgs, BALANCER, **changes) == [expected]


def test_a_load_balancer_for_named_networks_or_with_tls_is_taken() -> None:
    assert problems(ModelLoadBalancerArgs, BALANCER, internal=False, source_ranges=["203.0.113.0/24"]) == []
    tls = {"platform": "eks", "internal": False, "certificate_arn": "arn:aws:acm:us-east-1:1:certificate/1"}
    assert problems(ModelLoadBalancerArgs, BALANCER, **tls) == []
    args = ModelLoadBalancerArgs.parse("it", {**BALANCER, **tls})
    assert load_balancer_spec(args)["ports"][0]["port"] == 443
    assert annotations(args)["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internet-facing"


def test_an_internal_load_balancer_says_so_in_its_platforms_words() -> None:
    on_gke = ModelLoadBalancerArgs.parse("it", {**BALANCER, "platform": "gke"})
    assert annotations(on_gke) == {"networking.gke.io/load-balancer-type": "Internal"}
    on_eks = ModelLoadBalancerArgs.parse("it", {**BALANCER, "platform": "eks"})
    assert annotations(on_eks)["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internal"


@pytest.mark.parametrize(
    ("platform", "internal", "expected"),
    [
        (Platform.GKE, False, "gke-l7-global-external-managed"),
        (Platform.GKE, True, "gke-l7-rilb"),
        (Platform.EKS, False, "aws-alb"),
        (Platform.KUBECONFIG, False, None),
    ],
)
def test_a_platform_has_its_own_gateway_class(platform: Platform, internal: bool, expected: str | None) -> None:
    args = InferenceGatewayArgs(platform=platform, internal=internal, hosts=[HOST], namespaces=["ml"])
    assert class_of(args, platform) == expected


def test_plain_http_leads_nowhere_but_to_tls() -> None:
    args = InferenceGatewayArgs.parse("it", GATEWAY)
    http, https = gateway_spec(args, "gke-l7-global-external-managed", "gke", ["ml"])["listeners"]
    assert http["allowedRoutes"] == {"namespaces": {"from": "Same"}}
    assert https["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"][0]["values"] == ["ml"]
    assert https["tls"] == {
        "mode": "Terminate",
        "certificateRefs": [{"kind": "Secret", "name": "inference-gateway-tls"}],
    }


def test_awss_load_balancer_has_its_certificate_and_waits_as_long_as_the_slowest_route() -> None:
    args = InferenceGatewayArgs(platform="eks", certificate_arn="arn", hosts=[HOST], namespaces=["ml"])
    assert aws_settings_spec(args, 600) == {
        "scheme": "internet-facing",
        "loadBalancerAttributes": [{"key": "idle_timeout.timeout_seconds", "value": "600"}],
        "listenerConfigurations": [{"protocolPort": "HTTPS:443", "defaultCertificate": "arn"}],
    }
    assert "tls" not in gateway_spec(args, "aws-alb", "aws", ["ml"])["listeners"][1]


def route_of(backends: Mapping[str, Backend], policies: str = "portable", **route: Any) -> dict[str, Any]:
    facts = GatewayFacts(name="inference", namespace="gw", listener="https", policies=policies)
    return http_route_spec(RouteShape(hosts=[HOST], **route), backends, facts)


CANARY = {"main": Backend(service="bert", weight=90), "v2": Backend(service="bert-v2", weight=10)}


def test_a_canary_is_a_weight_of_one_rule() -> None:
    assert route_of(CANARY, path="/bert", rewrite="/", timeout_seconds=300)["rules"] == [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": "/bert"}}],
            "filters": [
                {
                    "type": "URLRewrite",
                    "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}},
                }
            ],
            "timeouts": {"request": "300s"},
            "backendRefs": [
                {"name": "bert", "port": 80, "weight": 90},
                {"name": "bert-v2", "port": 80, "weight": 10},
            ],
        }
    ]


def test_a_dark_launch_is_reached_by_its_header_alone() -> None:
    dark = {
        "main": Backend(service="bert"),
        "v2": Backend(service="bert-v2", weight=0, headers={"x-model": "v2"}),
    }
    by_header, by_weight = route_of(dark)["rules"]
    assert by_header["matches"][0]["headers"] == [{"type": "Exact", "name": "x-model", "value": "v2"}]
    assert by_header["backendRefs"] == [{"name": "bert-v2", "port": 80, "weight": 1}]
    assert {ref["name"]: ref["weight"] for ref in by_weight["backendRefs"]} == {"bert": 100, "bert-v2": 0}


@pytest.mark.parametrize("policies", ["gke", "aws"])
def test_a_time_limit_is_where_the_platform_reads_it(policies: str) -> None:
    route = RouteShape(hosts=[HOST], timeout_seconds=300)
    assert "timeouts" not in route_of(CANARY, policies)["rules"][0]
    made = list(backend_policies(route, CANARY, policies))
    assert {policy.service for policy in made} == {"bert", "bert-v2"}
    if policies == "gke":
        limits = next(policy for policy in made if policy.kind == "GCPBackendPolicy")
        assert limits.spec["default"] == {"timeoutSec": 300, "connectionDraining": {"drainingTimeoutSec": 60}}
        health = next(policy for policy in made if policy.kind == "HealthCheckPolicy")
        assert health.spec["default"]["config"]["httpHealthCheck"] == {"port": 8000, "requestPath": "/health/ready"}
    else:
        assert made[0].spec["defaultConfiguration"]["targetType"] == "ip"


def test_an_ingress_has_the_source_documents_annotations() -> None:
    route = RouteShape(hosts=[HOST])
    ingress = IngressShape(issuer="letsencrypt-prod")
    assert ingress_annotations(ingress, route) == {
        "nginx.ingress.kubernetes.io/proxy-body-size": "50m",
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "120",
        "cert-manager.io/cluster-issuer": "letsencrypt-prod",
    }
    assert ingress_spec(ingress, route, "model-server", "model-server-tls") == {
        "ingressClassName": "nginx",
        "tls": [{"hosts": [HOST], "secretName": "model-server-tls"}],
        "rules": [
            {
                "host": HOST,
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "model-server", "port": {"name": "http"}}},
                        }
                    ]
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("path", "rewrite", "pattern", "target"),
    [
        ("/bert", "/", "/bert(/|$)(.*)", "/$2"),
        ("/bert/", "/v1", "/bert(/|$)(.*)", "/v1/$2"),
        ("/", "/v1", "/()(.*)", "/v1/$2"),
    ],
)
def test_nginx_rewrites_a_path_by_its_pattern(path: str, rewrite: str, pattern: str, target: str) -> None:
    route = RouteShape(hosts=[HOST], path=path, rewrite=rewrite)
    (rule,) = ingress_spec(IngressShape(issuer="x"), route, "bert", "tls")["rules"]
    assert rule["http"]["paths"][0]["path"] == pattern
    said = ingress_annotations(IngressShape(issuer="x"), route)
    assert said["nginx.ingress.kubernetes.io/rewrite-target"] == target


def test_another_class_gets_no_annotation_of_nginx() -> None:
    said = ingress_annotations(
        IngressShape(class_name="gce", issuer="x", annotations={"a": "b"}), RouteShape(hosts=[HOST])
    )
    assert said == {"cert-manager.io/cluster-issuer": "x", "a": "b"}

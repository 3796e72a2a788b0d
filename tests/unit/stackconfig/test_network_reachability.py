"""What a stack's config has to say so that requests and models get to its servers."""

import re
from typing import Any

import pytest

from gpuplane import InvalidArgumentsError
from gpuplane.stackconfig import load
from refusals import told

ROUTE = {"hosts": ["api.ml.example.com"]}
SERVER: dict[str, Any] = {
    "tenant": "serving",
    "image": "registry.example.com/ml-images/inference:v1.2.0",
    "cpu": {"request": "1"},
    "memory": {"request": "1Gi"},
    "route": ROUTE,
}
GKE = {"gke": {"project": "acme", "location": "us-central1"}}
EKS = {"eks": {"region": "us-east-1", "subnetIds": ["subnet-1", "subnet-2"]}}
LAPTOP = {"kubeconfig": {"context": "kind-kind"}}
ARN = "arn:aws:acm:us-east-1:111122223333:certificate/1"
OCI = "oci://registry.example.com/models/bert@sha256:" + "a" * 64


def stack(
    cluster: dict[str, Any], gateway: dict[str, Any] | None, tenant: dict[str, Any] | None = None, **server: Any
) -> dict[str, Any]:
    return {
        "cluster": cluster,
        "tenants": {"serving": {"namespace": "ml-prod", **(tenant or {})}},
        "models": {"bert": {**SERVER, **server}},
        **({"gateway": gateway} if gateway else {}),
    }


def problems(config: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as caught:
        load(config, {}, "prod")
    return [re.sub(r"^Pulumi.yaml: base\.", "", str(problem)) for problem in caught.value.problems]


def network(**changes: Any) -> dict[str, Any]:
    return {"network": changes}


CIDRS = (
    "tenants.serving.network.gatewayCidrs: must include the networks of gateway class '{}', whose requests come "
    "from {}, "
    "got Google's front ends only, fix: their networks, such as [10.0.4.0/24]"
)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (stack(EKS, {"certificateArn": ARN}), CIDRS.format("aws-alb", "the subnets it stands in")),
        (
            stack(GKE, {"internal": True, "issuer": "own"}),
            CIDRS.format("gke-l7-rilb", "the proxy-only subnet of its region"),
        ),
        (
            stack(GKE, {"className": "gke-l7-regional-external-managed", "issuer": "own"}),
            CIDRS.format("gke-l7-regional-external-managed", "the proxy-only subnet of its region"),
        ),
        (
            stack(
                LAPTOP, {"className": "eg", "issuer": "own", "namespace": "gateways"}, network(gatewayNamespaces=["a"])
            ),
            "tenants.serving.network.gatewayNamespaces: must include the namespace of the gateway's proxies, "
            "gateways, got a",
        ),
        (
            stack(GKE, {"issuer": "own"}, {"preset": "training"}),
            "models.bert.route: not allowed in tenant serving, whose preset training admits no gateway, "
            "fix: tenants.serving.preset: serving",
        ),
    ],
)
def test_a_route_of_which_no_request_would_arrive_is_refused(config: dict[str, Any], expected: str) -> None:
    assert problems(config) == [expected]


@pytest.mark.parametrize(
    "config",
    [
        stack(GKE, {"issuer": "own"}),
        stack(EKS, {"certificateArn": ARN}, network(gatewayCidrs=["10.0.4.0/24"])),
        stack(LAPTOP, {"className": "eg", "issuer": "own"}),
        stack(
            LAPTOP,
            {"className": "eg", "issuer": "own", "namespace": "gateways"},
            network(gatewayNamespaces=["gateways"]),
        ),
        stack(EKS, None, route=None),
        stack(EKS, None, route={**ROUTE, "exposure": "ingress", "ingress": {"issuer": "own"}}),
    ],
)
def test_a_gateway_that_gets_through_is_taken(config: dict[str, Any]) -> None:
    assert told(lambda: load(config, {}, "prod")) == []


def test_a_model_in_an_image_needs_a_cluster_with_image_volumes() -> None:
    def on(version: str | None) -> dict[str, Any]:
        cluster = {"eks": {**EKS["eks"], **({"version": version} if version else {})}}
        return stack(cluster, None, route=None, model=OCI)

    assert problems(on("1.34")) == [
        f"models.bert.model: must not be an image volume on Kubernetes 1.34, which has them from 1.35, got '{OCI}'"
    ]
    for version in (None, "1.35", "1.36"):
        load(on(version), {}, "prod")
    load(
        stack(EKS | {"eks": {**EKS["eks"], "version": "1.33"}}, None, route=None, model="s3://acme-models/bert/"),
        {},
        "prod",
    )


def test_the_default_network_lets_the_stacks_own_gateway_in() -> None:
    config = load(stack(LAPTOP, {"className": "eg", "issuer": "own"}), {}, "prod")
    assert config.gateway
    assert config.gateway.namespace in config.tenants["serving"].network.gateway_namespaces

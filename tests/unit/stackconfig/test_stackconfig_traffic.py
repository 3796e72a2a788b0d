"""Routes and variants in a stack's config: what is refused, and what servers a stack has."""

import re
from typing import Any

import pytest
import yaml

from gpuplane import InvalidArgumentsError
from gpuplane.plain.merge_patch import merge
from gpuplane.stackconfig import StackConfig, load
from projects import ROOT

BASE: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
# Prod as it is but for its own exposure.
PROD: dict[str, Any] = merge(
    yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]["gpuplane:overlay"],
    {"gateway": None, "models": {"resnet50": {"route": None}}},
)
HOST = "api.ml.example.com"
ROUTE = {"hosts": [HOST], "path": "/resnet50"}
GATEWAY = {"issuer": "letsencrypt-prod"}
CANARY = {"main": {"weight": 90}, "v2": {"weight": 10, "overlay": {"image": "registry.example.com/inference:v2"}}}


def loaded(gateway: dict[str, Any] | None = GATEWAY, bert: dict[str, Any] | None = None, **changes: Any) -> StackConfig:
    tenants = {"serving": {"namespace": "ml-prod", "quota": None}}
    whole = {**PROD, "tenants": tenants, **({"gateway": gateway} if gateway else {})}
    models = {"resnet50": {**PROD["models"]["resnet50"], **changes}}
    if bert is not None:
        models["bert"] = {**BASE["models"]["resnet50"], **bert}
    return load(BASE, {**whole, "models": models}, "prod")


def problems(**changes: Any) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as caught:
        loaded(**changes)
    return [re.sub(r"^Pulumi(.prod)?.yaml: (base|overlay)\.", "", str(problem)) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"gateway": None, "route": ROUTE},
            "gateway: required by the route of resnet50, got nothing, "
            "such as gateway: {issuer: letsencrypt-prod}, or another exposure",
        ),
        (
            {"gateway": {"internal": False}, "route": ROUTE},
            "gateway: must have TLS, got no certificate: a server on the internet without TLS is refused, "
            "allowed: issuer, certificateSecret, certificateMap, fix: issuer: letsencrypt-prod, or internal: true",
        ),
        (
            {"route": {"exposure": "nodePort"}},
            "models.resnet50.route.exposure: must not be nodePort, got 'nodePort': a port of every node has neither "
            "TLS nor a name, allowed: gateway, ingress, loadBalancer",
        ),
        (
            {"route": {"exposure": "ingres", "hosts": [HOST]}},
            "models.resnet50.route.exposure: unknown exposure, got 'ingres', nearest: ingress",
        ),
        (
            {"route": {**ROUTE, "ingress": {"issuer": "x"}}},
            "models.resnet50.route.ingress: must be left out with exposure 'gateway', fix: exposure: ingress",
        ),
        (
            {"route": {**ROUTE, "exposure": "ingress"}},
            "models.resnet50.route.ingress: must have TLS, got no certificate: a server on the internet without TLS "
            "is refused, fix: issuer: letsencrypt-prod, or tlsSecret: the name of a TLS Secret",
        ),
        (
            {"route": {"exposure": "loadBalancer", "hosts": [HOST]}},
            "models.resnet50.route.hosts: must be left out with exposure 'loadBalancer', which has no host names",
        ),
        (
            {"route": {"exposure": "loadBalancer", "loadBalancer": {"internal": False}}},
            "models.resnet50.route.loadBalancer.internal: must be true, got false: a server on the internet without "
            "TLS is refused, fix: internal: true, sourceRanges, on EKS certificateArn, or expose it through a Gateway",
        ),
        (
            {"route": {"exposure": "loadBalancer"}, "variants": CANARY},
            "models.resnet50.route.exposure: must not be loadBalancer with variants: it cannot tell requests apart",
        ),
        (
            {"route": {"hosts": []}},
            "models.resnet50.route.hosts: must have a host, got none, such as hosts: [api.ml.example.com]",
        ),
        (
            {"route": ROUTE, "bert": {"route": {**ROUTE, "path": "/resnet50/"}}},
            "models.resnet50.route.hosts[0]: must have a path of its own on api.ml.example.com, got '/resnet50', "
            "which is the model bert's",
        ),
        (
            {"variants": CANARY},
            "models.resnet50.route: required by variants: nothing else distributes requests between them",
        ),
        (
            {"route": ROUTE, "variants": {**CANARY, "main": {"weight": 80}}},
            "models.resnet50.variants: weights must sum to 100, got 90: main 80, v2 10",
        ),
        (
            {"route": ROUTE, "variants": {"main": {"cookie": "ab"}}},
            "models.resnet50.variants.main.cookie: must be left out with exposure gateway, which cannot match cookies, "
            "fix: headers",
        ),
        (
            {"route": ROUTE, "variants": {"V2": {}}},
            "models.resnet50.variants.V2: must be at most 22 lower-case letters, digits and hyphens",
        ),
        (
            {"route": ROUTE, "variants": {"v2": {"overlay": {"imag": "x"}}}},
            "models.resnet50.variants.v2.overlay.imag: unknown key, nearest: image",
        ),
        (
            {"route": ROUTE, "variants": {"v2": {"overlay": {"scaling": {"minReplicas": 9}}}}},
            "models.resnet50.variants.v2.overlay.scaling.minReplicas: must be from 1 to maxReplicas, got 9, "
            "maxReplicas is 8",
        ),
        (
            {"route": ROUTE, "variants": {"v2": {"overlay": {"gpu": {"pool": "t5"}}}}},
            "models.resnet50.variants.v2.overlay.gpu.pool: unknown pool, got 't5', allowed: t4",
        ),
        (
            {"route": ROUTE, "variants": {"v2": {"overlay": {"tenant": "other"}}}},
            "models.resnet50.variants.v2.overlay.tenant: not allowed in a variant, all variants of a model share it",
        ),
    ],
)
def test_what_is_wrong_with_a_route_or_variant_is_told_by_its_key(changes: dict[str, Any], expected: str) -> None:
    assert problems(**changes) == [expected]


def test_two_servers_of_one_name_are_refused() -> None:
    wrong = {**BASE["models"]["resnet50"]}
    models = {"resnet50": {"route": ROUTE, "variants": CANARY}, "resnet50-v2": wrong}
    with pytest.raises(InvalidArgumentsError, match="duplicate name, got one that a variant's server has as well"):
        load(BASE, {**PROD, "gateway": GATEWAY, "models": models}, "prod")


def test_a_model_without_variants_is_one_server_of_its_name() -> None:
    (server,) = loaded().servers
    assert (server.name, server.variant, server.split.weight) == ("resnet50", "main", 100)


def test_each_variant_is_a_server_with_its_overlay_over_the_model() -> None:
    by_name = {server.name: server for server in loaded(route=ROUTE, variants=CANARY).servers}
    assert set(by_name) == {"resnet50", "resnet50-v2"}
    assert str(by_name["resnet50"].config.image).startswith("registry.example.com/ml-images/inference:v1.2.0@")
    assert by_name["resnet50-v2"].config.image == "registry.example.com/inference:v2"
    assert by_name["resnet50-v2"].config.cpu == by_name["resnet50"].config.cpu


def test_a_promotion_leaves_the_candidates_server_as_it_is() -> None:
    overlay = CANARY["v2"]["overlay"]
    steps = [
        CANARY,
        {"main": {"weight": 0}, "v2": {"weight": 100, "overlay": overlay}},
        {"v2": {"weight": 100, "overlay": overlay}},
    ]
    candidates = [
        next(server for server in loaded(route=ROUTE, variants=step).servers if server.variant == "v2")
        for step in steps
    ]
    assert all(one.name == "resnet50-v2" and one.config.explicitly_set().keys() for one in candidates)
    assert len({repr(sorted(_own(one.config).items())) for one in candidates}) == 1


def _own(config: Any) -> dict[str, Any]:
    return {key: value for key, value in config.explicitly_set().items() if key not in ("route", "variants")}

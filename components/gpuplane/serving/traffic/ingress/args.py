"""The Ingress of a model, for clusters with an Ingress controller, and the canary Ingress beside it.

ingress-nginx has had no release since March 2026: take it where it is there already, not anew. Source:
https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.serving.traffic.route.args import RouteShape

NGINX = "nginx"
_SIZE = re.compile(r"0|[1-9][0-9]*[kmg]?", re.IGNORECASE)
_PREFIX = "nginx.ingress.kubernetes.io/"


class IngressShape(Args):
    """What an Ingress says beside its route."""

    class_name: str = NGINX
    """Its IngressClass. Only ingress-nginx takes `body_limit`, a route's `timeout_seconds` and `rewrite`, and
    canaries: no other class reads its annotations."""

    issuer: str | None = None
    """The cert-manager ClusterIssuer of its certificate, such as `letsencrypt-prod`."""

    tls_secret: str | None = None
    """The TLS Secret. By default, with an issuer, the route's name with `-tls` behind it."""

    body_limit: str | None = None
    """The largest request body, such as `50m`; `0` for no limit. By default on nginx `50m`: images and audio are more
    than its own `1m`."""

    annotations: dict[str, str] = {}
    """Annotations beside these, in the class's own words."""

    def own_problems(self) -> Iterable[Problem]:
        """TLS, and a size that nginx reads."""
        if self.issuer is None and self.tls_secret is None:
            yield Problem(
                "",
                "must have TLS, got no certificate: a server open to the world without it is refused, "
                "fix: issuer: letsencrypt-prod, or tls_secret: the name of a TLS Secret",
            )
        if self.body_limit is not None and not _SIZE.fullmatch(self.body_limit):
            yield Problem("body_limit", f"must be a size, got {self.body_limit!r}, such as 50m")
        if self.body_limit is not None and self.class_name != NGINX:
            yield Problem(
                "body_limit", f"must be left out on class {self.class_name!r}: no annotation says it everywhere"
            )

    def route_problems(self, route: RouteShape, variants: int) -> Iterable[Problem]:
        """What the class cannot do for the route.

        Args:
            route: Hosts, path and time.
            variants: How many variants are behind it.
        """
        if self.class_name == NGINX:
            return
        if route.rewrite is not None:
            yield Problem("rewrite", f"must be left out on class {self.class_name!r}: only nginx rewrites paths")
        if variants > 1:
            yield Problem("backends", f"must be one on class {self.class_name!r}: only nginx has canaries")


def ingress_annotations(ingress: IngressShape, route: RouteShape) -> dict[str, str]:
    """The annotations of an Ingress: limits in nginx's words, the issuer in cert-manager's.

    Example:
        >>> route = RouteShape(hosts=["api.example.com"])
        >>> ingress_annotations(IngressShape(issuer="letsencrypt-prod"), route)["cert-manager.io/cluster-issuer"]
        'letsencrypt-prod'
    """
    said: dict[str, str] = {}
    if ingress.class_name == NGINX:
        said[f"{_PREFIX}proxy-body-size"] = ingress.body_limit or "50m"
        said[f"{_PREFIX}proxy-read-timeout"] = str(route.timeout_seconds)
        if route.rewrite is not None:
            said[f"{_PREFIX}use-regex"] = "true"
            said[f"{_PREFIX}rewrite-target"] = f"{route.rewrite.rstrip('/')}/$2"
    if ingress.issuer is not None:
        said["cert-manager.io/cluster-issuer"] = ingress.issuer
    return {**said, **ingress.annotations}


def ingress_spec(ingress: IngressShape, route: RouteShape, service: Input[str], secret: Input[str]) -> dict[str, Any]:
    """The spec of an Ingress: every host by TLS, its path to one Service."""
    path: Mapping[str, Any] = {"path": route.path, "pathType": "Prefix"}
    if route.rewrite is not None:
        prefix = route.path.rstrip("/")
        path = {"path": f"{prefix}(/|$)(.*)" if prefix else "/()(.*)", "pathType": "ImplementationSpecific"}
    backend = {"service": {"name": service, "port": {"name": "http"}}}
    hosts = sorted(set(route.hosts))
    return {
        "ingressClassName": ingress.class_name,
        "tls": [{"hosts": hosts, "secretName": secret}],
        "rules": [{"host": host, "http": {"paths": [{**path, "backend": backend}]}} for host in hosts],
    }

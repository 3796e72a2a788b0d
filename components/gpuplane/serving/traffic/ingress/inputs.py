"""The annotations and the spec of a model's Ingress."""

from collections.abc import Mapping
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.traffic.ingress.fields import NGINX, IngressFields
from gpuplane.serving.traffic.route.fields import RouteFields

_PREFIX = "nginx.ingress.kubernetes.io/"


def ingress_annotations(ingress: IngressFields, route: RouteFields) -> dict[str, str]:
    """Return the annotations of an Ingress: limits for nginx, the issuer for cert-manager.

    Example:
        >>> route = RouteFields(hosts=["api.example.com"])
        >>> ingress_annotations(IngressFields(issuer="letsencrypt-prod"), route)["cert-manager.io/cluster-issuer"]
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


def ingress_spec(ingress: IngressFields, route: RouteFields, service: Input[str], secret: Input[str]) -> dict[str, Any]:
    """Return the spec of an Ingress: TLS for every host, and one Service behind its path."""
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

"""An Ingress as a model's route."""

from typing import Any

from gpuplane.importing.field_reader import FieldReader
from gpuplane.plain.nested import items, mapping

_NGINX = "nginx.ingress.kubernetes.io/"
_ISSUER = "cert-manager.io/cluster-issuer"


def route(ingress: FieldReader) -> dict[str, Any]:
    """Read an Ingress as a route; one with several paths per host is left unread, since a route has one."""
    hosts = [str(rule.get("host")) for rule in items(ingress.peek("spec.rules"))]
    paths = [items(mapping(rule.get("http")).get("paths")) for rule in items(ingress.peek("spec.rules"))]
    if not hosts or any(len(found) != 1 for found in paths) or len({str(found[0].get("path")) for found in paths}) != 1:
        return {}
    path = str(paths[0][0].get("path"))
    for index in range(len(hosts)):
        ingress.pop(f"spec.rules.{index}.host")
        at = f"spec.rules.{index}.http.paths.0"
        for key in ("path", "backend"):
            ingress.pop(f"{at}.{key}")
        ingress.discard(f"{at}.pathType", "Prefix")
    said: dict[str, Any] = {"exposure": "ingress", "hosts": hosts, **({} if path == "/" else {"path": path})}
    timeout = ingress.pop_key("metadata.annotations", f"{_NGINX}proxy-read-timeout")
    if timeout is not None:
        said["timeoutSeconds"] = int(timeout)
    return {**said, "ingress": _ingress(ingress, hosts)}


def _ingress(ingress: FieldReader, hosts: list[str]) -> dict[str, Any]:
    tls = mapping(ingress.peek("spec.tls.0"))
    secret = tls.get("secretName") if sorted(tls.get("hosts", [])) == sorted(hosts) else None
    if secret:
        ingress.pop("spec.tls.0")
    found = {
        "className": ingress.pop("spec.ingressClassName"),
        "issuer": ingress.pop_key("metadata.annotations", _ISSUER),
        "tlsSecret": secret,
        "bodyLimit": ingress.pop_key("metadata.annotations", f"{_NGINX}proxy-body-size"),
    }
    others = mapping(ingress.pop("metadata.annotations"))
    said = {key: value for key, value in found.items() if value is not None}
    return {**said, "annotations": {key: str(value) for key, value in others.items()}} if others else said

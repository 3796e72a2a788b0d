"""An Ingress as a model's route."""

from typing import Any

from gpuplane.importing.field_reader import Taking
from gpuplane.plain.nested import items, mapping

_NGINX = "nginx.ingress.kubernetes.io/"
_ISSUER = "cert-manager.io/cluster-issuer"


def route(ingress: Taking) -> dict[str, Any]:
    """Return a route exposed by an Ingress; a host with several paths stays, since a route has one."""
    hosts = [str(rule.get("host")) for rule in items(ingress.see("spec.rules"))]
    paths = [items(mapping(rule.get("http")).get("paths")) for rule in items(ingress.see("spec.rules"))]
    if not hosts or any(len(found) != 1 for found in paths) or len({str(found[0].get("path")) for found in paths}) != 1:
        return {}
    path = str(paths[0][0].get("path"))
    for index in range(len(hosts)):
        ingress.take(f"spec.rules.{index}.host")
        at = f"spec.rules.{index}.http.paths.0"
        for key in ("path", "backend"):
            ingress.take(f"{at}.{key}")
        ingress.drop(f"{at}.pathType", "Prefix")
    said: dict[str, Any] = {"exposure": "ingress", "hosts": hosts, **({} if path == "/" else {"path": path})}
    timeout = ingress.take_key("metadata.annotations", f"{_NGINX}proxy-read-timeout")
    if timeout is not None:
        said["timeoutSeconds"] = int(timeout)
    return {**said, "ingress": _ingress(ingress, hosts)}


def _ingress(ingress: Taking, hosts: list[str]) -> dict[str, Any]:
    tls = mapping(ingress.see("spec.tls.0"))
    secret = tls.get("secretName") if sorted(tls.get("hosts", [])) == sorted(hosts) else None
    if secret:
        ingress.take("spec.tls.0")
    found = {
        "className": ingress.take("spec.ingressClassName"),
        "issuer": ingress.take_key("metadata.annotations", _ISSUER),
        "tlsSecret": secret,
        "bodyLimit": ingress.take_key("metadata.annotations", f"{_NGINX}proxy-body-size"),
    }
    others = mapping(ingress.take("metadata.annotations"))
    said = {key: value for key, value in found.items() if value is not None}
    return {**said, "annotations": {key: str(value) for key, value in others.items()}} if others else said

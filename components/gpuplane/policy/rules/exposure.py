"""Exposure: TLS on everything public, and no node ports."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.platforms import all_facts, gateway_class
from gpuplane.policy.model import ALWAYS, WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.subject import Subject, maps

_INTERNAL = {
    key: value for table in all_facts().values() for key, value in table.load_balancer.recognized_internal.items()
}
_CERTIFICATES = [key for table in all_facts().values() for key in table.load_balancer.recognized_tls]
_CLEAR = ("HTTP", "TCP")


def _node_port(subject: Subject) -> Iterator[Violation]:
    if subject.kind == "Service" and field(subject.body, "spec.type") == "NodePort":
        yield Violation(subject, "spec.type", "must not be NodePort")


def _tls(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for subject in subjects:
        if subject.kind == "Service":
            yield from _balancer(subject)
        elif subject.kind == "Ingress" and subject.is_kubernetes:
            yield from _ingress(subject)
        elif subject.kind == "Gateway" and subject.is_kubernetes:
            yield from _gateway(subject, subjects)


def _balancer(service: Subject) -> Iterator[Violation]:
    if (
        field(service.body, "spec.type") == "LoadBalancer"
        and not _is_internal(service)
        and not _has_certificate(service)
    ):
        yield Violation(service, "spec.type", "must not be public without TLS, got LoadBalancer")


def _ingress(ingress: Subject) -> Iterator[Violation]:
    if _is_internal(ingress) or _has_certificate(ingress):
        return
    entries = maps(field(ingress.body, "spec.tls"))
    covered = {host for entry in entries for host in field(entry, "hosts", [])}
    for index, rule in enumerate(maps(field(ingress.body, "spec.rules"))):
        host = rule.get("host", "")
        # An entry without hosts covers the load balancer's wildcard.
        if not entries or (covered and host not in covered):
            yield Violation(ingress, f"spec.rules[{index}]", f"host must be in spec.tls, got {host!r}")


def _gateway(gateway: Subject, subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    if gateway_class(str(field(gateway.body, "spec.gatewayClassName"))).reach == "private":
        return
    for index, listener in enumerate(maps(field(gateway.body, "spec.listeners"))):
        if listener.get("protocol") not in _CLEAR:
            continue
        serving = [one.label for one in subjects if _serves(one, gateway, str(listener.get("name", "")))]
        if serving:
            path, got = f"spec.listeners[{index}]", ", ".join(serving)
            yield Violation(gateway, path, f"must only redirect to TLS, got {listener['protocol']} for {got}")


def _serves(route: Subject, gateway: Subject, listener: str) -> bool:
    """Return whether a route serves backends on a listener, rather than only redirecting."""
    if not route.kind.endswith("Route") or not route.is_kubernetes:
        return False
    name, namespace = field(gateway.body, "metadata.name"), gateway.namespace
    attached = any(
        parent.get("name") == name
        and parent.get("namespace", route.namespace) == namespace
        and parent.get("sectionName", listener) == listener
        for parent in maps(field(route.body, "spec.parentRefs"))
    )
    return attached and any(maps(rule.get("backendRefs")) for rule in maps(field(route.body, "spec.rules")))


def _is_internal(subject: Subject) -> bool:
    return any(str(subject.annotations.get(key, "")).lower() == value for key, value in _INTERNAL.items())


def _has_certificate(subject: Any) -> bool:
    return any(subject.annotations.get(key) for key in _CERTIFICATES)


RULES = (
    Rule(
        id="no-node-port",
        reason="a node port bypasses the load balancer, its TLS and its firewall, on every node",
        fix="use ClusterIP behind a Gateway",
        levels=ALWAYS,
        check=_node_port,
    ),
    Rule(
        id="tls",
        reason="prompts, images and API keys can be read in transit",
        fix="use a Gateway or Ingress with a certificate, or an internal load balancer",
        levels=WARN_IN_DEV,
        check_stack=_tls,
    ),
)

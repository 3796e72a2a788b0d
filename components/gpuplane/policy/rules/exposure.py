"""What is open to the world is behind TLS, and behind one Gateway."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.model import ALWAYS, SHARED, Rule, Violation
from gpuplane.policy.subjects.subjects import Subject, maps

# Annotations that keep a load balancer inside its network, and those by which it ends TLS itself. Sources:
# https://cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balancing and
# https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
_INTERNAL = {
    "networking.gke.io/load-balancer-type": "internal",
    "cloud.google.com/load-balancer-type": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    "alb.ingress.kubernetes.io/scheme": "internal",
    "kubernetes.io/ingress.class": "gce-internal",
}
_CERTIFICATES = (
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
    "alb.ingress.kubernetes.io/certificate-arn",
    "networking.gke.io/managed-certificates",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
)
# Source: https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api
_INTERNAL_CLASSES = ("gke-l7-rilb", "gke-l7-cross-regional-internal-managed-mc", "gke-l7-rilb-mc")
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
        yield Violation(service, "spec.type", "must not be open to the world without TLS, got LoadBalancer")


def _ingress(ingress: Subject) -> Iterator[Violation]:
    if _is_internal(ingress) or _has_certificate(ingress):
        return
    entries = maps(field(ingress.body, "spec.tls"))
    covered = {host for entry in entries for host in field(entry, "hosts", [])}
    for index, rule in enumerate(maps(field(ingress.body, "spec.rules"))):
        host = rule.get("host", "")
        # An entry without hosts covers the load balancer's wildcard.
        if not entries or (covered and host not in covered):
            yield Violation(ingress, f"spec.rules[{index}]", f"must have its host in spec.tls, got {host!r}")


def _gateway(gateway: Subject, subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    if field(gateway.body, "spec.gatewayClassName") in _INTERNAL_CLASSES:
        return
    for index, listener in enumerate(maps(field(gateway.body, "spec.listeners"))):
        if listener.get("protocol") not in _CLEAR:
            continue
        serving = [one.label for one in subjects if _serves(one, gateway, str(listener.get("name", "")))]
        if serving:
            path, got = f"spec.listeners[{index}]", ", ".join(serving)
            yield Violation(gateway, path, f"must only redirect to TLS, got {listener['protocol']} for {got}")


def _serves(route: Subject, gateway: Subject, listener: str) -> bool:
    """Whether a route answers on a listener by anything but a redirect."""
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
        reason="it opens a port on every node, around the load balancer, its TLS and its firewall",
        fix="ClusterIP behind a Gateway",
        levels=ALWAYS,
        check=_node_port,
    ),
    Rule(
        id="tls",
        reason="prompts, images and keys of callers are read on the way",
        fix="a Gateway or Ingress with a certificate, or an internal load balancer",
        levels=SHARED,
        check_stack=_tls,
    ),
)

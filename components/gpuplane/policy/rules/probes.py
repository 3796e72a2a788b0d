"""Probes of servers."""

from collections.abc import Iterator

from gpuplane.policy.model import WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.subject import Container, Subject

_SERVERS = ("Deployment", "StatefulSet")
_LASTING = ("livenessProbe", "readinessProbe")


def _servers(subject: Subject) -> Iterator[Container]:
    if subject.kind in _SERVERS:
        yield from subject.containers(with_init=False)


def _probes(subject: Subject) -> Iterator[Violation]:
    for container in _servers(subject):
        missing = [probe for probe in _LASTING if not container.body.get(probe)]
        if missing:
            yield Violation(subject, container.path, f"must have {' and '.join(missing)}, got none")


def _startup(subject: Subject) -> Iterator[Violation]:
    for container in _servers(subject):
        if not container.body.get("startupProbe"):
            yield Violation(subject, container.path, "must have startupProbe, got none")


RULES = (
    Rule(
        id="probes-set",
        reason="without probes, requests go to pods that cannot answer, and a hanging pod is never restarted",
        fix="add a liveness probe of the process and a readiness probe of the model",
        levels=WARN_IN_DEV,
        check=_probes,
    ),
    Rule(
        id="startup-probe-set",
        reason="loading a model takes minutes, and the liveness probe would kill the pod meanwhile",
        fix="add a startup probe whose periodSeconds times failureThreshold exceeds the load time",
        levels=WARN_IN_DEV,
        check=_startup,
    ),
)

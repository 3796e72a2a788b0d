"""How Kubernetes knows that a server works."""

from collections.abc import Iterator

from gpuplane.policy.model import SHARED, Rule, Violation
from gpuplane.policy.subjects.subjects import Container, Subject

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
        reason="without them requests go to a pod that cannot answer, and one that hangs is never restarted",
        fix="a liveness probe on the process, a readiness probe on the model",
        levels=SHARED,
        check=_probes,
    ),
    Rule(
        id="startup-probe-set",
        reason="a model loads for minutes, and the liveness probe kills it before it is done",
        fix="a startup probe whose periodSeconds times failureThreshold is more than the model takes to load",
        levels=SHARED,
        check=_startup,
    ),
)

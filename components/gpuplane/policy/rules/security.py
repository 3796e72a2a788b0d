"""Pod security: the restricted level, except in namespaces of device plugins."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.model import ALWAYS, WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.namespaces import device_namespaces
from gpuplane.policy.subjects.subject import UNKNOWN, Container, Subject, maps

_HOST = ("hostNetwork", "hostPID", "hostIPC")
_PROFILES = ("RuntimeDefault", "Localhost")
# Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
_VOLUMES = (
    "configMap", "downwardAPI", "emptyDir", "projected", "secret", "csi", "persistentVolumeClaim", "ephemeral", "image",
)  # fmt: skip


def _elsewhere(subjects: tuple[Subject, ...]) -> Iterator[Subject]:
    """Yield the workloads outside device namespaces."""
    devices = device_namespaces(subjects)
    yield from (one for one in subjects if one.pod is not None and one.namespace not in devices)


def _privileged(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for subject in _elsewhere(subjects):
        for container in subject.containers():
            if field(container.body, "securityContext.privileged") is True:
                path = f"{container.path}.securityContext.privileged"
                yield Violation(subject, path, "must not be privileged, got true")


def _root(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for subject in _elsewhere(subjects):
        for container in subject.containers():
            path = f"{container.path}.securityContext"
            if _of(container, "runAsNonRoot") not in (True, UNKNOWN):
                yield Violation(subject, path, "must set runAsNonRoot: true, for the container or the pod")
            elif _of(container, "runAsUser") == 0:
                yield Violation(subject, path, "must run as a user other than root, got runAsUser 0")


def _of(container: Container, key: str) -> Any:
    """Return a field of the container's security context, else of the pod's."""
    own = field(container.body, f"securityContext.{key}")
    return field(container.pod, f"securityContext.{key}") if own is None else own


def _restricted(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for subject in _elsewhere(subjects):
        pod = subject.pod or {}
        for key in _HOST:
            if pod.get(key) is True:
                yield Violation(subject, f"{subject.pod_path}.{key}", "must not share the node's namespace, got true")
        for index, volume in enumerate(maps(pod.get("volumes"))):
            kinds = [key for key in volume if key != "name"]
            strange = [key for key in kinds if key not in _VOLUMES]
            if strange:
                path = f"{subject.pod_path}.volumes[{index}]"
                yield Violation(subject, path, f"not allowed by the restricted level, got {', '.join(strange)}")
        for container in subject.containers():
            if lacking := _lacking(container):
                yield Violation(subject, f"{container.path}.securityContext", f"must set {', '.join(lacking)}")


def _lacking(container: Container) -> list[str]:
    lacking: list[str] = []
    if field(container.body, "securityContext.allowPrivilegeEscalation") is not False:
        lacking.append("allowPrivilegeEscalation: false")
    if "ALL" not in field(container.body, "securityContext.capabilities.drop", []):
        lacking.append("capabilities.drop: [ALL]")
    if field({"it": _of(container, "seccompProfile")}, "it.type") not in _PROFILES:
        lacking.append("seccompProfile.type: RuntimeDefault")
    if any(port.get("hostPort") for port in maps(container.body.get("ports"))):
        lacking.append("no hostPort")
    return lacking


RULES = (
    Rule(
        id="non-root",
        reason="a process that escapes its container as root owns the node, with every GPU and secret on it",
        fix="set securityContext.runAsNonRoot: true and runAsUser",
        levels=WARN_IN_DEV,
        check_stack=_root,
    ),
    Rule(
        id="no-privileged",
        reason="a privileged container is root on the node; only device plugins need that",
        fix="remove it, or move device plugins to a namespace that has only DaemonSets",
        levels=ALWAYS,
        check_stack=_privileged,
    ),
    Rule(
        id="restricted-pod",
        reason="a namespace at the restricted level rejects the pod, and at a lower level the pod can escape",
        fix="comply with the restricted Pod Security Standard",
        levels=WARN_IN_DEV,
        check_stack=_restricted,
    ),
)

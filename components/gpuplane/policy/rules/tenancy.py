"""Namespaces: one per team and environment, with pod security and a quota."""

from collections.abc import Iterator

from gpuplane.plain.nested import field
from gpuplane.policy.model import ADVICE, WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.namespaces import device_namespaces
from gpuplane.policy.subjects.subject import UNKNOWN, Subject

_ENFORCE = "pod-security.kubernetes.io/enforce"
_GPU_QUOTA = "requests.nvidia.com/"


def _tenants(subjects: tuple[Subject, ...]) -> Iterator[Subject]:
    """Yield the namespaces that the stack creates for teams."""
    devices = device_namespaces(subjects)
    for subject in subjects:
        if subject.type == "kubernetes:core/v1:Namespace" and _name(subject) not in devices:
            yield subject


def _name(namespace: Subject) -> str:
    return str(field(namespace.body, "metadata.name", ""))


def _inside(subjects: tuple[Subject, ...], namespace: str) -> list[Subject]:
    return [one for one in subjects if one.namespace in (namespace, UNKNOWN)]


def _is_gateway_namespace(inside: list[Subject]) -> bool:
    """Return whether the namespace has only gateways and no pods."""
    return any(one.kind == "Gateway" for one in inside) and not any(one.pod_path for one in inside)


def _quota(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for namespace in _tenants(subjects):
        inside = _inside(subjects, _name(namespace))
        if _is_gateway_namespace(inside):
            continue
        quotas = [one for one in inside if one.kind == "ResourceQuota"]
        if not quotas:
            yield Violation(namespace, "", "must have a ResourceQuota, got none")
            continue
        limited = {key for quota in quotas for key in field(quota.body, "spec.hard", {})}
        has_gpus = any(container.gpus for one in inside for container in one.containers())
        if has_gpus and not any(key.startswith(_GPU_QUOTA) for key in limited):
            message = "must have a quota on requests.nvidia.com/gpu, since its pods use GPUs"
            yield Violation(namespace, "", message)


def _level(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for namespace in _tenants(subjects):
        got = field(namespace.body, "metadata.labels", {}).get(_ENFORCE)
        if got not in ("restricted", UNKNOWN):
            yield Violation(namespace, "metadata.labels", f"must enforce restricted pod security, got {got}")


def _default(subject: Subject) -> Iterator[Violation]:
    if subject.pod_path and subject.namespace in ("", "default"):
        yield Violation(subject, "metadata.namespace", f"must not be the default namespace, got {subject.namespace!r}")


def _containers(subject: Subject) -> Iterator[Violation]:
    names = [str(one.body.get("name")) for one in subject.containers(with_init=False)]
    if len(names) > 1 and subject.kind != "DaemonSet":
        path = f"{subject.pod_path}.containers"
        yield Violation(subject, path, f"more than one server in the pod, got {', '.join(names)}")


RULES = (
    Rule(
        id="namespace-not-default",
        reason="quotas, pod security and network policies apply to a namespace, and default has none of them",
        fix="use a namespace for the team and the environment",
        levels=WARN_IN_DEV,
        check=_default,
    ),
    Rule(
        id="namespace-quota",
        reason="without a quota, one team can use all GPUs",
        fix="add a ResourceQuota, including GPUs if pods use them",
        levels=WARN_IN_DEV,
        check_stack=_quota,
    ),
    Rule(
        id="namespace-pod-security",
        reason="the API server enforces the level of the namespace's label, whoever creates the pod",
        fix="set the label pod-security.kubernetes.io/enforce: restricted",
        levels=WARN_IN_DEV,
        check_stack=_level,
    ),
    Rule(
        id="one-server-a-pod",
        reason="servers in one pod scale, fail and are updated together",
        fix="use a Deployment for each; run a helper as an init container with restartPolicy: Always",
        levels=ADVICE,
        check=_containers,
    ),
)

"""CPU, memory and GPUs of every container."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.platforms import accelerator_labels
from gpuplane.policy.model import ADVICE, ALWAYS, WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.subject import UNKNOWN, Container, Subject, maps

_ALWAYS_SET = ("requests.cpu", "requests.memory", "limits.memory")
_CORES_PER_GPU = Decimal(1)
_GPU_LABELS = (*accelerator_labels(), "nvidia.com/gpu.present", "nvidia.com/gpu.product")


def _set(subject: Subject) -> Iterator[Violation]:
    for container in subject.containers():
        wanted = _wanted(subject, container)
        missing = [one for one in wanted if field(container.body, f"resources.{one}") is None]
        if missing:
            yield Violation(subject, f"{container.path}.resources", f"must set {', '.join(missing)}, got nothing")


def _wanted(subject: Subject, container: Container) -> Sequence[str]:
    """Return the fields that must be set. DaemonSets may use spare CPU, so they need no CPU limit."""
    if subject.kind != "DaemonSet":
        return (*_ALWAYS_SET, "limits.cpu")
    return ("requests.cpu",) if container.is_init else _ALWAYS_SET


def _gpus(subject: Subject) -> Iterator[Violation]:
    for container in subject.containers():
        requests: dict[str, Any] = field(container.body, "resources.requests", {})
        asked = {name: amount for name, amount in requests.items() if name.startswith("nvidia.com/")}
        for name in sorted({*asked, *container.gpus}):
            limit, request = container.gpus.get(name), asked.get(name)
            path = f"{container.path}.resources"
            if limit is None:
                yield Violation(subject, path, f"must set limits of {name}, got requests {request}, no limits")
            elif request is not None and _number(request) != _number(limit):
                yield Violation(
                    subject, path, f"requests of {name} must equal its limits, got requests {request}, limits {limit}"
                )
            elif (amount := _number(limit)) is not None and (amount < 1 or amount % 1):
                yield Violation(subject, path, f"must be a whole number of {name} from 1, got {limit}")


def _limits(subject: Subject) -> Iterator[Violation]:
    pod = subject.pod
    if pod is None or subject.kind == "DaemonSet" or _claims_devices(pod):
        return
    if not any(container.gpus for container in subject.containers()) and (where := _wants_gpu_node(pod)):
        path, got = where
        yield Violation(
            subject, f"{subject.pod_path}.{path}", f"is scheduled to GPU nodes by {got}, but no container has a GPU"
        )


def _wants_gpu_node(pod: Any) -> tuple[str, str] | None:
    for label in field(pod, "nodeSelector", {}):
        if label in _GPU_LABELS:
            return "nodeSelector", label
    for index, toleration in enumerate(maps(pod.get("tolerations"))):
        if toleration.get("key") == "nvidia.com/gpu":
            return f"tolerations[{index}]", "a toleration of nvidia.com/gpu"
    return None


def _claims_devices(pod: Any) -> bool:
    """Return whether the pod uses dynamic resource allocation, which has claims instead of limits."""
    return bool(maps(pod.get("resourceClaims")))


def _cpu(subject: Subject) -> Iterator[Violation]:
    for container in subject.containers(with_init=False):
        gpus = sum((_number(amount) or Decimal(0) for amount in container.gpus.values()), Decimal(0))
        cores = _number(field(container.body, "resources.requests.cpu", UNKNOWN))
        if gpus and cores is not None and cores < gpus * _CORES_PER_GPU:
            yield Violation(
                subject,
                f"{container.path}.resources.requests.cpu",
                f"little CPU for {gpus:f} GPUs, got {quantity.cpu(cores)}",
            )


def _number(value: Any) -> Decimal | None:
    """Return the value of a quantity, None if it is unknown or not a quantity."""
    try:
        return quantity.parse(value)
    except ValueError:
        return None


RULES = (
    Rule(
        id="resources-set",
        reason="the scheduler places pods by requests, and a container without limits takes its neighbors' memory",
        fix="set requests and limits of cpu and memory",
        levels=WARN_IN_DEV,
        check=_set,
    ),
    Rule(
        id="gpu-requests-equal-limits",
        reason="Kubernetes does not overcommit GPUs: requests that differ from limits are rejected",
        fix="set the same whole number in requests and limits, or limits only",
        levels=ALWAYS,
        check=_gpus,
    ),
    Rule(
        id="gpu-limits-set",
        reason="without one, the pod runs on CPU and occupies a GPU node that others wait for",
        fix="set a limit of nvidia.com/gpu, or remove the toleration and node selector of GPU nodes",
        levels=ALWAYS,
        check=_limits,
    ),
    Rule(
        id="gpu-cpu-request",
        reason="decoding and preprocessing run on the CPU, and a GPU that waits for them is idle",
        fix="request at least one core per GPU",
        levels=ADVICE,
        check=_cpu,
    ),
)

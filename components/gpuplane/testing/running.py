"""Running a program in a unit test."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.recording import UNKNOWN, Failure, Recording, run, run_path
from gpuplane.recording.run import Program
from gpuplane.testing.fake_providers import Answer, CallAnswer, FakeProviders
from gpuplane.testing.recorded import Recorded, is_of


class RecordingError(Exception):
    """Everything that went wrong in a program, and every output that the test gave no answer for.

    Attributes:
        messages: One line for each.
    """

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = list(messages)
        super().__init__("\n".join(self.messages))


def record(
    program: Program | Path,
    *,
    answers: Mapping[str, Answer] | None = None,
    calls: Mapping[str, CallAnswer] | None = None,
    unknown: Collection[str] = (),
    config: Mapping[str, str] | None = None,
    secret_keys: Collection[str] = (),
    project: str = "project",
    stack: str = "stack",
    keep_failures: bool = False,
) -> Recorded:
    """Run a program and return what it registered.

    The outputs of a resource are its inputs, an id and, for a Kubernetes object, its name. All other outputs are
    unknown unless `answers` has them. A resource whose inputs depend on an unknown output is an error, and so is the
    call of a provider function that `calls` has no result for.

    Args:
        program: A function that creates resources, or the file or folder of a project's program.
        answers: Outputs by resource type, in addition to the inputs: a mapping, or a function of the resource.
        calls: Results of provider functions by token: a mapping, or a function of the arguments.
        unknown: Resource types whose outputs may stay unknown, as they do in a preview.
        config: Values of config keys, which include their namespace.
        secret_keys: The config keys that are secret.
        project: Name of the project.
        stack: Name of the stack.
        keep_failures: Keep failures in `recording.failures` instead of raising them.

    Raises:
        InvalidArgumentsError: A component refused its arguments.
        RecordingError: Anything else went wrong.

    Example:
        >>> import pulumi_kubernetes as k8s
        >>> recorded = record(lambda: k8s.core.v1.Namespace("team", metadata={"name": "team"}))
        >>> recorded.one("Namespace").inputs["metadata"]
        {'name': 'team'}
    """
    providers = FakeProviders(answers or {}, calls or {})
    arguments: dict[str, Any] = {
        "project": project,
        "stack": stack,
        "config": config,
        "secret_keys": secret_keys,
        "missing_is_unknown": True,
    }
    run_it = run_path if isinstance(program, Path) else run
    recording = run_it(program, providers, **arguments)  # pyright: ignore[reportArgumentType]
    if not keep_failures:
        _raise(recording, unknown)
    return Recorded(recording)


def _raise(recording: Recording, unknown: Collection[str]) -> None:
    for failure in recording.failures:
        if isinstance(failure.error, InvalidArgumentsError):
            raise failure.error
    messages = [*(_message(failure) for failure in recording.failures), *_without_answer(recording, unknown)]
    if messages:
        cause = recording.failures[0].error if recording.failures else None
        raise RecordingError(messages) from cause


def _message(failure: Failure) -> str:
    return f"{failure.type} {failure.name}".strip() + f": {failure.error}"


def _without_answer(recording: Recording, unknown: Collection[str]) -> Iterator[str]:
    by_urn = {resource.urn: resource for resource in recording.resources}
    for resource in recording.resources:
        for key, value in resource.inputs.items():
            if not _has_unknown(value):
                continue
            behind = [by_urn[urn] for urn in resource.property_dependencies.get(key, ()) if urn in by_urn]
            if not any(is_of(one, kind) for one in behind for kind in unknown):
                sources = ", ".join(f"{one.type} {one.name}" for one in behind if one.custom) or "something unknown"
                yield (
                    f"{resource.type} {resource.name}: {key}: depends on an unknown output of {sources}, "
                    "fix: answers={type: {...}}, or unknown=[type]"
                )


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_unknown(inner) for inner in cast(Mapping[str, Any], value).values())
    if isinstance(value, list):
        return any(_has_unknown(inner) for inner in cast(list[Any], value))
    return value is UNKNOWN

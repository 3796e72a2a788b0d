"""Unit tests of Pulumi programs and components, without an engine.

`record` runs a program in this process and keeps what it registered: inputs as the provider would get them, and beside
them what Pulumi's own mocks leave out, such as parent, provider, dependencies, `protect`, aliases and `ignoreChanges`.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.kubernetes.manifests import is_object, manifest, resource_id
from gpuplane.plain.paths import is_within
from gpuplane.policy import Environment, PolicyConfig, Review, review, subjects
from gpuplane.recording import UNKNOWN, Failure, RecordedResource, Recording, run, run_path, texts
from gpuplane.recording.run import Program

Answer = Mapping[str, Any] | Callable[[RecordedResource], Mapping[str, Any]]
CallAnswer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]


class RecordingError(Exception):
    """The program did something that must not be, or that nobody told the test how to answer; all of it at once."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = list(messages)
        super().__init__("\n".join(self.messages))


@dataclass(frozen=True)
class Recorded:
    """What a program registered.

    Attributes:
        recording: All of it, as it came.
    """

    recording: Recording

    @property
    def resources(self) -> list[RecordedResource]:
        """All resources and components, ordered by URN: registration itself has no fixed order."""
        return sorted(self.recording.resources, key=lambda resource: resource.urn)

    @property
    def exports(self) -> Mapping[str, Any]:
        """The stack's outputs, secrets revealed."""
        return self.recording.exports

    def all(self, kind: str, name: str | None = None) -> list[RecordedResource]:
        """The resources of a type, and of a logical name where one is given.

        Args:
            kind: The type, such as `kubernetes:apps/v1:Deployment`, or its last part alone.
            name: Logical name.
        """
        return [one for one in self.resources if _is_of(one, kind) and name in (None, one.name)]

    def one(self, kind: str, name: str | None = None) -> RecordedResource:
        """The only resource of a type, or of a type and logical name.

        Raises:
            LookupError: There is none, or more than one; the message has what there is.
        """
        found = self.all(kind, name)
        if len(found) != 1:
            there = ", ".join(f"{one.type} {one.name}" for one in found or self.resources) or "nothing"
            wanted = f"{kind} {name}" if name else kind
            raise LookupError(f"must be exactly one {wanted}, got {len(found)}, there is: {there}")
        return found[0]

    def children(self, parent: str) -> list[RecordedResource]:
        """The resources whose parent has this logical name."""
        urns = {one.urn for one in self.resources if one.name == parent}
        return [one for one in self.resources if one.parent in urns]

    def tree(self) -> str:
        """Parents and their children as indented text, a resource a line."""
        return "\n".join(self._branch("", 0))

    def manifests(self) -> list[Mapping[str, Any]]:
        """The Kubernetes objects, ordered by URN."""
        return [self.recording.outputs[one.urn] for one in self.resources if is_object(one.type)]

    def policy_review(self, environment: str = "prod", today: datetime.date | None = None) -> Review:
        """What the policy's rules find in what was registered.

        Args:
            environment: How strictly: `dev`, `staging` or `prod`.
            today: The day that exceptions are measured by. By default today.

        Example:
            >>> import pulumi_kubernetes as k8s
            >>> recorded = record(lambda: k8s.core.v1.Service("s", spec={"type": "NodePort"}))
            >>> [finding.rule for finding in recorded.policy_review().errors]
            ['explicit-provider', 'no-node-port']
        """
        objects = {one.urn: self.recording.outputs[one.urn] for one in self.resources if is_object(one.type)}
        config = PolicyConfig(environment=Environment(environment))
        return review(subjects(self.resources, objects), config, today)

    def assert_policy(self, environment: str = "prod", today: datetime.date | None = None) -> None:
        """Fails with every finding that a stack of this environment does not pass with."""
        errors = self.policy_review(environment, today).errors
        assert not errors, "must pass the policy:\n" + "\n".join(str(one) for one in errors)

    def assert_explicit_providers(self) -> None:
        """Fails with every resource that would use a default provider."""
        bare = [one for one in self.resources if one.custom and not one.provider and one.package != "pulumi"]
        assert not bare, "must have an explicit provider: " + ", ".join(f"{one.type} {one.name}" for one in bare)

    def assert_not_in_clear(self, *secrets: str) -> None:
        """Fails with every input that has one of these texts without being marked as secret."""
        clear = [
            f"{one.type} {one.name}: {path}"
            for one in self.resources
            for path, text in _leaves(one.inputs, "")
            if any(secret in text for secret in secrets) and not any(is_within(path, known) for known in one.secrets)
        ]
        assert not clear, f"must be secret: {', '.join(clear)}"

    def _branch(self, parent: str, depth: int) -> Iterator[str]:
        for one in self.resources:
            if one.parent == parent:
                yield f"{'  ' * depth}{one.type} {one.name}"
                yield from self._branch(one.urn, depth + 1)


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
    """Runs a program and returns what it registered.

    A resource reads back as its inputs, with an id, and a Kubernetes object with the name it would get. Any other
    output has to be told: one that is not is unknown, and a resource whose inputs are made of it is an error, as is a
    provider's function that nobody told the answer of.

    Args:
        program: What makes the resources, or the file or folder of a project's program.
        answers: Outputs by type, beside the inputs; a mapping, or made from the resource.
        calls: Results of provider functions by token; a mapping, or made from the arguments.
        unknown: Types whose untold outputs may stay unknown, as they do in a preview.
        config: Config keys with their namespace, to their texts.
        secret_keys: The keys that are secret.
        project: Name of the project.
        stack: Name of the stack.
        keep_failures: Leave what went wrong in `recording.failures` instead of raising it.

    Raises:
        InvalidArgumentsError: As a component raised it.
        RecordingError: Anything else that went wrong, all of it.

    Example:
        >>> import pulumi_kubernetes as k8s
        >>> recorded = record(lambda: k8s.core.v1.Namespace("team", metadata={"name": "team"}))
        >>> recorded.one("Namespace").inputs["metadata"]
        {'name': 'team'}
    """
    responder = _Told(answers or {}, calls or {})
    arguments: dict[str, Any] = {
        "project": project,
        "stack": stack,
        "config": config,
        "secret_keys": secret_keys,
        "missing_is_unknown": True,
    }
    runner = (
        run_path(program, responder, **arguments) if isinstance(program, Path) else run(program, responder, **arguments)
    )
    if not keep_failures:
        _raise(runner, unknown)
    return Recorded(runner)


class _Told:
    def __init__(self, answers: Mapping[str, Answer], calls: Mapping[str, CallAnswer]) -> None:
        self._answers = answers
        self._calls = calls

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        told = self._answers.get(resource.type, {})
        extra = told(resource) if callable(told) else told
        if is_object(resource.type):
            obj = {**manifest(resource.name, resource.inputs), **extra}
            return resource_id(obj), obj
        return str(extra.get("id", f"{resource.name}-id")), {**resource.inputs, **extra}

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        if token not in self._calls:
            raise LookupError(f"nobody told the answer of {token}, got {dict(args)}, fix: calls={{{token!r}: ...}}")
        told = self._calls[token]
        return told(args) if callable(told) else told


def _raise(recording: Recording, unknown: Collection[str]) -> None:
    for failure in recording.failures:
        if isinstance(failure.error, InvalidArgumentsError):
            raise failure.error
    messages = [*(_said(failure) for failure in recording.failures), *_untold(recording, unknown)]
    if messages:
        cause = recording.failures[0].error if recording.failures else None
        raise RecordingError(messages) from cause


def _said(failure: Failure) -> str:
    return f"{failure.type} {failure.name}".strip() + f": {failure.error}"


def _untold(recording: Recording, unknown: Collection[str]) -> Iterator[str]:
    by_urn = {resource.urn: resource for resource in recording.resources}
    for resource in recording.resources:
        for key, value in resource.inputs.items():
            if not _has_unknown(value):
                continue
            behind = [by_urn[urn] for urn in resource.property_dependencies.get(key, ()) if urn in by_urn]
            if not any(_is_of(one, kind) for one in behind for kind in unknown):
                sources = ", ".join(f"{one.type} {one.name}" for one in behind if one.custom) or "something unknown"
                yield (
                    f"{resource.type} {resource.name}: {key}: made of an output that nobody told, of {sources}, "
                    "fix: answers={type: {...}}, or unknown=[type]"
                )


def _is_of(resource: RecordedResource, kind: str) -> bool:
    return kind in (resource.type, resource.type.rpartition(":")[2])


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_unknown(inner) for inner in cast(Mapping[str, Any], value).values())
    if isinstance(value, list):
        return any(_has_unknown(inner) for inner in cast(list[Any], value))
    return value is UNKNOWN


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, Any], value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    else:
        for text in texts(value):
            yield path, text

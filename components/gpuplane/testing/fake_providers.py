"""Providers for unit tests: outputs are the inputs and what the test adds."""

from collections.abc import Callable, Mapping
from typing import Any

from gpuplane.kubernetes.manifests import is_object, manifest, resource_id
from gpuplane.recording import RecordedResource

Answer = Mapping[str, Any] | Callable[[RecordedResource], Mapping[str, Any]]
"""Outputs of the resources of a type in addition to their inputs: a mapping, or a function of the resource."""

CallAnswer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""The result of a provider function: a mapping, or a function of its arguments."""


class FakeProviders:
    """Stand-in for all providers of a program.

    A resource's outputs are its inputs, an id and, for a Kubernetes object, its name.
    """

    def __init__(self, answers: Mapping[str, Answer], calls: Mapping[str, CallAnswer]) -> None:
        self._answers = answers
        self._calls = calls

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        """Return the id and the outputs of a resource."""
        answer = self._answers.get(resource.type, {})
        extra = answer(resource) if callable(answer) else answer
        if is_object(resource.type):
            obj = {**manifest(resource.name, resource.inputs), **extra}
            return resource_id(obj), obj
        return str(extra.get("id", f"{resource.name}-id")), {**resource.inputs, **extra}

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        """Return the result of a provider function.

        Raises:
            LookupError: The test has no answer for the function.
        """
        if token not in self._calls:
            raise LookupError(f"no answer for function {token}, got {dict(args)}, fix: calls={{{token!r}: ...}}")
        answer = self._calls[token]
        return answer(args) if callable(answer) else answer

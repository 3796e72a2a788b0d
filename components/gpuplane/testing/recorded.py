"""The resources that a program registered, for assertions in unit tests."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gpuplane.kubernetes.manifests import is_object
from gpuplane.plain.paths import is_within
from gpuplane.policy import Environment, PolicyConfig, Review, review, subjects
from gpuplane.recording import RecordedResource, Recording, texts


@dataclass(frozen=True)
class Recorded:
    """The resources that a program registered.

    Attributes:
        recording: The whole recording, in order of registration.
    """

    recording: Recording

    @property
    def resources(self) -> list[RecordedResource]:
        """All resources and components, ordered by URN: registration itself has no fixed order."""
        return sorted(self.recording.resources, key=lambda resource: resource.urn)

    @property
    def exports(self) -> Mapping[str, Any]:
        """The stack's outputs, with secrets in plain text."""
        return self.recording.exports

    def all(self, kind: str, name: str | None = None) -> list[RecordedResource]:
        """Return the resources of a type, or of a type and logical name.

        Args:
            kind: The type, such as `kubernetes:apps/v1:Deployment`, or its last part alone.
            name: Logical name.
        """
        return [one for one in self.resources if is_of(one, kind) and name in (None, one.name)]

    def one(self, kind: str, name: str | None = None) -> RecordedResource:
        """Return the only resource of a type, or of a type and logical name.

        Raises:
            LookupError: There is none or more than one; the message lists the resources.
        """
        found = self.all(kind, name)
        if len(found) != 1:
            there = ", ".join(f"{one.type} {one.name}" for one in found or self.resources) or "nothing"
            wanted = f"{kind} {name}" if name else kind
            raise LookupError(f"expected one {wanted}, got {len(found)}, registered: {there}")
        return found[0]

    def children(self, parent: str) -> list[RecordedResource]:
        """Return the resources whose parent has this logical name."""
        urns = {one.urn for one in self.resources if one.name == parent}
        return [one for one in self.resources if one.parent in urns]

    def tree(self) -> str:
        """Return the resources as indented text, one on each line, children below their parents."""
        return "\n".join(self._branch("", 0))

    def manifests(self) -> list[Mapping[str, Any]]:
        """Return the Kubernetes objects, ordered by URN."""
        return [self.recording.outputs[one.urn] for one in self.resources if is_object(one.type)]

    def policy_review(self, environment: str = "prod", today: datetime.date | None = None) -> Review:
        """Check the resources against the policy rules.

        Args:
            environment: `dev`, `staging` or `prod`, which decides the severity of findings.
            today: The date that decides whether exceptions have expired. Default: today.

        Example:
            >>> from gpuplane.testing import record
            >>> import pulumi_kubernetes as k8s
            >>> recorded = record(lambda: k8s.core.v1.Service("s", spec={"type": "NodePort"}))
            >>> [finding.rule for finding in recorded.policy_review().errors]
            ['explicit-provider', 'no-node-port']
        """
        objects = {one.urn: self.recording.outputs[one.urn] for one in self.resources if is_object(one.type)}
        config = PolicyConfig(environment=Environment(environment))
        return review(subjects(self.resources, objects), config, today)

    def assert_policy(self, environment: str = "prod", today: datetime.date | None = None) -> None:
        """Fail if the policy has errors for a stack of this environment; the message lists them."""
        errors = self.policy_review(environment, today).errors
        assert not errors, "policy errors:\n" + "\n".join(str(one) for one in errors)

    def assert_explicit_providers(self) -> None:
        """Fail if a resource would use a default provider; the message lists all that would."""
        bare = [one for one in self.resources if one.custom and not one.provider and one.package != "pulumi"]
        assert not bare, "resources without an explicit provider: " + ", ".join(
            f"{one.type} {one.name}" for one in bare
        )

    def assert_not_in_clear(self, *secrets: str) -> None:
        """Fail if an input contains one of these texts and is not a secret; the message lists all such inputs."""
        clear = [
            f"{one.type} {one.name}: {path}"
            for one in self.resources
            for path, text in _leaves(one.inputs, "")
            if any(secret in text for secret in secrets) and not any(is_within(path, known) for known in one.secrets)
        ]
        assert not clear, f"inputs in plain text: {', '.join(clear)}"

    def _branch(self, parent: str, depth: int) -> Iterator[str]:
        for one in self.resources:
            if one.parent == parent:
                yield f"{'  ' * depth}{one.type} {one.name}"
                yield from self._branch(one.urn, depth + 1)


def is_of(resource: RecordedResource, kind: str) -> bool:
    """Return whether a resource is of a type, given as a whole or by its last part."""
    return kind in (resource.type, resource.type.rpartition(":")[2])


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, Any], value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    else:
        for text in texts(value):
            yield path, text

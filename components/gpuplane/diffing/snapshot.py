"""The resources of a stack at one revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gpuplane.policy import Subject

SECRET_PREFIXES = ("secret:", "[secret]")
"""Prefixes of masked secrets: a digest from this package, or the mask of the Pulumi engine."""


@dataclass(frozen=True)
class ResourceState:
    """One resource of a stack.

    Attributes:
        subject: Its type, name and inputs.
        id: Its id.
        is_auto_named: Whether the provider generates its name, anew at each replacement.
        is_mutable: Whether its provider updates its data in place (`enableConfigMapMutable`, `enableSecretMutable`).
        ignore_changes: Inputs whose changes are ignored.
        replace_on_changes: Inputs whose changes replace it.
        delete_before_replace: Whether it is deleted before its replacement is created.
        aliases: Its earlier URNs.
    """

    subject: Subject
    id: str = ""
    is_auto_named: bool = False
    is_mutable: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All resources of a stack.

    Attributes:
        stack: Name of the stack.
        project: Name of the project.
        config: The config values that hold its policy settings.
        resources: The resources by URN.
    """

    stack: str
    project: str = ""
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    resources: Mapping[str, ResourceState] = field(default_factory=dict[str, ResourceState])

    @property
    def subjects(self) -> list[Subject]:
        """The resources as policy rules see them."""
        return [made.subject for made in self.resources.values()]


def read_snapshot(printed: Mapping[str, Any]) -> Snapshot:
    """Read a snapshot from the output of the snapshot process."""
    resources: Sequence[Mapping[str, Any]] = printed["resources"]
    by_urn = {one["urn"]: _resource(one) for one in resources}
    return Snapshot(printed["stack"], printed["project"], printed["config"], by_urn)


def _resource(one: Mapping[str, Any]) -> ResourceState:
    return ResourceState(
        subject=Subject(
            urn=one["urn"],
            type=one["type"],
            name=one["name"],
            body=one["body"],
            secrets=frozenset(one["secrets"]),
            has_provider=one["hasProvider"],
        ),
        id=one["id"],
        is_auto_named=one["isAutoNamed"],
        is_mutable=one["isMutable"],
        ignore_changes=tuple(one["ignoreChanges"]),
        replace_on_changes=tuple(one["replaceOnChanges"]),
        delete_before_replace=one["deleteBeforeReplace"],
        aliases=tuple(one["aliases"]),
    )


def is_masked(value: Any) -> bool:
    """Return whether a value is a masked secret."""
    return isinstance(value, str) and value.startswith(SECRET_PREFIXES)

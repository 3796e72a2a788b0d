"""What a stack makes at one revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gpuplane.policy import Subject

SECRET_MARKS = ("secret:", "[secret]")
"""How a value begins that stands for a secret: a digest of ours, or the engine's own mask."""


@dataclass(frozen=True)
class Made:
    """One resource.

    Attributes:
        subject: What it is and has.
        id: The id it would have.
        is_auto_named: Whether the provider makes up its name, a new one each time it is replaced.
        is_mutable: Whether its provider changes its data in place where others replace it.
        ignore_changes: Inputs that may drift.
        replace_on_changes: Inputs whose change replaces it.
        delete_before_replace: Whether a replacement comes after it is gone.
        aliases: URNs it was known by.
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
    """All that a stack makes.

    Attributes:
        stack: Name of the stack.
        project: Name of the project.
        config: The config keys that say its policy, to their texts.
        objects: The resources by URN.
    """

    stack: str
    project: str = ""
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    objects: Mapping[str, Made] = field(default_factory=dict[str, Made])

    @property
    def subjects(self) -> list[Subject]:
        """What the policy's rules look at."""
        return [made.subject for made in self.objects.values()]


def snapshot(taken: Mapping[str, Any]) -> Snapshot:
    """A snapshot from what `take` prints."""
    objects: Sequence[Mapping[str, Any]] = taken["objects"]
    return Snapshot(taken["stack"], taken["project"], taken["config"], {one["urn"]: _made(one) for one in objects})


def _made(one: Mapping[str, Any]) -> Made:
    return Made(
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


def is_hidden(value: Any) -> bool:
    """Whether a value stands for a secret."""
    return isinstance(value, str) and value.startswith(SECRET_MARKS)

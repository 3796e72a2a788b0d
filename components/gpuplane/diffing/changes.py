"""The resources that differ between two snapshots of a stack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

from gpuplane.diffing.fields import ABSENT, FieldChange, field_changes
from gpuplane.diffing.replacements import consequence, effective_changes, replacing_paths
from gpuplane.diffing.snapshot import ResourceState, Snapshot, is_masked
from gpuplane.policy import Subject


class Action(str, Enum):
    """What happens to a resource, most severe first."""

    DELETED = "deleted"
    REPLACED = "replaced"
    UPDATED = "updated"
    CREATED = "created"


@dataclass(frozen=True)
class Change:
    """One resource that changes.

    Attributes:
        action: What happens to it.
        object: Kind, namespace and name.
        urn: Its URN.
        type: Its type.
        fields: The changed fields; empty for a resource that is created or deleted.
        because: The changed fields that force the replacement.
        delete_before_replace: Whether it is deleted before its replacement is created.
        consequence: The effect beyond the resource itself, or an empty text.
    """

    action: Action
    object: str
    urn: str
    type: str
    fields: Sequence[FieldChange] = ()
    because: Sequence[str] = ()
    delete_before_replace: bool = False
    consequence: str = ""


def changes(before: Snapshot, after: Snapshot, replaced: Iterable[str] = ()) -> list[Change]:
    """List the changes, deletions and replacements first.

    Args:
        before: The old resources.
        after: The new resources.
        replaced: URNs that are replaced for reasons outside the snapshots.
    """
    pairs = _pairs(before, after)
    # Snapshots derive generated names from the content; a provider generates one at a replacement only.
    renamed = {
        *replaced,
        *(
            new.subject.urn
            for old, new in pairs
            if old and new and new.is_auto_named and replacing_paths(old, new, _fields(old, new, {}, {}))
        ),
    }
    names_before = _names(before, frozenset())
    names_after = _names(after, renamed)
    found = [
        change
        for old, new in pairs
        if (change := _change(old, new, names_before, names_after, referrers(after, new))) is not None
    ]
    order = list(Action)
    return sorted(found, key=lambda one: (order.index(one.action), one.type, one.object, one.urn))


def _pairs(before: Snapshot, after: Snapshot) -> list[tuple[ResourceState | None, ResourceState | None]]:
    """Pair old and new resources by URN, or by an alias of the new one."""
    old, pairs = dict(before.resources), list[tuple[ResourceState | None, ResourceState | None]]()
    for urn, new in after.resources.items():
        known_as = next((one for one in (urn, *new.aliases) if one in old), None)
        pairs.append((old.pop(known_as) if known_as else None, new))
    return [*pairs, *((gone, None) for gone in old.values())]


def _change(
    old: ResourceState | None,
    new: ResourceState | None,
    before: Mapping[str, str],
    after: Mapping[str, str],
    rolled: Sequence[str],
) -> Change | None:
    if old is None and new is not None:
        return _of(Action.CREATED, new.subject)
    if new is None and old is not None:
        return _of(Action.DELETED, old.subject)
    assert old
    assert new
    fields = _fields(old, new, before, after)
    if not fields:
        return None
    because = replacing_paths(old, new, fields)
    if not because:
        return _of(Action.UPDATED, new.subject, fields)
    change = replace(
        _of(Action.REPLACED, new.subject, fields),
        because=because,
        delete_before_replace=new.delete_before_replace or _keeps_its_name(new, because),
    )
    return replace(change, consequence=rolls_pods_of(rolled)) if rolled else change


def _of(action: Action, subject: Subject, fields: Sequence[FieldChange] = ()) -> Change:
    text = consequence(subject.type, action.value, [one.path for one in fields])
    return Change(action, subject.label, subject.urn, subject.type, fields, consequence=text)


def _fields(
    old: ResourceState, new: ResourceState, before: Mapping[str, str], after: Mapping[str, str]
) -> list[FieldChange]:
    was, now = (_comparable(made, names) for made, names in ((old, before), (new, after)))
    return effective_changes(old, new, field_changes(was, now))


def _comparable(made: ResourceState, names: Mapping[str, str]) -> Any:
    body: dict[str, Any] = {**made.subject.body}
    if made.is_auto_named:
        body["metadata"] = {key: value for key, value in body["metadata"].items() if key != "name"}
    return _with_names(body, names)


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    """Replace each generated name by its resource's logical name."""
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {key: _with_names(inner, names) for key, inner in known.items()}
    if isinstance(value, list):
        return [_with_names(inner, names) for inner in cast(list[Any], value)]
    return names.get(value, value) if isinstance(value, str) else value


def _names(snapshot: Snapshot, renamed: Iterable[str]) -> dict[str, str]:
    """Return the logical name for each generated name."""
    new = set(renamed)
    return {
        str(made.subject.body["metadata"]["name"]): made.subject.name + (" (new)" if urn in new else "")
        for urn, made in snapshot.resources.items()
        if made.is_auto_named
    }


def referrers(snapshot: Snapshot, made: ResourceState | None) -> list[str]:
    """Return the labels of the objects that refer to an auto-named one."""
    if made is None or not made.is_auto_named:
        return []
    name = made.subject.body["metadata"]["name"]
    others = [one.subject for one in snapshot.resources.values() if one is not made]
    return sorted(one.label for one in others if _mentions(one.body, name))


def rolls_pods_of(referrers: Sequence[str]) -> str:
    """Describe what the replacement of an auto-named object does to the objects that refer to it."""
    return f"gets a new name, which rolls the pods of {', '.join(referrers)}"


def _mentions(value: Any, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(_mentions(inner, name) for inner in cast(Mapping[str, Any], value).values())
    if isinstance(value, list):
        return any(_mentions(inner, name) for inner in cast(list[Any], value))
    return value == name


def _keeps_its_name(made: ResourceState, because: Sequence[str]) -> bool:
    """Return whether the replacement has the same name, so that both cannot exist at once."""
    if made.subject.is_kubernetes:
        return not made.is_auto_named and not {"metadata.name", "metadata.namespace"} & set(because)
    return "name" in made.subject.body and "name" not in because


def display(value: Any, other: Any = ABSENT) -> str:
    """Write a field's value for a report, shortened and without secrets."""
    if value is ABSENT:
        return ""
    if is_masked(value):
        return "(secret, changed)" if is_masked(other) else "(secret)"
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        text = "{" + ", ".join(f"{key}: {display(inner)}" for key, inner in sorted(known.items())) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(display(inner) for inner in cast(list[Any], value)) + "]"
    elif value is None or isinstance(value, bool):
        text = str(value).lower().replace("none", "null")
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


LONGEST = 120

"""What happens to each resource between two snapshots of a stack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

from gpuplane.diffing.fields import ABSENT, FieldChange, field_changes
from gpuplane.diffing.replacements import consequence, real_changes, replacing
from gpuplane.diffing.snapshot import Made, Snapshot, is_hidden
from gpuplane.policy import Subject


class Action(str, Enum):
    """What happens to a resource."""

    DELETED = "deleted"
    REPLACED = "replaced"
    CHANGED = "changed"
    CREATED = "created"


@dataclass(frozen=True)
class Change:
    """One resource that does not stay as it is.

    Attributes:
        action: What happens to it.
        object: Kind, namespace and name.
        urn: Its URN.
        type: Its type.
        fields: The fields that changed; empty for what is created or deleted.
        because: The fields that make it a replacement.
        is_deleted_first: Whether the old one goes before the new one comes.
        consequence: What it does beyond itself; empty where nothing.
    """

    action: Action
    object: str
    urn: str
    type: str
    fields: Sequence[FieldChange] = ()
    because: Sequence[str] = ()
    is_deleted_first: bool = False
    consequence: str = ""


def changes(before: Snapshot, after: Snapshot, replaced: Iterable[str] = ()) -> list[Change]:
    """All that happens, deletions and replacements first.

    Args:
        before: As it was.
        after: As it will be.
        replaced: URNs that are known to be replaced, for reasons that the snapshots do not show.
    """
    pairs = _pairs(before, after)
    # A generated name is of the content here: only a replacement gives an object a new one.
    renamed = {
        *replaced,
        *(
            new.subject.urn
            for old, new in pairs
            if old and new and new.is_auto_named and replacing(old, new, _fields(old, new, {}, {}))
        ),
    }
    names_before = _names(before, frozenset())
    names_after = _names(after, renamed)
    found = [
        change
        for old, new in pairs
        if (change := _change(old, new, names_before, names_after, users(after, new))) is not None
    ]
    order = list(Action)
    return sorted(found, key=lambda one: (order.index(one.action), one.type, one.object, one.urn))


def _pairs(before: Snapshot, after: Snapshot) -> list[tuple[Made | None, Made | None]]:
    """The old and the new of each resource, found by URN or by an alias of the new."""
    old, pairs = dict(before.objects), list[tuple[Made | None, Made | None]]()
    for urn, new in after.objects.items():
        known_as = next((one for one in (urn, *new.aliases) if one in old), None)
        pairs.append((old.pop(known_as) if known_as else None, new))
    return [*pairs, *((gone, None) for gone in old.values())]


def _change(
    old: Made | None, new: Made | None, before: Mapping[str, str], after: Mapping[str, str], rolled: Sequence[str]
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
    because = replacing(old, new, fields)
    if not because:
        return _of(Action.CHANGED, new.subject, fields)
    change = replace(
        _of(Action.REPLACED, new.subject, fields),
        because=because,
        is_deleted_first=new.delete_before_replace or _keeps_its_name(new, because),
    )
    return replace(change, consequence=rolling(rolled)) if rolled else change


def _of(action: Action, subject: Subject, fields: Sequence[FieldChange] = ()) -> Change:
    text = consequence(subject.type, action.value, [one.path for one in fields])
    return Change(action, subject.label, subject.urn, subject.type, fields, consequence=text)


def _fields(old: Made, new: Made, before: Mapping[str, str], after: Mapping[str, str]) -> list[FieldChange]:
    was, now = (_comparable(made, names) for made, names in ((old, before), (new, after)))
    return real_changes(old, new, field_changes(was, now))


def _comparable(made: Made, names: Mapping[str, str]) -> Any:
    body: dict[str, Any] = {**made.subject.body}
    if made.is_auto_named:
        body["metadata"] = {key: value for key, value in body["metadata"].items() if key != "name"}
    return _with_names(body, names)


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    """The value with what each generated name stands for in its place."""
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {key: _with_names(inner, names) for key, inner in known.items()}
    if isinstance(value, list):
        return [_with_names(inner, names) for inner in cast(list[Any], value)]
    return names.get(value, value) if isinstance(value, str) else value


def _names(snapshot: Snapshot, renamed: Iterable[str]) -> dict[str, str]:
    """What stands for each generated name."""
    new = set(renamed)
    return {
        str(made.subject.body["metadata"]["name"]): made.subject.name + (" (new)" if urn in new else "")
        for urn, made in snapshot.objects.items()
        if made.is_auto_named
    }


def users(snapshot: Snapshot, made: Made | None) -> list[str]:
    """The objects that name an auto-named one; none for any other."""
    if made is None or not made.is_auto_named:
        return []
    name = made.subject.body["metadata"]["name"]
    others = [one.subject for one in snapshot.objects.values() if one is not made]
    return sorted(one.label for one in others if _mentions(one.body, name))


def rolling(rolled: Sequence[str]) -> str:
    """What the replacement of an auto-named object does to those that name it."""
    return f"a new name, so that the pods of {', '.join(rolled)} roll"


def _mentions(value: Any, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(_mentions(inner, name) for inner in cast(Mapping[str, Any], value).values())
    if isinstance(value, list):
        return any(_mentions(inner, name) for inner in cast(list[Any], value))
    return value == name


def _keeps_its_name(made: Made, because: Sequence[str]) -> bool:
    """Whether the new one has the old one's name, so that the two cannot be there at once."""
    if made.subject.is_kubernetes:
        return not made.is_auto_named and not {"metadata.name", "metadata.namespace"} & set(because)
    return "name" in made.subject.body and "name" not in because


def shown(value: Any, other: Any = ABSENT) -> str:
    """A field's value as a report has it: no secret, nothing long."""
    if value is ABSENT:
        return ""
    if is_hidden(value):
        return "(secret, changed)" if is_hidden(other) else "(secret)"
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        text = "{" + ", ".join(f"{key}: {shown(inner)}" for key, inner in sorted(known.items())) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(shown(inner) for inner in cast(list[Any], value)) + "]"
    elif value is None or isinstance(value, bool):
        text = str(value).lower().replace("none", "null")
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


LONGEST = 120

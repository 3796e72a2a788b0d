"""A report from the output of `pulumi preview --json`.

Format: `PreviewDigest` in pkg/display/json.go of pulumi.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from gpuplane.diffing.changes import Action, Change, referrers, rolls_pods_of
from gpuplane.diffing.errors import PreviewError
from gpuplane.diffing.fields import ABSENT, FieldChange, plain_path
from gpuplane.diffing.replacements import consequence
from gpuplane.diffing.report import StackReport, report
from gpuplane.diffing.snapshot import ResourceState, Snapshot
from gpuplane.plain.nested import field
from gpuplane.plain.paths import overlaps
from gpuplane.policy import Subject
from gpuplane.policy.subjects.subject import UNKNOWN
from gpuplane.recording.values import UNKNOWN_TEXT

_AUTO_NAMED = "pulumi.com/autonamed"
_GONE = ("delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace")
_REPLACING = ("replace", "create-replacement", "delete-replaced", "import-replacement", "read-replacement")
_KEPT = ("same", "read", "refresh")


@dataclass(frozen=True)
class _Step:
    """All steps of the engine for one resource."""

    urn: str
    ops: frozenset[str]
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    changed: Mapping[str, str]
    because: Sequence[str]
    is_custom: bool


def preview_report(path: Path) -> StackReport:
    """Read a saved preview and report on it.

    Raises:
        PreviewError: The file is not a preview.
    """
    try:
        digest: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PreviewError(f"{path}: not readable, {error}, fix: pulumi preview --json > {path}") from None
    if not isinstance(digest, dict) or not isinstance(cast(dict[str, Any], digest).get("steps"), list):
        raise PreviewError(f"{path}: not a preview, got no list of steps, fix: pulumi preview --json > {path}")
    return digest_report(cast(dict[str, Any], digest))


def digest_report(digest: Mapping[str, Any]) -> StackReport:
    """Report on a parsed preview: the actions are the engine's, consequences and totals are added here."""
    # Components, providers and the stack itself belong to no provider.
    steps = [step for step in _steps(digest["steps"]) if step.is_custom and not _type(step.urn).startswith("pulumi:")]
    stack, project = _origin(digest["steps"])
    config = {key: str(value) for key, value in _fields(digest, "config").items()}
    before = Snapshot(stack, project, config, {one.urn: _made(one.urn, one.old) for one in steps if one.old})
    after = Snapshot(stack, project, config, {one.urn: _made(one.urn, one.new) for one in steps if one.new})
    found = report(before, after, replaced=[one.urn for one in steps if _action(one) is Action.REPLACED])
    ours = {change.urn: change for change in found.changes}
    said = [_change(step, ours.get(step.urn), after) for step in steps if step.ops - set(_KEPT)]
    order = list(Action)
    return replace(found, changes=sorted(said, key=lambda one: (order.index(one.action), one.type, one.object)))


def _steps(raw: Iterable[Mapping[str, Any]]) -> list[_Step]:
    by_urn: dict[str, list[Mapping[str, Any]]] = {}
    for one in raw:
        by_urn.setdefault(str(one["urn"]), []).append(one)
    return [_together(urn, ones) for urn, ones in sorted(by_urn.items())]


def _together(urn: str, ones: Sequence[Mapping[str, Any]]) -> _Step:
    ops = frozenset(str(one["op"]) for one in ones)
    old = next((one["oldState"] for one in ones if one.get("oldState")), None)
    new = next((one["newState"] for one in ones if one.get("newState") and one["op"] not in _GONE), None)
    kinds = {
        path: str(kind.get("kind", "update")) for one in ones for path, kind in _fields(one, "detailedDiff").items()
    }
    reasons = sorted({str(path) for one in ones for path in _reasons(one)})
    is_custom = bool(field(old or new, "custom", True))
    return _Step(urn, ops, old, new, kinds, reasons, is_custom)


def _fields(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return field(of, key, {})


def _reasons(step: Mapping[str, Any]) -> list[Any]:
    return field(step, "replaceReasons", [])


def _origin(raw: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return the stack and project from a URN."""
    parts = str(raw[0]["urn"]).split("::") if raw else []
    return (parts[0].removeprefix("urn:pulumi:"), parts[1]) if len(parts) > 1 else ("", "")


def _made(urn: str, state: Mapping[str, Any]) -> ResourceState:
    inputs: Mapping[str, Any] = _plain(field(state, "inputs", {}))
    kind = str(state.get("type") or _type(urn))
    name = urn.rpartition("::")[2]
    provider = str(state.get("provider", ""))
    subject = Subject(urn, kind, name, inputs, has_provider="::default" not in provider)
    annotations: Mapping[str, Any] = field(inputs, "metadata.annotations", {})
    return ResourceState(subject, id=str(state.get("id", "")), is_auto_named=_AUTO_NAMED in annotations)


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _plain(value: Any) -> Any:
    """Replace values that are known only after `pulumi up` by the marker of policy rules."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in cast(Mapping[str, Any], value).items() if key != "__defaults"}
    if isinstance(value, list):
        return [_plain(inner) for inner in cast(list[Any], value)]
    return UNKNOWN if value == UNKNOWN_TEXT else value


def _change(step: _Step, ours: Change | None, after: Snapshot) -> Change:
    """Combine the engine's step with our fields; fields that the engine masks have its paths only."""
    state = step.new or step.old or {}
    made = _made(step.urn, state)
    action = _action(step)
    fields = list(ours.fields) if ours and action in (Action.UPDATED, Action.REPLACED) else []
    known = [plain_path(one.path) for one in fields]
    fields += [
        FieldChange(path, *_hidden(kind))
        for path, kind in sorted(step.changed.items())
        if not any(overlaps(plain_path(path), one) for one in known)
    ]
    rolled = referrers(after, after.resources.get(step.urn)) if action is Action.REPLACED else []
    return Change(
        action=action,
        object=made.subject.label,
        urn=step.urn,
        type=made.subject.type,
        fields=fields,
        because=step.because if action is Action.REPLACED else (),
        consequence=rolls_pods_of(rolled)
        if rolled
        else consequence(made.subject.type, action.value, [one.path for one in fields]),
    )


def _hidden(kind: str) -> tuple[Any, Any]:
    secret = "[secret]"
    return (ABSENT if kind.startswith("add") else secret, ABSENT if kind.startswith("delete") else secret)


def _action(step: _Step) -> Action:
    if step.ops & set(_REPLACING):
        return Action.REPLACED
    if step.ops & set(_GONE):
        return Action.DELETED
    return Action.CREATED if step.ops & {"create", "import"} else Action.UPDATED

"""The effect of a change on one stack: resources, totals, policy findings and the verdict of a rehearsal."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.diffing.changes import Action, Change, changes, display
from gpuplane.diffing.snapshot import Snapshot
from gpuplane.diffing.totals import stack_totals
from gpuplane.policy import Finding, review
from gpuplane.policy.stack import policy_config
from gpuplane.rehearsal.verdict.verdict import Verdict


@dataclass(frozen=True)
class Row:
    """One total before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class StackReport:
    """The effect of a change on one stack.

    Attributes:
        stack: Name of the stack.
        changes: The resources that change.
        totals: Nodes and quotas that change, and GPUs always.
        warning: A warning that workloads request more GPUs than the pools have, or an empty text.
        introduced: New policy findings.
        resolved: Policy findings that the change resolves.
        verdict: The verdict of a rehearsal of the new version; None without a rehearsal.
    """

    stack: str
    changes: Sequence[Change]
    totals: Sequence[Row] = ()
    warning: str = ""
    introduced: Sequence[Finding] = ()
    resolved: Sequence[Finding] = ()
    verdict: Verdict | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the stack is unchanged."""
        return not (self.changes or self.introduced or self.resolved)

    @property
    def summary(self) -> str:
        """The number of resources by action, most severe first."""
        counts = Counter(one.action for one in self.changes)
        return ", ".join(f"{counts[action]} {action.value}" for action in Action if counts[action]) or "policy only"

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values, secrets masked."""
        return {
            "stack": self.stack,
            "changes": [_json(change) for change in self.changes],
            "totals": {row.name: {"before": row.before, "after": row.after} for row in self.totals},
            "warning": self.warning,
            "policy": {
                "introduced": [str(one) for one in self.introduced],
                "resolved": [str(one) for one in self.resolved],
            },
            "verdict": self.verdict.as_json() if self.verdict else None,
        }


def report(
    before: Snapshot, after: Snapshot, today: datetime.date | None = None, replaced: Iterable[str] = ()
) -> StackReport:
    """Compare two snapshots of a stack.

    Args:
        before: The old one; empty for a new stack.
        after: The new one; empty for a deleted stack.
        today: The day on which exceptions from the policy are valid. Default: today.
        replaced: As for `changes`.
    """
    was, now = stack_totals(before).rows(), stack_totals(after)
    is_new = now.rows()
    rows = [
        Row(name, was.get(name, ""), is_new.get(name, ""))
        for name in [*is_new, *(name for name in was if name not in is_new)]
        if was.get(name) != is_new.get(name) or name.startswith("GPUs")
    ]
    old, new = _findings(before, today), _findings(after, today)
    return StackReport(
        stack=after.stack or before.stack,
        changes=changes(before, after, replaced),
        totals=[row for row in rows if (row.before, row.after) != ("0", "0")],
        warning=now.warning,
        introduced=[one for key, one in new.items() if key not in old],
        resolved=[one for key, one in old.items() if key not in new],
    )


def _findings(snapshot: Snapshot, today: datetime.date | None) -> dict[tuple[str, ...], Finding]:
    config = policy_config(snapshot.project, snapshot.stack, snapshot.config)
    found = review(snapshot.subjects, config, today).findings
    return {(one.rule, one.object, one.path, one.severity.value): one for one in found}


def _json(change: Change) -> Mapping[str, Any]:
    return {
        "action": change.action.value,
        "object": change.object,
        "urn": change.urn,
        "type": change.type,
        "fields": {
            one.path: {"before": display(one.before), "after": display(one.after, one.before)} for one in change.fields
        },
        "because": list(change.because),
        "deleteBeforeReplace": change.delete_before_replace,
        "consequence": change.consequence,
    }

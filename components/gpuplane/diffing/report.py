"""What a change does to one stack: resources, capacity, policy, and the rehearsal's verdict."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.diffing.changes import Action, Change, changes, shown
from gpuplane.diffing.gpus_and_nodes import capacity
from gpuplane.diffing.snapshot import Snapshot
from gpuplane.policy import Finding, review
from gpuplane.policy.stack import policy_config
from gpuplane.rehearsal.verdict.verdict import Verdict


@dataclass(frozen=True)
class Row:
    """One number before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class StackReport:
    """What a change does to one stack.

    Attributes:
        stack: Name of the stack.
        changes: What happens to its resources.
        capacity: Nodes, GPUs and quotas that change; GPUs in any case.
        warning: Where more is asked for than there is; empty where it is enough.
        introduced: Policy findings that were not there before.
        mended: Policy findings that are no more.
        verdict: The rehearsal's verdict on the new version, None where it was not asked for.
    """

    stack: str
    changes: Sequence[Change]
    capacity: Sequence[Row] = ()
    warning: str = ""
    introduced: Sequence[Finding] = ()
    mended: Sequence[Finding] = ()
    verdict: Verdict | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.changes or self.introduced or self.mended)

    @property
    def summary(self) -> str:
        """How many resources are replaced, and so on, most severe first."""
        counts = Counter(one.action for one in self.changes)
        return ", ".join(f"{counts[action]} {action.value}" for action in Action if counts[action]) or "policy only"

    def as_json(self) -> dict[str, Any]:
        """For machines: plain values only, and never a secret."""
        return {
            "stack": self.stack,
            "changes": [_json(change) for change in self.changes],
            "capacity": {row.name: {"before": row.before, "after": row.after} for row in self.capacity},
            "warning": self.warning,
            "policy": {
                "introduced": [str(one) for one in self.introduced],
                "mended": [str(one) for one in self.mended],
            },
            "verdict": self.verdict.as_json() if self.verdict else None,
        }


def report(
    before: Snapshot, after: Snapshot, today: datetime.date | None = None, replaced: Iterable[str] = ()
) -> StackReport:
    """Compares two snapshots of one stack.

    Args:
        before: As it was; empty for a new stack.
        after: As it will be; empty for one that goes.
        today: The day that the policy's exceptions are measured by. By default today.
        replaced: As for `changes`.
    """
    was, now = capacity(before).rows(), capacity(after)
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
        capacity=[row for row in rows if (row.before, row.after) != ("0", "0")],
        warning=now.warning,
        introduced=[one for key, one in new.items() if key not in old],
        mended=[one for key, one in old.items() if key not in new],
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
            one.path: {"before": shown(one.before), "after": shown(one.after, one.before)} for one in change.fields
        },
        "because": list(change.because),
        "isDeletedFirst": change.is_deleted_first,
        "consequence": change.consequence,
    }

"""`gpuplane diff`: from two revisions to a report a stack."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gpuplane.diffing.report import StackReport, report
from gpuplane.diffing.revisions import checked_out, merge_base, snapshot_of
from gpuplane.program.project import Project
from gpuplane.rehearsal.verdict.verdict import Verdict


def diff_stacks(
    root: Path, base: str, stacks: Sequence[str], rehearse: Callable[[str], Verdict] | None = None
) -> list[StackReport]:
    """What the working tree's changes since it left a revision do to each stack.

    Args:
        root: The project's folder.
        base: The revision to compare with, such as `origin/main`.
        stacks: Names of the stacks; empty for all of either revision.
        rehearse: Holds a rehearsal of a stack of the working tree; None for no rehearsals. Only what changes is
            rehearsed.

    Raises:
        RevisionError: A revision cannot be had or run.
    """
    with checked_out(root, merge_base(root, base)) as old:
        names = list(stacks) or sorted({*_stacks(root), *_stacks(old)})
        reports = [report(snapshot_of(old, name), snapshot_of(root, name)) for name in names]
    return [_rehearsed(one, root, rehearse) for one in reports]


def _rehearsed(one: StackReport, root: Path, rehearse: Callable[[str], Verdict] | None) -> StackReport:
    is_there = one.stack in _stacks(root)
    return replace(one, verdict=rehearse(one.stack)) if rehearse and is_there and not one.is_quiet else one


def _stacks(root: Path) -> list[str]:
    return Project.at(root).stacks if (root / "Pulumi.yaml").exists() else []

"""`gpuplane diff`: one report per stack from two revisions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gpuplane.diffing.report import StackReport, report
from gpuplane.diffing.revisions import merge_base, snapshot_at, worktree_at
from gpuplane.program.project import Project
from gpuplane.rehearsal.verdict.verdict import Verdict


def diff_stacks(
    root: Path, base: str, stacks: Sequence[str], rehearse: Callable[[str], Verdict] | None = None
) -> list[StackReport]:
    """Report what the working tree changes in each stack since its merge base with a revision.

    Args:
        root: The project's folder.
        base: The revision to compare with, such as `origin/main`.
        stacks: Names of the stacks; empty for all stacks of both revisions.
        rehearse: Rehearses a stack of the working tree; None for no rehearsals. Only stacks that change are rehearsed.

    Raises:
        RevisionError: A revision cannot be checked out or its program fails.
    """
    with worktree_at(root, merge_base(root, base)) as old:
        names = list(stacks) or sorted({*_stacks(root), *_stacks(old)})
        reports = [report(snapshot_at(old, name), snapshot_at(root, name)) for name in names]
    return [_rehearsed(one, root, rehearse) for one in reports]


def _rehearsed(one: StackReport, root: Path, rehearse: Callable[[str], Verdict] | None) -> StackReport:
    is_there = one.stack in _stacks(root)
    return replace(one, verdict=rehearse(one.stack)) if rehearse and is_there and not one.is_empty else one


def _stacks(root: Path) -> list[str]:
    return Project.at(root).stacks if (root / "Pulumi.yaml").exists() else []

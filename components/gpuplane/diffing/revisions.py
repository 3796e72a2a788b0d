"""Two revisions of a project, each run with its own program and library."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import gpuplane
from gpuplane.diffing import snapshot_process
from gpuplane.diffing.errors import RevisionError
from gpuplane.diffing.snapshot import Snapshot, read_snapshot

_SNAPSHOT_PROCESS = Path(snapshot_process.__file__)


@contextmanager
def worktree_at(project: Path, revision: str) -> Generator[Path, None, None]:
    """Check a revision out into a temporary git worktree and yield the project's folder there.

    Raises:
        RevisionError: The project is not in a git repository, or the revision does not exist.
    """
    top = Path(_git(project, "rev-parse", "--show-toplevel"))
    commit = _git(project, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", wanted=revision)
    with tempfile.TemporaryDirectory(prefix="gpuplane-diff-") as folder:
        tree = Path(folder) / "base"
        _git(project, "worktree", "add", "--detach", "--quiet", str(tree), commit)
        try:
            yield tree / project.resolve().relative_to(top.resolve())
        finally:
            _git(project, "worktree", "remove", "--force", str(tree))


def merge_base(project: Path, revision: str) -> str:
    """Return the best common ancestor of HEAD and a revision, so that later commits there are not reported.

    Raises:
        RevisionError: There is no common ancestor.
    """
    return _git(project, "merge-base", revision, "HEAD", wanted=revision)


def snapshot_at(root: Path, stack: str) -> Snapshot:
    """Run a stack in a separate process and return its resources; empty if the revision has no such stack.

    Args:
        root: The project's folder at some revision.
        stack: Name of the stack.

    Raises:
        RevisionError: Its program fails or its config is invalid; the message is the program's.
    """
    if not (root / f"Pulumi.{stack}.yaml").exists():
        return Snapshot(stack)
    done = subprocess.run(
        # -P keeps the script's folder off sys.path: its modules would shadow others of the same name.
        [sys.executable, "-P", str(_SNAPSHOT_PROCESS), str(root), stack],
        capture_output=True,
        text=True,
        env={**os.environ, **_library(root)},
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["it printed no error"]
        raise RevisionError(f"stack {stack} in {root}: {_last_error(words)}")
    return read_snapshot(json.loads(done.stdout))


def _last_error(lines: list[str]) -> str:
    """Return the error at the end of a traceback, with its continuation lines."""
    start = max((index for index, line in enumerate(lines) if line[:1].strip()), default=0)
    return " ".join(line.strip() for line in lines[start:])


def _library(root: Path) -> dict[str, str]:
    """Return variables that select the revision's own library in this repository; elsewhere the installed one stays."""
    package = Path(gpuplane.__file__).resolve().parent
    top = Path(_git(root, "rev-parse", "--show-toplevel")).resolve()
    for own in _worktrees(root, top):
        if package.is_relative_to(own):
            return {"PYTHONPATH": str(top / package.relative_to(own).parent)}
    return {}


def _worktrees(root: Path, top: Path) -> list[Path]:
    """Return the roots of all worktrees of a repository."""
    listed = _git(root, "worktree", "list", "--porcelain").splitlines()
    return [top, *(Path(line.removeprefix("worktree ")).resolve() for line in listed if line.startswith("worktree "))]


def _git(folder: Path, *arguments: str, wanted: str = "") -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        words = " ".join(done.stderr.split()) or "no such revision"
        what = f"revision {wanted!r}" if wanted else f"git {arguments[0]}"
        raise RevisionError(
            f"{what}: {words}, in {folder.resolve()}, fix: run in a git repository, with the revision fetched"
        )
    return done.stdout.strip()

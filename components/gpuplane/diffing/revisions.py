"""Two revisions of a project, each run with its own program and its own library."""

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
from gpuplane.diffing.snapshot import Snapshot, snapshot

_SNAPSHOT_PROCESS = Path(snapshot_process.__file__)


@contextmanager
def checked_out(project: Path, revision: str) -> Generator[Path, None, None]:
    """The project's folder as it is at a revision, in a git worktree that is gone afterwards.

    Raises:
        RevisionError: The project is in no git repository, or there is no such revision.
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
    """The commit where the working tree's branch left another: what that has got since is not this change's.

    Raises:
        RevisionError: There is none.
    """
    return _git(project, "merge-base", revision, "HEAD", wanted=revision)


def snapshot_of(root: Path, stack: str) -> Snapshot:
    """What a stack makes, run in a process of its own; empty where the revision has no such stack.

    Args:
        root: The project's folder at some revision.
        stack: Name of the stack.

    Raises:
        RevisionError: Its program or config is wrong, in the program's own words.
    """
    if not (root / f"Pulumi.{stack}.yaml").exists():
        return Snapshot(stack)
    done = subprocess.run(
        # -P: the folder of the file that is run has modules of its own, which nothing else may find by name.
        [sys.executable, "-P", str(_SNAPSHOT_PROCESS), str(root), stack],
        capture_output=True,
        text=True,
        env={**os.environ, **_library(root)},
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no words"]
        raise RevisionError(f"stack {stack} in {root}: {_last_error(words)}")
    return snapshot(json.loads(done.stdout))


def _last_error(lines: list[str]) -> str:
    """The error at the end of a traceback with the lines that it goes on in."""
    start = max((index for index, line in enumerate(lines) if line[:1].strip()), default=0)
    return " ".join(line.strip() for line in lines[start:])


def _library(root: Path) -> dict[str, str]:
    """The library of that revision where the repository is the library's own, else the one that is installed."""
    package = Path(gpuplane.__file__).resolve().parent
    top = Path(_git(root, "rev-parse", "--show-toplevel")).resolve()
    for own in _tops(root, top):
        if package.is_relative_to(own):
            return {"PYTHONPATH": str(top / package.relative_to(own).parent)}
    return {}


def _tops(root: Path, top: Path) -> list[Path]:
    """The roots of all worktrees of a repository."""
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

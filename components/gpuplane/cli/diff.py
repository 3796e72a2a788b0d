"""`gpuplane diff`: the effect of a change on each stack."""

import json
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder, progress
from gpuplane.program.project import Project
from gpuplane.rehearsal.verdict.verdict import Verdict


class Format(str, Enum):
    """The format of the report."""

    MARKDOWN = "markdown"
    JSON = "json"
    TEXT = "text"


def diff(
    base: Annotated[str, typer.Option("--base", help="Revision to compare with, such as origin/main.")] = "",
    stack: Annotated[list[str] | None, typer.Option("--stack", "-s", help="Name of a stack; repeatable.")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="All stacks of both revisions.")] = False,
    preview: Annotated[
        Path | None, typer.Option("--preview", help="Output of `pulumi preview --json`, instead of --base.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the report.")] = Format.TEXT,
    is_rehearsed: Annotated[bool, typer.Option("--rehearse", help="Also rehearse each stack that changes.")] = False,
    cwd: Folder = Path(),
) -> None:
    """Report how a change affects each stack: resources, GPUs, nodes and policy. Prints nothing if nothing changes.

    Exit status: 0 with or without changes, 2 if a revision or the preview cannot be read.
    """
    from gpuplane.diffing.diff import diff_stacks
    from gpuplane.diffing.markdown import markdown
    from gpuplane.diffing.preview import preview_report
    from gpuplane.diffing.text import text

    if (preview is None) == (not base):
        raise typer.BadParameter("exactly one is required", param_hint="--base or --preview")
    if base and bool(stack) == is_all:
        raise typer.BadParameter("exactly one is required", param_hint="--stack or --all")
    rehearse = partial(_rehearsed, cwd) if is_rehearsed else None
    reports = [preview_report(preview)] if preview else diff_stacks(cwd, base, stack or [], rehearse)
    if form is Format.JSON:
        typer.echo(json.dumps([one.as_json() for one in reports if not one.is_empty], indent=2))
        return
    written = markdown(reports, f"gpuplane diff --base {base}") if form is Format.MARKDOWN else text(reports)
    if written:
        typer.echo(written)


def _rehearsed(cwd: Path, stack: str) -> Verdict:
    from gpuplane.rehearsal.in_process.rehearse import rehearse_stack

    return rehearse_stack(Project.at(cwd), stack, progress).verdict

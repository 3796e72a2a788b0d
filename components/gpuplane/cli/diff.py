"""`gpuplane diff`: what a change does to each stack."""

import json
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder
from gpuplane.program.project import Project
from gpuplane.rehearsal.verdict.verdict import Verdict


class Format(str, Enum):
    """How the report is written."""

    MARKDOWN = "markdown"
    JSON = "json"
    TEXT = "text"


def diff(
    base: Annotated[str, typer.Option("--base", help="Revision to compare with, such as origin/main.")] = "",
    stack: Annotated[list[str] | None, typer.Option("--stack", "-s", help="Name of a stack; may be repeated.")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="Every stack of either revision.")] = False,
    preview: Annotated[
        Path | None, typer.Option("--preview", help="Instead of revisions, what `pulumi preview --json` printed.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TEXT,
    is_rehearsed: Annotated[bool, typer.Option("--rehearse", help="Rehearse every stack that changes.")] = False,
    cwd: Folder = Path(),
) -> None:
    """Say what a change does to each stack: resources, GPUs and nodes, policy. Nothing at all when nothing changes.

    Exit status: 0, changed or not; 2 when a revision cannot be read.
    """
    from gpuplane.diffing.diff import diff_stacks
    from gpuplane.diffing.markdown import markdown
    from gpuplane.diffing.preview import preview_report
    from gpuplane.diffing.text import text

    if (preview is None) == (not base):
        raise typer.BadParameter("must be given one of them", param_hint="--base or --preview")
    if base and bool(stack) == is_all:
        raise typer.BadParameter("must be given one of them", param_hint="--stack or --all")
    rehearse = partial(_rehearsed, cwd) if is_rehearsed else None
    reports = [preview_report(preview)] if preview else diff_stacks(cwd, base, stack or [], rehearse)
    if form is Format.JSON:
        typer.echo(json.dumps([one.as_json() for one in reports if not one.is_quiet], indent=2))
        return
    said = markdown(reports, f"gpuplane diff --base {base}") if form is Format.MARKDOWN else text(reports)
    if said:
        typer.echo(said)


def _rehearsed(cwd: Path, stack: str) -> Verdict:
    from gpuplane.rehearsal.in_process.rehearse import rehearse_stack

    return rehearse_stack(Project.at(cwd), stack, lambda line: typer.echo(line, err=True)).verdict

"""`gpuplane policy`: policy findings of a stack."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder, Stack


def policy(
    stack: Stack,
    cwd: Folder = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check each resource of a stack against the rules in docs/policies.md.

    Exit status: 0 without errors, 1 with errors, 2 if the stack cannot be read.
    """
    from gpuplane.program.dry_run import DryResponder
    from gpuplane.program.policy_review import policy_review
    from gpuplane.program.project import Project
    from gpuplane.program.run import run_program

    project = Project.at(cwd)
    settings = project.stack(stack)
    responder = DryResponder(settings.catalogue)
    found = policy_review(settings, run_program(project, settings, responder), responder.manifests)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), indent=2))
    else:
        for finding in found.findings:
            typer.echo(f"{finding.severity.value}: {finding}")
        excepted = f", {len(found.excepted)} excepted" if found.excepted else ""
        counts = f"{_count(found.errors, 'error')}, {_count(found.notes, 'note')}"
        typer.echo(f"{stack}: {counts}{excepted}")
    raise typer.Exit(1 if found.errors else 0)


def _count(found: Sequence[object], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"

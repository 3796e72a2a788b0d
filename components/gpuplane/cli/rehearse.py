"""`gpuplane rehearse`: a stack against a local control plane with simulated GPU nodes."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gpuplane.cli.options import Folder, Stack, progress
from gpuplane.program.project import Project
from gpuplane.rehearsal.scenarios import Scenario

FILE_WIDTH = 120


def rehearse(
    stack: Stack,
    cwd: Folder = Path(),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the control plane running.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    scenario: Annotated[
        list[Scenario] | None,
        typer.Option("--scenario", help="Scenario to run; repeatable.", show_default="all"),
    ] = None,
    engine: Annotated[
        bool, typer.Option("--engine", help="Run with the Pulumi CLI; only the steady scenario.")
    ] = False,
) -> None:
    """Deploy a stack to a local Kubernetes control plane with simulated GPU nodes and report what fails.

    Exit status: 0 if everything is ready in every scenario, 1 if not, 2 if the rehearsal cannot run.
    """
    from gpuplane.rehearsal.engine import rehearse_with_engine
    from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
    from gpuplane.rehearsal.verdict.report import show

    if engine and scenario not in (None, [], [Scenario.STEADY]):
        raise typer.BadParameter("--engine runs the steady scenario only", param_hint="--scenario")
    project = Project.at(cwd)
    rehearsal = (
        rehearse_with_engine(project, stack, progress, keep=keep)
        if engine
        else rehearse_stack(project, stack, progress, keep=keep, scenarios=scenario or list(Scenario))
    )
    if as_json:
        typer.echo(json.dumps(rehearsal.verdict.as_json(), indent=2))
    else:
        show(rehearsal.verdict, _console())
    if rehearsal.kept:
        typer.echo(rehearsal.kept, err=True)
    raise typer.Exit(0 if rehearsal.verdict.is_ready else 1)


def _console() -> Console:
    """Return a console as wide as the terminal, or wide enough for node names if stdout is a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else FILE_WIDTH)

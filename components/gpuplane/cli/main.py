"""The `gpuplane` command."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.cli import importing
from gpuplane.cli.config import config
from gpuplane.cli.diff import diff
from gpuplane.cli.doctor import doctor
from gpuplane.cli.init import init
from gpuplane.cli.options import Folder, Stack
from gpuplane.cli.policy import policy
from gpuplane.cli.schema import schema
from gpuplane.diffing.errors import PreviewError, RevisionError
from gpuplane.importing.errors import ImportingError
from gpuplane.program.errors import RunError
from gpuplane.program.project import Project, ProjectError
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rendering.render import RenderError

WRONG_USE = 2
FILE_WIDTH = 120

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


for command in (
    config,
    diff,
    doctor,
    init,
    policy,
    schema,
):
    app.command()(command)
app.add_typer(importing.app, name="import")


@app.callback()
def gpuplane() -> None:
    """GPU model serving on Kubernetes: see it, and rehearse it, before it goes to the cloud."""


@app.command()
def render(
    stack: Stack,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to; its old files go.")],
    cwd: Folder = Path(),
) -> None:
    """Write every object the stack makes, one file each, with secrets masked; what the policy finds goes to stderr."""
    from gpuplane.rendering.render import render_stack

    written = render_stack(Project.at(cwd), stack, output)
    for finding in written.policy.findings:
        typer.echo(f"policy {finding.severity.value}: {finding}", err=True)
    typer.echo(f"{len(written.files)} files in {output}")


@app.command()
def rehearse(
    stack: Stack,
    cwd: Folder = Path(),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the control plane running afterwards.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    scenario: Annotated[
        list[Scenario] | None,
        typer.Option("--scenario", help="What to try, again for more; steady alone is quick.", show_default="all"),
    ] = None,
    engine: Annotated[bool, typer.Option("--engine", help="Run by the real Pulumi engine: needs its CLI.")] = False,
) -> None:
    """Run the stack against a real control plane with simulated GPU nodes, and say what would not work.

    With --engine, steady is what is held.

    Exit status: 0 when everything is ready and stays so, 1 when not, 2 when the rehearsal could not be held.
    """
    from gpuplane.rehearsal.engine import rehearse_with_engine
    from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
    from gpuplane.rehearsal.verdict.report import show

    if engine and scenario not in (None, [], [Scenario.STEADY]):
        raise typer.BadParameter("--engine holds steady only", param_hint="--scenario")
    held = (
        rehearse_with_engine(Project.at(cwd), stack, _progress, keep=keep)
        if engine
        else rehearse_stack(Project.at(cwd), stack, _progress, keep=keep, scenarios=scenario or list(Scenario))
    )
    if as_json:
        typer.echo(json.dumps(held.verdict.as_json(), indent=2))
    else:
        show(held.verdict, _console())
    if held.kept:
        typer.echo(held.kept, err=True)
    raise typer.Exit(0 if held.verdict.is_ready else 1)


def _console() -> Console:
    """As wide as the terminal; where the output goes to a file, wide enough for node names."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else FILE_WIDTH)


def _progress(line: str) -> None:
    typer.echo(line, err=True)


def main() -> None:
    """Runs the command; what cannot be done is one line each and exit status 2."""
    try:
        app()
    except (
        ImportingError,
        ProjectError,
        RunError,
        RenderError,
        RevisionError,
        PreviewError,
        InvalidArgumentsError,
    ) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(WRONG_USE)

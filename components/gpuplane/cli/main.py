"""The `gpuplane` command and its subcommands."""

import sys

import typer

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.cli import importing
from gpuplane.cli.config import config
from gpuplane.cli.diff import diff
from gpuplane.cli.doctor import doctor
from gpuplane.cli.init import init
from gpuplane.cli.policy import policy
from gpuplane.cli.rehearse import rehearse
from gpuplane.cli.render import render
from gpuplane.cli.schema import schema
from gpuplane.diffing.errors import PreviewError, RevisionError
from gpuplane.importing.errors import ImportingError
from gpuplane.program.errors import RunError
from gpuplane.program.project import ProjectError
from gpuplane.rendering.render import RenderError

FAILED = 2

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
for command in (config, diff, doctor, init, policy, rehearse, render, schema):
    app.command()(command)
app.add_typer(importing.app, name="import")


@app.callback()
def gpuplane() -> None:
    """GPU model serving on Kubernetes: render, review and rehearse a Pulumi stack before you deploy it."""


def main() -> None:
    """Run the command; print an expected error as one line and exit with status 2."""
    try:
        app()
    except (
        ImportingError,
        InvalidArgumentsError,
        PreviewError,
        ProjectError,
        RunError,
        RenderError,
        RevisionError,
    ) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(FAILED)

"""`gpuplane render`: the resources of a stack as files."""

from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder, Stack
from gpuplane.program.project import Project


def render(
    stack: Stack,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder to write to; files of an earlier render are removed.")
    ],
    cwd: Folder = Path(),
) -> None:
    """Write each resource of a stack to a file, secrets masked, and print policy findings to stderr."""
    from gpuplane.rendering.render import render_stack

    written = render_stack(Project.at(cwd), stack, output)
    for finding in written.policy.findings:
        typer.echo(f"policy {finding.severity.value}: {finding}", err=True)
    typer.echo(f"{len(written.files)} files in {output}")

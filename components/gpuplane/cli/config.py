"""`gpuplane config`: the merged config of a stack."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from gpuplane.cli.options import Folder, Stack
from gpuplane.cli.table import table


def config(
    stack: Stack,
    cwd: Folder = Path(),
    is_explained: Annotated[
        bool, typer.Option("--explain", help="Show the file and line of each value, defaults included.")
    ] = False,
) -> None:
    """Print the validated config of a stack, base and overlay merged. Secrets appear by name only."""
    from gpuplane.program.project import Project
    from gpuplane.stackconfig import load
    from gpuplane.stackconfig.explain import explain

    layers = Project.at(cwd).layers(stack)
    checked = load(layers.base, layers.overlay, stack, layers.files)
    if not is_explained:
        typer.echo(yaml.safe_dump(layers.merged, sort_keys=False, width=120), nl=False)
        return
    origins = explain(layers.base, layers.overlay, layers.files, checked)
    rows = [[origin.path, _flow(origin.value), origin.source] for origin in origins]
    typer.echo(table([["PATH", "VALUE", "FROM"], *rows]))


def _flow(value: Any) -> str:
    """Write the value as YAML on one line."""
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("\n").removesuffix("\n...")

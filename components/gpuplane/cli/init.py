"""`gpuplane init`: the stack file of a new environment."""

from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder

SCHEMA = "schemas/stack.schema.json"


def init(
    stack: Annotated[str, typer.Argument(help="Name of the new stack, such as qa.")],
    source: Annotated[str, typer.Option("--from", help="Stack to copy the cluster, pools and tenants from.")],
    cwd: Folder = Path(),
) -> None:
    """Write the file of a new stack, with cluster, pools and tenants copied from another and models as in the base."""
    from gpuplane.arguments.merging import merge_config
    from gpuplane.program.project import Project, ProjectError
    from gpuplane.stackconfig.files.secrets import named_secrets
    from gpuplane.stackconfig.files.write import stack_text
    from gpuplane.stackconfig.model import StackConfig
    from gpuplane.stackconfig.new import new_overlay, plain_config

    project = Project.at(cwd)
    path = cwd / f"Pulumi.{stack}.yaml"
    if path.exists():
        raise ProjectError(f"{path}: file exists, fix: edit it, or choose another name")
    layers = project.layers(source)
    beside = plain_config(layers.files.overlay, source, stack)
    overlay = new_overlay(layers.base, layers.overlay, source, stack)
    head = f"# yaml-language-server: $schema={SCHEMA}\n" if (cwd / SCHEMA).exists() else ""
    text = head + stack_text(project.name, overlay, beside)
    path.write_text(text, encoding="utf-8")
    lines = len(text.splitlines())
    typer.echo(f"{path}: {lines} lines, cluster and namespaces copied from {source} and renamed to {stack}")
    for key in named_secrets(merge_config(StackConfig, layers.base, overlay)):
        typer.echo(f"next: pulumi config set --secret {key} -s {stack}")
    typer.echo(f"next: gpuplane rehearse -s {stack}")

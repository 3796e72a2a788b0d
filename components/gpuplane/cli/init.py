"""`gpuplane init`: a new environment."""

from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder

SCHEMA = "schemas/stack.schema.json"


def init(
    stack: Annotated[str, typer.Argument(help="Name of the new stack, such as qa.")],
    source: Annotated[str, typer.Option("--from", help="The stack whose cluster, pools and tenants it starts with.")],
    cwd: Folder = Path(),
) -> None:
    """Write a new stack's file: a cluster, pools and namespaces like another's, the sizes of the base."""
    from gpuplane.arguments.merging import merge_config
    from gpuplane.program.project import Project, ProjectError
    from gpuplane.stackconfig.files.secrets import named_secrets
    from gpuplane.stackconfig.files.write import stack_text
    from gpuplane.stackconfig.model import StackConfig
    from gpuplane.stackconfig.new import new_overlay, plain_config

    project = Project.at(cwd)
    path = cwd / f"Pulumi.{stack}.yaml"
    if path.exists():
        raise ProjectError(f"{path}: is there already, fix: edit it, or choose another name")
    layers = project.layers(source)
    beside = plain_config(layers.files.overlay, source, stack)
    overlay = new_overlay(layers.base, layers.overlay, source, stack)
    head = f"# yaml-language-server: $schema={SCHEMA}\n" if (cwd / SCHEMA).exists() else ""
    text = head + stack_text(project.name, overlay, beside)
    path.write_text(text, encoding="utf-8")
    lines = len(text.splitlines())
    typer.echo(f"{path}: {lines} lines; cluster and namespaces as {source}'s, named {stack}")
    for key in named_secrets(merge_config(StackConfig, layers.base, overlay)):
        typer.echo(f"next: pulumi config set --secret {key} -s {stack}")
    typer.echo(f"next: gpuplane rehearse -s {stack}")

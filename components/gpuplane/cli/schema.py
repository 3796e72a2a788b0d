"""`gpuplane schema`: JSON Schemas of the stack files, for editors."""

from pathlib import Path
from typing import Annotated

import typer


def schema(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = Path("schemas"),
) -> None:
    """Write the JSON Schemas of Pulumi.yaml and the stack files, with which editors complete and check them.

    Put `# yaml-language-server: $schema=schemas/stack.schema.json` at the top of a stack file, and the same line with
    `project.schema.json` at the top of Pulumi.yaml.
    """
    from gpuplane.stackconfig.schema import SCHEMAS, text

    output.mkdir(parents=True, exist_ok=True)
    for name, made in SCHEMAS.items():
        (output / name).write_text(text(made()), encoding="utf-8")
        typer.echo(str(output / name))

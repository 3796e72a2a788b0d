"""`gpuplane schema`: what an editor needs to complete and check stack files."""

from pathlib import Path
from typing import Annotated

import typer


def schema(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = Path("schemas"),
) -> None:
    """Write the JSON Schemas of Pulumi.yaml and of the stack files; a line at a file's head lets editors use them.

    The line is `# yaml-language-server: $schema=schemas/stack.schema.json`, with `project.schema.json` in Pulumi.yaml.
    """
    from gpuplane.stackconfig.schema import SCHEMAS, text

    output.mkdir(parents=True, exist_ok=True)
    for name, made in SCHEMAS.items():
        (output / name).write_text(text(made()), encoding="utf-8")
        typer.echo(str(output / name))

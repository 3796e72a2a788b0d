"""Options shared by several commands, and their output."""

from pathlib import Path
from typing import Annotated

import typer

Stack = Annotated[str, typer.Option("--stack", "-s", help="Name of the stack, such as prod.")]
Folder = Annotated[Path, typer.Option("--cwd", "-C", help="Folder of the Pulumi project.", show_default=False)]


def progress(line: str) -> None:
    """Print a line of progress to stderr."""
    typer.echo(line, err=True)

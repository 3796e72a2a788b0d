"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Stack = Annotated[str, typer.Option("--stack", "-s", help="Name of the stack, such as prod.")]
Folder = Annotated[Path, typer.Option("--cwd", "-C", help="Folder of the Pulumi project.", show_default=False)]

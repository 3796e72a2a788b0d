"""`gpuplane import`: stack files from Kustomize overlays or Helm values."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gpuplane.importing.imported import Imported

app = typer.Typer(no_args_is_help=True, help="Convert Kustomize overlays or Helm values to stack files.")

Output = Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to. Default: print the files.")]


@app.command()
def kustomize(
    path: Annotated[Path, typer.Argument(help="Folder with a kustomization, or the parent of several.")],
    output: Output = None,
) -> None:
    """Import Kustomize overlays, one stack per overlay; print a note for each field that has no equivalent."""
    from gpuplane.importing.kustomize import import_kustomize

    _show(import_kustomize(path), output)


@app.command("helm-values")
def helm_values(
    path: Annotated[Path, typer.Argument(help="values.yaml of a chart, or its folder; values-ENV.yaml is an overlay.")],
    output: Output = None,
) -> None:
    """Import the values of a model server's Helm chart; print a note for each value that has no equivalent."""
    from gpuplane.importing.helm_values import import_helm_values

    _show(import_helm_values(path), output)


def _show(imported: "Imported", output: Path | None) -> None:
    if output:
        for path in imported.write(output):
            typer.echo(str(path))
    else:
        typer.echo("---\n".join(f"# {name}\n{text}" for name, text in imported.files.items()), nl=False)
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)

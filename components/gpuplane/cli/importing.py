"""`gpuplane import`: from what is there to a base and overlays."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gpuplane.importing.imported import Imported

app = typer.Typer(no_args_is_help=True, help="Turn Kustomize overlays or chart values into a base and overlays.")

Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Folder to write to. By default the files are printed.")
]


@app.command()
def kustomize(
    path: Annotated[Path, typer.Argument(help="A folder with a kustomization, or one above several.")],
    output: Output = None,
) -> None:
    """Import Kustomize overlays, one stack each; what could not be carried is told, a line each."""
    from gpuplane.importing.kustomize import import_kustomize

    _show(import_kustomize(path), output)


@app.command("helm-values")
def helm_values(
    path: Annotated[Path, typer.Argument(help="A chart's values.yaml or its folder; values-ENV.yaml are overlays.")],
    output: Output = None,
) -> None:
    """Import the values of a model server's Helm chart; what could not be carried is told, a line each."""
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

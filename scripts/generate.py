"""Writes the modules that are generated from the argument models: `make generate`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from args_dicts import rendered
from argument_models import COMPONENT_ARGS, NESTED_ARGS
from public_names import stub

ROOT = Path(__file__).resolve().parent.parent
COMPONENTS = ROOT / "components"


def generated() -> dict[Path, str]:
    """Return the text of each generated file, by its path."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        copies = {
            Path(folder) / f"{index}{path.suffix}": (path, text)
            for index, (path, text) in enumerate({**rendered(COMPONENTS), **stub(COMPONENTS)}.items())
        }
        for copy, (_, text) in copies.items():
            copy.write_text(text, encoding="utf-8")
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", folder], check=True)
        return {path: copy.read_text(encoding="utf-8") for copy, (path, _) in copies.items()}


def there() -> set[Path]:
    """Return the generated files that are in the source tree."""
    dictionaries = {path for name in (COMPONENT_ARGS, NESTED_ARGS) for path in COMPONENTS.rglob(f"{name}.py")}
    return dictionaries | {COMPONENTS / "gpuplane" / "__init__.pyi"}


def main() -> None:
    """Write every generated file, and remove those whose models are gone."""
    files = generated()
    for stale in there() - set(files):
        stale.unlink(missing_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

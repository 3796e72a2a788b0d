"""Rendered objects beside the ones that were agreed on."""

import os
from collections.abc import Iterable
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(rendered: Path, name: str, patterns: Iterable[str]) -> None:
    """Fails where the files of these patterns differ from those in `tests/golden/<name>`.

    `GPUPLANE_REGENERATE=1` writes them anew, never on CI.
    """
    files = sorted(path for pattern in patterns for path in rendered.rglob(pattern))
    found = {str(path.relative_to(rendered)): path.read_text() for path in files}
    folder = GOLDEN / name
    if os.environ.get("GPUPLANE_REGENERATE") and not os.environ.get("CI"):
        for file in folder.rglob("*.yaml"):
            file.unlink()
        for file, text in found.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
    agreed = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.yaml")}
    assert found == agreed, "GPUPLANE_REGENERATE=1 accepts what is new"

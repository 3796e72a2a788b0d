import json
import subprocess
import sys
from pathlib import Path

import pytest

import gpuplane
from projects import ROOT

pytestmark = pytest.mark.processes
CALLS = Path(__file__).with_name("typed_calls.py")


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


def test_generated_files_are_what_the_models_say() -> None:
    import generate

    files = generate.generated()
    stale = [
        str(path.relative_to(ROOT)) for path, text in files.items() if not path.exists() or path.read_text() != text
    ]
    assert stale == [], "run make generate"
    assert generate.there() == set(files)


def test_every_component_is_exported_with_its_arguments() -> None:
    import argument_models

    described = argument_models.components()
    names = {
        name for one in described for name in (one.component.__name__, one.args.__name__, f"{one.args.__name__}Dict")
    }
    assert len(described) > 25
    assert names <= set(gpuplane.__all__)


def test_a_type_checker_refuses_wrong_arguments_and_takes_right_ones() -> None:
    command = [sys.executable, "-m", "pyright", "--outputjson", str(CALLS)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    refused = {one["range"]["start"]["line"] + 1 for one in json.loads(found.stdout)["generalDiagnostics"]}
    lines = CALLS.read_text(encoding="utf-8").splitlines()
    assert refused == {number for number, line in enumerate(lines, 1) if line.endswith("# error")}

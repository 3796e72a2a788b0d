"""Every example in a docstring runs; those of components inside a program with simulated clouds."""

import doctest
import importlib
from pathlib import Path
from types import ModuleType

import pytest

from gpuplane.component.base import Component
from gpuplane.program.dry_run import DryResponder
from gpuplane.recording import run
from projects import ROOT

COMPONENTS = ROOT / "components"
MODULES = sorted(path for path in COMPONENTS.rglob("*.py") if ">>>" in path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(COMPONENTS).with_suffix("").parts).removesuffix(".__init__")


def components_in(module: ModuleType) -> list[type[Component]]:
    """Return the components that the module defines."""
    classes = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    return [one for one in classes if issubclass(one, Component) and one is not Component]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_its_examples_are_true(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(name_of(path))
    found: list[doctest.TestResults] = []

    def program() -> None:
        found.append(doctest.testmod(module))

    if components_in(module):
        recording = run(program, DryResponder())
        assert [f"{one.type} {one.name}: {one.error}" for one in recording.failures] == []
        assert recording.resources
    else:
        program()
    (result,) = found
    assert result.attempted
    assert result.failed == 0, capsys.readouterr().out

"""GPU model serving on GKE and EKS as Pulumi components.

Every public name is imported on first use, so that a program for one cloud never loads the other's SDK. The stub file
beside this one says which names there are, and the module of each: type checkers and this module both read it.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

_STUB = Path(__file__).with_suffix(".pyi")
_MODULES = {
    alias.name: statement.module
    for statement in ast.parse(_STUB.read_text(encoding="utf-8")).body
    if isinstance(statement, ast.ImportFrom) and statement.module
    for alias in statement.names
}

__all__ = sorted(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)

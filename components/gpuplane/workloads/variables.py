"""Rules of a container's environment variables."""

import re
from collections.abc import Iterable, Iterator

from gpuplane.arguments.errors import Problem


def name_problems(path: str, variables: Iterable[str]) -> Iterator[Problem]:
    """Require names that a shell can read.

    Args:
        path: The argument that holds the variables.
        variables: Their names.
    """
    for name in variables:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            yield Problem(f"{path}.{name}", "must be a variable name, allowed: letters, digits and _")


def clash_problems(env: Iterable[str], secrets: Iterable[str]) -> Iterator[Problem]:
    """Require each name in `env` or in `secrets`, not in both."""
    for name in sorted(set(env) & set(secrets)):
        yield Problem(f"secrets.{name}", "must be in env or in secrets, got both")

"""Property paths of problems."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem


def within(prefix: str, problems: Iterable[Problem]) -> list[Problem]:
    """Prefix the property paths of nested problems.

    Example:
        >>> within("scaling", [Problem("max_nodes", "required, got nothing")])[0].path
        'scaling.max_nodes'
        >>> within("zones", [Problem("[1]", "duplicate")])[0].path
        'zones[1]'
    """
    return [
        Problem(f"{prefix}.{p.path}" if p.path and not p.path.startswith("[") else prefix + p.path, p.message)
        for p in problems
    ]

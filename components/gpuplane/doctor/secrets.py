"""Secrets that a stack's config names and its file lacks."""

from collections.abc import Collection, Iterator, Mapping

from gpuplane.doctor.check import Check, missing, ok


def secrets(stack: str, project: str, named: Mapping[str, str], encrypted: Collection[str]) -> Iterator[Check]:
    """Check that each secret is set.

    Args:
        stack: Name of the stack.
        project: Name of the project.
        named: The config keys, each with the path that names it.
        encrypted: The encrypted config keys of the stack, with their namespace.
    """
    for key, path in named.items():
        is_there = (key if ":" in key else f"{project}:{key}") in encrypted
        fix = f"pulumi config set --secret {key} -s {stack}"
        yield ok(f"secret {key}", f"for {path}") if is_there else missing(f"secret {key}", f"named by {path}", fix)

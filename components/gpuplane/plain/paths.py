"""Property paths, such as `spec.containers[0].image`."""


def is_within(path: str, outer: str) -> bool:
    """Return whether a path is the outer path or below it.

    Example:
        >>> is_within("spec.containers[0].image", "spec.containers"), is_within("spec.containers", "spec.container")
        (True, False)
    """
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def overlaps(path: str, other: str) -> bool:
    """Return whether one of two paths is within the other."""
    return is_within(path, other) or is_within(other, path)

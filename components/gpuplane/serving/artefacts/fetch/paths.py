"""Paths of fetched files, below the model's folder."""

from .remote_file import FetchError


def below(name: str, path: str) -> str:
    """Return the path of an object below the requested folder, or the object's own name."""
    return safe(name[len(path) :] if path.endswith("/") else name.rpartition("/")[2])


def safe(path: str) -> str:
    """Return the path unchanged if it stays below the folder.

    Raises:
        FetchError: It does not.
    """
    if ".." in path.split("/") or path.startswith("/"):
        raise FetchError(f"{path}: must stay below the folder")
    return path

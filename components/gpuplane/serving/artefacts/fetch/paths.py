"""Where a file goes below the model's folder."""

from .remote_file import FetchError


def below(name: str, path: str) -> str:
    """Where an object goes: below the folder that was asked for, or by its own name."""
    return safe(name[len(path) :] if path.endswith("/") else name.rpartition("/")[2])


def safe(path: str) -> str:
    """The path, when it stays below the folder.

    Raises:
        FetchError: It does not.
    """
    if ".." in path.split("/") or path.startswith("/"):
        raise FetchError(f"{path}: must stay below the folder")
    return path

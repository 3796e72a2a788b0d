"""One file: brought from where the last attempt was cut off, and verified."""

import hashlib
import shutil
import time
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .web import Headers, opened

CHUNK_BYTES = 8 * 1024 * 1024
ATTEMPTS = 6


class FetchError(Exception):
    """What went wrong, in one line."""


@dataclass(frozen=True)
class RemoteFile:
    """One file to bring.

    Attributes:
        url: Where it is.
        path: Where it goes below the folder.
        headers: Makes the headers of a request, signed where the place asks for that.
        size: Its bytes, None where nobody said.
        digest: Its checksum in hex, empty where nobody said.
        algorithm: Which one, `sha256` or `md5`.
    """

    url: str
    path: str
    headers: Callable[[str], Headers]
    size: int | None = None
    digest: str = ""
    algorithm: str = "sha256"


def bring(file: RemoteFile, path: Path) -> None:
    """One file, from where the last attempt was cut off.

    Raises:
        FetchError: It did not come, or came wrong.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _rest_of(file, path)
            _verify(file, path)
        except FetchError:
            path.unlink(missing_ok=True)
            if attempt == ATTEMPTS:
                raise
        except OSError as error:
            if attempt == ATTEMPTS or _is_final(error):
                raise FetchError(f"{file.url}: {error}") from None
        else:
            return
        print(f"{file.path}: attempt {attempt} failed, trying again", flush=True)
        time.sleep(min(30.0, _backoff_seconds * 2**attempt))


_backoff_seconds = 0.5


def _is_final(error: OSError) -> bool:
    """Whether trying again is no use: the server has understood, and will not."""
    return isinstance(error, urllib.error.HTTPError) and 400 <= error.code < 500 and error.code not in (408, 416, 429)


def _rest_of(file: RemoteFile, path: Path) -> None:
    there = path.stat().st_size if path.exists() else 0
    if file.size is not None and there == file.size and path.exists():
        return
    if file.size is not None and there > file.size:
        there = 0
    headers = {"Range": f"bytes={there}-"} if there else {}
    try:
        response = opened(file.url, {**file.headers(file.url), **headers})
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing after what is there: whether it is right, its checksum says
            return
        raise
    with response, path.open("ab" if response.status == 206 else "wb") as out:
        shutil.copyfileobj(response, out, CHUNK_BYTES)


def _verify(file: RemoteFile, path: Path) -> None:
    size = path.stat().st_size
    if file.size is not None and size < file.size:
        raise ConnectionError(f"cut off at {size} of {file.size} bytes")
    if file.size is not None and size != file.size:
        raise FetchError(f"{file.url}: must have {file.size} bytes, got {size}")
    if file.digest:
        got = digest_of(path, file.algorithm)
        if got != file.digest:
            raise FetchError(f"{file.url}: {file.algorithm} must be {file.digest}, got {got}")


def digest_of(path: Path, algorithm: str) -> str:
    """A file's checksum in hex."""
    with path.open("rb") as content:
        digest = hashlib.new(algorithm, usedforsecurity=False)
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()

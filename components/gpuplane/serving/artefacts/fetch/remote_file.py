"""Download of one file: resumed where it was interrupted, and verified."""

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
    """A failed download, described in one line."""


@dataclass(frozen=True)
class RemoteFile:
    """One file to download.

    Attributes:
        url: Its address.
        path: Its path below the model's folder.
        headers: Returns the headers of a request, signed if the server requires it.
        size: Its size in bytes, None if unknown.
        digest: Its checksum in hex, empty if unknown.
        algorithm: Algorithm of the checksum, `sha256` or `md5`.
    """

    url: str
    path: str
    headers: Callable[[str], Headers]
    size: int | None = None
    digest: str = ""
    algorithm: str = "sha256"


def bring(file: RemoteFile, path: Path) -> None:
    """Download one file, resuming an interrupted attempt.

    Raises:
        FetchError: The download failed, or the file is wrong.
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
    """Tell whether a retry is pointless, as after most client errors of HTTP."""
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
        if error.code == 416:  # the file is complete; its checksum is verified next
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
    """Compute a file's checksum in hex."""
    with path.open("rb") as content:
        digest = hashlib.new(algorithm, usedforsecurity=False)
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()

"""A model's folder: it gets its final name once all its files are complete and verified.

The checksum of a single file is its own; that of a folder is the checksum of the lines `<sha256>  <path>` of its
files, sorted by path.
"""

import hashlib
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .addresses import listed
from .remote_file import FetchError, RemoteFile, bring, digest_of

PARALLEL = 4


def wait(target: Path, poll_seconds: float = 5) -> None:
    """Block until the folder exists."""
    while not target.is_dir():
        print(f"waiting for {target}", flush=True)
        time.sleep(poll_seconds)


def fetch(uri: str, target: Path, sha256: str = "") -> None:
    """Create the folder with the files of the address, unless it exists.

    Raises:
        FetchError: It failed; what was downloaded stays for the next attempt.
    """
    if target.is_dir():
        print(f"{target} exists", flush=True)
        return
    files = sorted(listed(uri), key=lambda file: file.path)
    if not files:
        raise FetchError(f"{uri}: no files found")
    partial = target.with_name(f"{target.name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    _check_space(files, partial)
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(bring, files, [partial / file.path for file in files]))
    if sha256:
        got = folder_digest(partial, [file.path for file in files])
        if got != sha256.lower():
            shutil.rmtree(partial)
            raise FetchError(f"{uri}: sha256 must be {sha256.lower()}, got {got}")
    partial.rename(target)
    print(f"{target} is complete: {len(files)} files", flush=True)


def folder_digest(folder: Path, paths: list[str]) -> str:
    """Compute the checksum of one file, or of the list of several files' checksums."""
    digests = {path: digest_of(folder / path, "sha256") for path in paths}
    if len(digests) == 1:
        return next(iter(digests.values()))
    lines = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def _check_space(files: list[RemoteFile], folder: Path) -> None:
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    wanted, free = sum(file.size or 0 for file in files) - there, shutil.disk_usage(folder).free
    if wanted > free:
        raise FetchError(f"{folder}: not enough space, {wanted} bytes needed, {free} free")

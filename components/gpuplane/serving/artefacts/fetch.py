"""Brings a model's files into a folder: whole or not at all, resumed where it was cut off, verified by checksums.

This file runs by itself in an init container or a Job, with nothing but Python: it imports only the standard library.

    python fetch.py gs://bucket/path/ /store/model [--sha256 HEX]
    python fetch.py --wait /store/model

The folder gets its name only when everything in it is there and right, so whoever finds it may use it. The checksum is
that of the one file; of a folder it is that of the lines `<sha256>  <path>` of its files, sorted by path.
"""

import argparse
import base64
import datetime
import hashlib
import hmac
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHUNK_BYTES = 8 * 1024 * 1024
TIMEOUT_SECONDS = 60
ATTEMPTS = 6
PARALLEL = 4

Headers = dict[str, str]


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


def main(arguments: list[str] | None = None) -> int:
    """Fetches, or waits until somebody else has; 0 when the folder is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("uri", nargs="?")
    parser.add_argument("target", type=Path)
    parser.add_argument("--sha256", default="")
    parser.add_argument("--wait", action="store_true")
    told = parser.parse_args(arguments)
    try:
        if told.wait:
            wait(told.target)
        else:
            fetch(told.uri, told.target, told.sha256)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def wait(target: Path, poll_seconds: float = 5) -> None:
    """Returns when the folder is there."""
    while not target.is_dir():
        print(f"waiting for {target}", flush=True)
        time.sleep(poll_seconds)


def fetch(uri: str, target: Path, sha256: str = "") -> None:
    """Makes the folder with the files of the address; does nothing where it is there.

    Raises:
        FetchError: It could not be made; what was brought so far stays for the next attempt.
    """
    if target.is_dir():
        print(f"{target} is there", flush=True)
        return
    files = sorted(listed(uri), key=lambda file: file.path)
    if not files:
        raise FetchError(f"{uri}: no files there")
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
    """The checksum of one file, or of the list of several files' checksums."""
    digests = {path: _digest(folder / path, "sha256") for path in paths}
    if len(digests) == 1:
        return next(iter(digests.values()))
    lines = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


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
        response = _open(file.url, {**file.headers(file.url), **headers})
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
        got = _digest(path, file.algorithm)
        if got != file.digest:
            raise FetchError(f"{file.url}: {file.algorithm} must be {file.digest}, got {got}")


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as content:
        digest = hashlib.new(algorithm, usedforsecurity=False)
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _check_space(files: list[RemoteFile], folder: Path) -> None:
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    wanted, free = sum(file.size or 0 for file in files) - there, shutil.disk_usage(folder).free
    if wanted > free:
        raise FetchError(f"{folder}: {wanted} bytes are to come, there is room for {free}")


def listed(uri: str) -> Iterator[RemoteFile]:
    """The files of an address.

    Raises:
        FetchError: The place does not answer, or there is no such address.
    """
    scheme, _, rest = uri.partition("://")
    if scheme == "https":
        yield RemoteFile(uri, rest.rpartition("/")[2], lambda _: {})
        return
    if scheme not in _LISTS:
        raise FetchError(f"{uri}: cannot be fetched, allowed: gs, s3, hf, https")
    try:
        yield from _LISTS[scheme](rest)
    except OSError as error:
        raise FetchError(f"{uri}: {error}") from None


def _of_gcs(rest: str) -> Iterator[RemoteFile]:
    """Source: https://cloud.google.com/storage/docs/json_api/v1/objects."""
    bucket, _, path = rest.partition("/")
    api = os.environ.get("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com")
    base = f"{api}/storage/v1/b/{bucket}/o"

    def headers(_: str) -> Headers:
        token = _google_token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def remote(item: dict[str, Any]) -> RemoteFile:
        digest = base64.b64decode(item.get("md5Hash", "")).hex()
        url = f"{base}/{urllib.parse.quote(item['name'], safe='')}?alt=media"
        return RemoteFile(url, _below(item["name"], path), headers, int(item["size"]), digest, "md5")

    if not path.endswith("/"):
        url = f"{base}/{urllib.parse.quote(path, safe='')}"
        yield remote(_json(url, headers(url)))
        return
    page = ""
    while True:
        query = {
            "prefix": path,
            "fields": "items(name,size,md5Hash),nextPageToken",
            **({"pageToken": page} if page else {}),
        }
        found = _json(f"{base}?{urllib.parse.urlencode(query)}", headers(""))
        yield from (remote(item) for item in found.get("items", []) if not item["name"].endswith("/"))
        page = found.get("nextPageToken", "")
        if not page:
            return


def _google_token() -> str:
    """The workload identity's token; none where there is no metadata server, as for public buckets elsewhere."""
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    url = f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
    try:
        return str(_json(url, {"Metadata-Flavor": "Google"})["access_token"])
    except OSError:
        return ""


def _of_s3(rest: str) -> Iterator[RemoteFile]:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html."""
    bucket, _, path = rest.partition("/")
    s3 = _S3(bucket)
    token = ""
    while True:
        query = {"list-type": "2", "prefix": path, **({"continuation-token": token} if token else {})}
        root = ElementTree.fromstring(s3.read(query))
        space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
        for item in root.iter(f"{space}Contents"):
            key = item.findtext(f"{space}Key", "")
            if key.endswith("/") or (not path.endswith("/") and key != path):
                continue
            # Its ETag is a checksum only of what came in one part and without a key of KMS, which nobody says here.
            size = int(item.findtext(f"{space}Size", "0"))
            yield RemoteFile(s3.url(key), _below(key, path), s3.headers, size)
        token = root.findtext(f"{space}NextContinuationToken", "")
        if not token:
            return


class _S3:
    """A bucket, by signed requests where there are credentials.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self._key, self._secret, self._session = _aws_credentials()

    def url(self, key: str) -> str:
        base = os.environ.get("AWS_ENDPOINT_URL_S3", f"https://s3.{self._region}.amazonaws.com")
        return f"{base}/{self._bucket}/{urllib.parse.quote(key, safe='/-_.~')}"

    def read(self, query: dict[str, str]) -> bytes:
        try:
            return self._read(query)
        except urllib.error.HTTPError as error:
            region = error.headers.get("x-amz-bucket-region", self._region)
            if region == self._region:
                raise
            self._region = region
            return self._read(query)

    def _read(self, query: dict[str, str]) -> bytes:
        quoted = "&".join(f"{key}={urllib.parse.quote(value, safe='-_.~')}" for key, value in sorted(query.items()))
        url = f"{self.url('').rstrip('/')}?{quoted}"
        with _open(url, self.headers(url)) as response:
            return response.read()

    def headers(self, url: str) -> Headers:
        if not self._key:
            return {}
        parts = urllib.parse.urlsplit(url)
        moment = _now()
        payload = hashlib.sha256(b"").hexdigest()
        signed = {"host": parts.netloc, "x-amz-content-sha256": payload, "x-amz-date": moment}
        if self._session:
            signed["x-amz-security-token"] = self._session
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = "\n".join(["GET", parts.path or "/", parts.query, lines, names, payload])
        scope = f"{moment[:8]}/{self._region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{self._secret}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        credential = f"AWS4-HMAC-SHA256 Credential={self._key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**{name: value for name, value in signed.items() if name != "host"}, "Authorization": credential}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _aws_credentials() -> tuple[str, str, str]:
    """Those of the environment, else of EKS pod identity, else none, as for public buckets.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """
    own = os.environ.get("AWS_ACCESS_KEY_ID", "")
    if own:
        return own, os.environ.get("AWS_SECRET_ACCESS_KEY", ""), os.environ.get("AWS_SESSION_TOKEN", "")
    url = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    if not url:
        return "", "", ""
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
    found = _json(url, {"Authorization": Path(token).read_text().strip()} if token else {})
    return str(found["AccessKeyId"]), str(found["SecretAccessKey"]), str(found.get("Token", ""))


def _of_hugging_face(rest: str) -> Iterator[RemoteFile]:
    """Source: https://huggingface.co/docs/hub/api."""
    repository, _, revision = rest.partition("@")
    api = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    token = os.environ.get("HF_TOKEN", "")
    place = urllib.parse.quote(revision or "main", safe="")

    def headers(_: str) -> Headers:
        return {"Authorization": f"Bearer {token}"} if token else {}

    url: str | None = f"{api}/api/models/{repository}/tree/{place}?recursive=true"
    while url:
        with _open(url, headers(url)) as response:
            items, links = json.load(response), response.headers.get("Link", "")
        for item in items:
            if item["type"] == "file":
                path = urllib.parse.quote(item["path"])
                large: dict[str, Any] = item.get("lfs") or {}
                yield RemoteFile(
                    f"{api}/{repository}/resolve/{place}/{path}",
                    _safe(item["path"]),
                    headers,
                    int(item["size"]),
                    str(large.get("oid", "")).removeprefix("sha256:"),
                )
        url = links.partition(">")[0].lstrip("<") if 'rel="next"' in links else None


_LISTS: dict[str, Callable[[str], Iterator[RemoteFile]]] = {
    "gs": _of_gcs,
    "s3": _of_s3,
    "hf": _of_hugging_face,
}


def _below(name: str, path: str) -> str:
    """Where an object goes: below the folder that was asked for, or by its own name."""
    return _safe(name[len(path) :] if path.endswith("/") else name.rpartition("/")[2])


def _safe(path: str) -> str:
    if ".." in path.split("/") or path.startswith("/"):
        raise FetchError(f"{path}: must stay below the folder")
    return path


def _open(url: str, headers: Headers) -> Any:
    request = urllib.request.Request(url)
    for name, value in headers.items():
        # A token is for the place that it was asked of, and not for where a redirect leads.
        add = request.add_unredirected_header if name == "Authorization" else request.add_header
        add(name, value)
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)


def _json(url: str, headers: Headers) -> Any:
    with _open(url, headers) as response:
        return json.load(response)


if __name__ == "__main__":
    sys.exit(main())

"""Files in a bucket of Google Cloud Storage.

Source: https://cloud.google.com/storage/docs/json_api/v1/objects
"""

import base64
import os
import urllib.parse
from collections.abc import Iterator
from typing import Any

from .paths import below
from .remote_file import RemoteFile
from .web import Headers, read_json


def listed(rest: str) -> Iterator[RemoteFile]:
    """List the file `bucket/path`, or all files below a path that ends with a slash."""
    bucket, _, path = rest.partition("/")
    api = os.environ.get("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com")
    base = f"{api}/storage/v1/b/{bucket}/o"

    def headers(_: str) -> Headers:
        token = _google_token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def remote(item: dict[str, Any]) -> RemoteFile:
        digest = base64.b64decode(item.get("md5Hash", "")).hex()
        url = f"{base}/{urllib.parse.quote(item['name'], safe='')}?alt=media"
        return RemoteFile(url, below(item["name"], path), headers, int(item["size"]), digest, "md5")

    if not path.endswith("/"):
        url = f"{base}/{urllib.parse.quote(path, safe='')}"
        yield remote(read_json(url, headers(url)))
        return
    page = ""
    while True:
        query = {
            "prefix": path,
            "fields": "items(name,size,md5Hash),nextPageToken",
            **({"pageToken": page} if page else {}),
        }
        found = read_json(f"{base}?{urllib.parse.urlencode(query)}", headers(""))
        yield from (remote(item) for item in found.get("items", []) if not item["name"].endswith("/"))
        page = found.get("nextPageToken", "")
        if not page:
            return


def _google_token() -> str:
    """Return the workload identity's token, empty without a metadata server, as for public buckets elsewhere."""
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    url = f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
    try:
        return str(read_json(url, {"Metadata-Flavor": "Google"})["access_token"])
    except OSError:
        return ""

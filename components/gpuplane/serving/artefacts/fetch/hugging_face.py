"""Files of a Hugging Face repository.

Source: https://huggingface.co/docs/hub/api
"""

import json
import os
import urllib.parse
from collections.abc import Iterator
from typing import Any

from .paths import safe
from .remote_file import RemoteFile
from .web import Headers, opened


def listed(rest: str) -> Iterator[RemoteFile]:
    """List the files of `owner/name@revision`."""
    repository, _, revision = rest.partition("@")
    api = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    token = os.environ.get("HF_TOKEN", "")
    place = urllib.parse.quote(revision or "main", safe="")

    def headers(_: str) -> Headers:
        return {"Authorization": f"Bearer {token}"} if token else {}

    url: str | None = f"{api}/api/models/{repository}/tree/{place}?recursive=true"
    while url:
        with opened(url, headers(url)) as response:
            items, links = json.load(response), response.headers.get("Link", "")
        for item in items:
            if item["type"] == "file":
                path = urllib.parse.quote(item["path"])
                large: dict[str, Any] = item.get("lfs") or {}
                yield RemoteFile(
                    f"{api}/{repository}/resolve/{place}/{path}",
                    safe(item["path"]),
                    headers,
                    int(item["size"]),
                    str(large.get("oid", "")).removeprefix("sha256:"),
                )
        url = links.partition(">")[0].lstrip("<") if 'rel="next"' in links else None

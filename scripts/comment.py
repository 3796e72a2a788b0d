"""Keeps one comment on a pull request up to date: written, changed in place, or removed when there is nothing to say.

Runs with nothing but Python, so that the job that may write needs no other code.
"""

import json
import os
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MARKER = "<!-- gpuplane diff -->"
AUTHOR = "github-actions[bot]"
PAGE = 100


class Api:
    """GitHub's REST API, as far as comments go."""

    def __init__(self, url: str, repository: str, token: str) -> None:
        self._root = f"{url}/repos/{repository}"
        self._token = token

    def comments(self, number: int) -> list[dict[str, Any]]:
        """All comments of a pull request, over all pages."""
        found: list[dict[str, Any]] = []
        page = 1
        while batch := self._call("GET", f"/issues/{number}/comments?per_page={PAGE}&page={page}"):
            found += batch
            page += 1
        return found

    def write(self, number: int, body: str) -> None:
        """A new comment."""
        self._call("POST", f"/issues/{number}/comments", {"body": body})

    def change(self, comment: int, body: str) -> None:
        """Another text for a comment."""
        self._call("PATCH", f"/issues/comments/{comment}", {"body": body})

    def remove(self, comment: int) -> None:
        """One comment less."""
        self._call("DELETE", f"/issues/comments/{comment}")

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self._root + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def keep(api: Api, number: int, body: str) -> str:
    """Makes the pull request's comment say the body; an empty one takes it away.

    Args:
        api: Where the comments are.
        number: The pull request.
        body: The comment, which begins with the marker; empty for none.

    Returns:
        What was done: `written`, `changed`, `unchanged`, `removed` or `nothing to say`.
    """
    ours = [
        one
        for one in api.comments(number)
        if one["user"]["login"] == AUTHOR and str(one["body"]).lstrip().startswith(MARKER)
    ]
    kept = ours[:1] if body else []
    for one in ours:
        if one not in kept:
            api.remove(one["id"])
    if not body:
        return "removed" if ours else "nothing to say"
    if not kept:
        api.write(number, body)
        return "written"
    if kept[0]["body"].strip() == body:
        return "unchanged"
    api.change(kept[0]["id"], body)
    return "changed"


def main() -> None:
    """Reads the comment from the file that the first argument names."""
    body = Path(sys.argv[1]).read_text(encoding="utf-8").strip()
    environment = os.environ
    api = Api(environment["GITHUB_API_URL"], environment["GITHUB_REPOSITORY"], environment["GITHUB_TOKEN"])
    print(keep(api, int(environment["PULL_REQUEST"]), body))


if __name__ == "__main__":
    main()

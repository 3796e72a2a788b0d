"""Requests by the standard library."""

import json
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 60

Headers = dict[str, str]


def opened(url: str, headers: Headers) -> Any:
    """The answer, to be read and closed."""
    request = urllib.request.Request(url)
    for name, value in headers.items():
        # A token is for the place that it was asked of, and not for where a redirect leads.
        add = request.add_unredirected_header if name == "Authorization" else request.add_header
        add(name, value)
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)


def read_json(url: str, headers: Headers) -> Any:
    """The answer, parsed."""
    with opened(url, headers) as response:
        return json.load(response)

"""HTTP requests by the standard library."""

import json
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 60

Headers = dict[str, str]


def opened(url: str, headers: Headers) -> Any:
    """Send a request and return the open response."""
    request = urllib.request.Request(url)
    for name, value in headers.items():
        # A redirect's target must not get the token.
        add = request.add_unredirected_header if name == "Authorization" else request.add_header
        add(name, value)
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)


def read_json(url: str, headers: Headers) -> Any:
    """Send a request and parse the JSON response."""
    with opened(url, headers) as response:
        return json.load(response)

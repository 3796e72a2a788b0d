"""The command: fetches, or waits until somebody else has."""

import argparse
import sys
from pathlib import Path

from .folder import fetch, wait
from .remote_file import FetchError


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; 0 when the folder is there."""
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


if __name__ == "__main__":
    sys.exit(main())

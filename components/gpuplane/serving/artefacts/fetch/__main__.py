"""The command: fetches a model, or waits until another process has fetched it."""

import argparse
import sys
from pathlib import Path

from .folder import fetch, wait
from .remote_file import FetchError


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is 0 once the folder exists."""
    parser = argparse.ArgumentParser()
    parser.add_argument("uri", nargs="?")
    parser.add_argument("target", type=Path)
    parser.add_argument("--sha256", default="")
    parser.add_argument("--wait", action="store_true")
    options = parser.parse_args(arguments)
    try:
        if options.wait:
            wait(options.target)
        else:
            fetch(options.uri, options.target, options.sha256)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Where the `gpuplane` command starts: what is not installed is said in one line."""

import sys


def main() -> None:
    """Runs the command, with exit status 2 where an extra of the package is missing."""
    try:
        from gpuplane.cli.main import main as run
    except ModuleNotFoundError as error:
        missing = f"error: the command needs {error.name}, fix: pip install 'gpuplane[rehearsal]'"
        print(missing, file=sys.stderr)
        sys.exit(2)
    run()

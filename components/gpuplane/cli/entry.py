"""Entry point of the `gpuplane` command, which reports a missing extra in one line."""

import sys


def main() -> None:
    """Run the command; exit with status 2 if an extra of the package is not installed."""
    try:
        from gpuplane.cli.main import main as run
    except ModuleNotFoundError as error:
        print(f"error: {error.name} is not installed, fix: pip install 'gpuplane[rehearsal]'", file=sys.stderr)
        sys.exit(2)
    run()

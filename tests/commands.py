"""The `gpuplane` command in this process, as a shell would see it."""

import contextlib
import io
from dataclasses import dataclass
from unittest import mock

from gpuplane.cli.entry import main
from projects import ROOT


@dataclass(frozen=True)
class Done:
    """How it ended, and what it said."""

    status: int
    stdout: str
    stderr: str


def gpuplane(*arguments: str, **environment: str) -> Done:
    """Runs it in the repository's root; what it does not expect is this test's error."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        mock.patch("sys.argv", ["gpuplane", *arguments]),
        mock.patch.dict("os.environ", environment),
        contextlib.chdir(ROOT),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        try:
            main()
        except SystemExit as ended:
            return Done(int(ended.code or 0), stdout.getvalue(), stderr.getvalue())
    return Done(0, stdout.getvalue(), stderr.getvalue())

"""Processes that tests start."""

import signal


def listening() -> None:
    """Lets a child hear Ctrl-C: what a shell runs in the background is deaf to it, and so are its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)

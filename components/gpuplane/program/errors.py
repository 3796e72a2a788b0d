"""Errors that end the run of a program."""


class RunError(Exception):
    """A run that cannot go on; the message says why and what to do, in one line."""

"""Errors that end a run."""


class RehearsalError(Exception):
    """The run cannot go on: what, and what to do, in one line."""

"""Errors that end a diff."""


class RevisionError(Exception):
    """A revision that cannot be checked out, or whose program fails."""


class PreviewError(Exception):
    """A file that is not the output of `pulumi preview --json`."""

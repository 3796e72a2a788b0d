"""What keeps a diff from being made."""


class RevisionError(Exception):
    """A revision that cannot be had or run: what, and the fix, in one line."""


class PreviewError(Exception):
    """A file that is not what `pulumi preview --json` prints: what, and the fix, in one line."""

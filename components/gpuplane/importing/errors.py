"""What cannot be imported at all."""


class ImportingError(Exception):
    """A folder or file that cannot be read: what, and the fix, in one line."""

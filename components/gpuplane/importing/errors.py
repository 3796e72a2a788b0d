"""The error of an import."""


class ImportingError(Exception):
    """A folder or file that cannot be read. Its message is one line with the fix."""

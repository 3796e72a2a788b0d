"""What keeps a rehearsal, or a part of it, from being held."""


class RehearsalError(Exception):
    """The rehearsal cannot go on: what, and what to do, in one line."""


class NotRehearsedError(Exception):
    """A resource that the rehearsal has no stand-in for; the message says which there are."""

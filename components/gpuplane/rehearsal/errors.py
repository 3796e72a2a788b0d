"""Refusals of the rehearsal's own."""

from gpuplane.recording.errors import Refusal


class NotRehearsedError(Refusal):
    """A resource that the rehearsal cannot simulate; the message says which kinds it can."""

    source = "rehearsal"

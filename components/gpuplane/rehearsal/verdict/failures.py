"""What went wrong while a program ran: what ends a run, and what is a finding."""

import traceback
from pathlib import Path

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.recording import (
    DefaultProviderError,
    DuplicateUrnError,
    Failure,
    Recording,
    UnsupportedTransformError,
)
from gpuplane.rehearsal.control_plane.api import Refused
from gpuplane.rehearsal.errors import NotRehearsedError, RehearsalError
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.simulation.resource import CloudRefusal

_SOURCES: dict[type[BaseException], str] = {
    Refused: "API server",
    CloudRefusal: "cloud",
    NotRehearsedError: "rehearsal",
    DefaultProviderError: "engine",
    DuplicateUrnError: "engine",
    UnsupportedTransformError: "rehearsal",
}


def refusals(recording: Recording) -> list[Finding]:
    """What was refused before it came to be, by whom and why; and what was then not even tried."""
    refused = [
        Finding(_subject(failure), "refused", line.strip(), _SOURCES[type(failure.error)])
        for failure in recording.failures
        if type(failure.error) in _SOURCES
        for line in _reasons(failure.error)
    ]
    names = {resource.urn: f"{resource.type} {resource.name}" for resource in recording.resources}
    skipped = [
        Finding(names[urn], "not made", "something it depends on was refused", "engine") for urn in recording.skipped
    ]
    return [*refused, *skipped]


def raise_failures(recording: Recording, main: Path) -> None:
    """Ends a run that says nothing about the stack.

    Args:
        recording: The run.
        main: The program.

    Raises:
        InvalidArgumentsError: Arguments or config were wrong.
        RehearsalError: The program itself failed, or what it ran against did.
    """
    for failure in recording.failures:
        if isinstance(failure.error, InvalidArgumentsError | RehearsalError):
            raise failure.error
        if type(failure.error) not in _SOURCES and not _is_echo(failure, recording):
            raise RehearsalError(f"the program failed, {_words(failure.error)}{_place(failure.error, main)}")


def _is_echo(failure: Failure, recording: Recording) -> bool:
    """Whether the program failed only because a provider's function it called was refused."""
    return failure.type == "program" and any(
        type(other.error) in _SOURCES and str(other.error) in str(failure.error) for other in recording.failures
    )


def _subject(failure: Failure) -> str:
    return f"{failure.type} {failure.name}".strip()


def _reasons(error: BaseException) -> list[str]:
    if isinstance(error, CloudRefusal):
        return [str(problem) for problem in error.problems]
    return str(error).splitlines()


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _place(error: BaseException, main: Path) -> str:
    """Where in the program itself it was raised, as far as it was there at all."""
    root = (main if main.is_dir() else main.parent).resolve()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(root)]
    return f", at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""

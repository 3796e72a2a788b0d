"""Tells failures that end a run from refusals, which are findings about the stack."""

import traceback
from pathlib import Path

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.program.errors import RunError
from gpuplane.recording import Failure, Recording, Refusal


def raise_failures(recording: Recording, main: Path) -> None:
    """Raise the failure that makes a run useless; refusals are findings and stay in the recording.

    Args:
        recording: The run.
        main: The program.

    Raises:
        InvalidArgumentsError: Arguments or config were wrong.
        RunError: The program itself failed, or what it ran against did.
    """
    for failure in recording.failures:
        if isinstance(failure.error, InvalidArgumentsError | RunError):
            raise failure.error
        if not isinstance(failure.error, Refusal) and not _is_echo(failure, recording):
            raise RunError(f"the program failed, {_words(failure.error)}{_place(failure.error, main)}")


def _is_echo(failure: Failure, recording: Recording) -> bool:
    """Tell whether the program failed only because a provider function that it called was refused."""
    return failure.type == "program" and any(
        isinstance(other.error, Refusal) and str(other.error) in str(failure.error) for other in recording.failures
    )


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _place(error: BaseException, main: Path) -> str:
    """Return the file and line of the program itself that raised the error; empty outside the program."""
    root = (main if main.is_dir() else main.parent).resolve()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(root)]
    return f", at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""

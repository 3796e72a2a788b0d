"""The machine to check."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ASK_TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Host:
    """A machine, as the checks see it.

    Attributes:
        environment: Its environment variables.
        home: The user's home folder.
        find: Returns the path of a program, None if it is not on PATH.
        ask: Returns the output of a command, empty if it fails.
    """

    environment: Mapping[str, str]
    home: Path
    find: Callable[[str], str | None]
    ask: Callable[[Sequence[str]], str]

    def first_set(self, *variables: str) -> str | None:
        """Return the first of the variables that is set and not empty."""
        return next((name for name in variables if self.environment.get(name)), None)

    def file_of(self, variable: str, default: Path) -> Path:
        """Return the path in a variable, else the default."""
        said = self.environment.get(variable)
        return Path(said) if said else default


def this_host() -> Host:
    """Return the machine this runs on."""
    return Host(dict(os.environ), Path.home(), shutil.which, _ask)


def _ask(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_TIMEOUT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()

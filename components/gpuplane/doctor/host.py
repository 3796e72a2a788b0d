"""The machine that is looked at."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ASK_TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Host:
    """A machine, as far as the checks look at it.

    Attributes:
        environment: Its environment variables.
        home: The user's home folder.
        find: The path of a program, None where it is not on PATH.
        ask: What a command prints; empty where it fails.
    """

    environment: Mapping[str, str]
    home: Path
    find: Callable[[str], str | None]
    ask: Callable[[Sequence[str]], str]

    def first_set(self, *variables: str) -> str | None:
        """The first of the variables that is set to something."""
        return next((name for name in variables if self.environment.get(name)), None)

    def file_of(self, variable: str, default: Path) -> Path:
        """The path in a variable, else the default."""
        said = self.environment.get(variable)
        return Path(said) if said else default


def this_host() -> Host:
    """The machine this runs on."""
    return Host(dict(os.environ), Path.home(), shutil.which, _ask)


def _ask(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_TIMEOUT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()

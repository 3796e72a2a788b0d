"""The Pulumi CLI, one operation at a time, with its events read as they come."""

import contextlib
import json
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpuplane.plain import nested as fields
from gpuplane.program.errors import RunError
from gpuplane.rehearsal.verdict.findings import Finding

POLL_SECONDS = 0.2
INTERRUPT_TIMEOUT_SECONDS = 30
_COLOURS = re.compile(r"<\{%[^%]*%\}>|\x1b\[[0-9;]*m")


@dataclass
class Outcome:
    """The end of an operation.

    Attributes:
        status: The CLI's exit status.
        changes: Number of resources by kind of step, such as `{"create": 24}`.
        changed: URNs of changed resources, with the kind of step.
        errors: The engine's errors: the URN, or an empty string, and the message.
        output: The output that is not an event.
    """

    status: int
    changes: Mapping[str, int] = field(default_factory=dict[str, int])
    changed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    output: str = ""

    def findings(self, operation: str) -> list[Finding]:
        """Return the errors as findings; empty after a success."""
        if not self.status:
            return []
        # Errors without a URN only sum up those with one.
        errors = [error for error in self.errors if error[0]] or self.errors
        said = [Finding(_subject(urn), f"failed in {operation}", words, "engine") for urn, words in errors]
        return said or [Finding(f"pulumi {operation}", "failed", " ".join(self.output.split())[-500:], "engine")]


class Cli:
    """Runs the CLI in one workspace.

    Args:
        folder: The folder of the project.
        environment: The environment variables.
        stack: Name of the stack.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], stack: str) -> None:
        self._folder = folder
        self._environment = environment
        self._stack = stack

    def setting(self, *arguments: str) -> None:
        """Run a command that must succeed, such as `stack init`.

        Raises:
            RunError: The command failed.
        """
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RunError(f"pulumi {arguments[0]} failed, {' '.join(_plain(done.stderr).split())}")

    def operation(
        self, name: str, arguments: Sequence[str] = (), is_stuck: Callable[[], bool] | None = None
    ) -> Outcome:
        """Run an operation, such as `up`, to its end.

        Args:
            name: The operation.
            arguments: More arguments.
            is_stuck: Polled; the operation is interrupted once it returns true.
        """
        command = ["pulumi", name, "--stack", self._stack, "--non-interactive", "--json", *arguments]
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env={**self._environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        lines: list[str] = []
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        try:
            _wait(process, is_stuck or (lambda: False))
        finally:
            _end(process)
            reader.join()
        return outcome(process.returncode, lines)


def outcome(status: int, lines: Sequence[str]) -> Outcome:
    """Parse the end of an operation from its exit status and the engine's events, one JSON object per line."""
    result = Outcome(status)
    rest: list[str] = []
    for line in lines:
        event = _event(line)
        if event is None:
            rest.append(_plain(line))
        elif "diagnosticEvent" in event:
            said = event["diagnosticEvent"]
            if said.get("severity") == "error":
                words = " ".join(_plain(str(said.get("message", ""))).split())
                result.errors.append((str(said.get("urn", "")), words.removeprefix("error: ")))
        elif "summaryEvent" in event:
            result.changes = fields.field(event, "summaryEvent.resourceChanges", {})
        elif "resourcePreEvent" in event:
            metadata = event["resourcePreEvent"]["metadata"]
            if metadata["op"] not in ("same", "refresh", "read"):
                result.changed.append((str(metadata["urn"]), str(metadata["op"])))
    result.output = "".join(rest)
    return result


def _event(line: str) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError):
        event = json.loads(line)
        if isinstance(event, dict):
            return event  # pyright: ignore[reportUnknownVariableType]
    return None


def _read(process: "subprocess.Popen[str]", lines: list[str]) -> None:
    assert process.stdout
    with process.stdout as output:
        lines.extend(output)


def _wait(process: "subprocess.Popen[str]", is_stuck: Callable[[], bool]) -> None:
    while True:
        try:
            process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if is_stuck():
                return
        else:
            return


def _end(process: "subprocess.Popen[str]") -> None:
    """Ask the engine to cancel, then kill it."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=INTERRUPT_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _plain(text: str) -> str:
    return _COLOURS.sub("", text)


def _subject(urn: str) -> str:
    """Return a resource's type and name, as other findings do."""
    if urn.count("::") < 3:
        return "pulumi"
    _, _, types, name = urn.split("::", 3)
    return f"{types.rpartition('$')[2]} {name}"

"""Results of scenarios."""

from dataclasses import dataclass, field

from gpuplane.rehearsal.verdict.findings import Finding


@dataclass(frozen=True)
class Outcome:
    """The findings and notes of a scenario.

    Attributes:
        findings: The faults.
        notes: Observations that are no faults, one line each.
        left_out: Why it was skipped; empty if it ran.
    """

    findings: list[Finding] = field(default_factory=list[Finding])
    notes: list[str] = field(default_factory=list[str])
    left_out: str = ""


@dataclass(frozen=True)
class ScenarioResult(Outcome):
    """The outcome of a scenario, with its name and duration.

    Attributes:
        name: Its name.
        seconds: Its duration.
    """

    name: str = ""
    seconds: float = 0

    @property
    def passed(self) -> bool:
        """Whether it has no findings; true if it was skipped."""
        return not self.findings

    @property
    def in_words(self) -> str:
        """The outcome in a word or two."""
        if self.left_out:
            return f"left out, {self.left_out}"
        count = len(self.findings)
        return "passed" if not count else f"{count} finding{'s' if count > 1 else ''}"

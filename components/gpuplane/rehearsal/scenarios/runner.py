"""Runs scenarios one after the other."""

import importlib
import time
from collections.abc import Callable, Collection
from typing import Protocol, cast

from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.outcome import Outcome, ScenarioResult

Progress = Callable[[str], None]


class ScenarioModule(Protocol):
    """The module of one scenario.

    Attributes:
        NEEDS_STEADY_STACK: Whether it is skipped if `steady` has findings.
    """

    NEEDS_STEADY_STACK: bool

    def run(self, stage: Stage) -> Outcome:
        """Try it on the stack."""
        ...


def module_of(scenario: Scenario) -> ScenarioModule:
    """Import the module that runs a scenario."""
    return cast(ScenarioModule, importlib.import_module(f"gpuplane.rehearsal.scenarios.{scenario.value}"))


def run_scenarios(stage: Stage, wanted: Collection[Scenario], progress: Progress) -> list[ScenarioResult]:
    """Run `steady`, then those wanted, in the order of `Scenario`.

    Args:
        stage: The stack, just created.
        wanted: The scenarios to run.
        progress: Called with the outcome of each, one line.
    """
    results: list[ScenarioResult] = []
    for scenario in Scenario:
        if scenario is not Scenario.STEADY and scenario not in wanted:
            continue
        result = _result(stage, scenario)
        if scenario is Scenario.STEADY:
            stage.known = result.findings
            if set(wanted) - {Scenario.STEADY}:
                stage.disable_min_ready_seconds()
        results.append(result)
        progress(f"{scenario.value}: {result.in_words} in {result.seconds} s")
    return results


def _result(stage: Stage, scenario: Scenario) -> ScenarioResult:
    began = time.monotonic()
    module = module_of(scenario)
    if stage.known and module.NEEDS_STEADY_STACK:
        outcome = Outcome(left_out="steady did not pass")
    else:
        outcome = module.run(stage)
    return ScenarioResult(
        outcome.findings, outcome.notes, outcome.left_out, scenario.value, round(time.monotonic() - began, 1)
    )

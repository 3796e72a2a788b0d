"""Holding scenarios one after the other."""

import time
from collections.abc import Callable, Collection, Mapping

from gpuplane.rehearsal.scenarios import Scenario, drain, peak, rollback, rollout, steady, tenant, zone
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.outcome import Outcome, ScenarioResult

Progress = Callable[[str], None]

_HOLD: Mapping[Scenario, Callable[[Stage], Outcome]] = {
    Scenario.STEADY: steady.hold,
    Scenario.PEAK: peak.hold,
    Scenario.ROLLOUT: rollout.hold,
    Scenario.ROLLBACK: rollback.hold,
    Scenario.DRAIN: drain.hold,
    Scenario.ZONE: zone.hold,
    Scenario.TENANT: tenant.hold,
}
# What moves servers about says nothing where they do not stand yet.
_ON_A_READY_STACK = {Scenario.ROLLOUT, Scenario.ROLLBACK, Scenario.DRAIN, Scenario.ZONE}


def hold(stage: Stage, wanted: Collection[Scenario], progress: Progress) -> list[ScenarioResult]:
    """Holds `steady`, then those wanted, in the order of `Scenario`.

    Args:
        stage: The stack, just made.
        wanted: The scenarios to hold.
        progress: Is told the outcome of each.
    """
    results: list[ScenarioResult] = []
    for scenario in Scenario:
        if scenario is not Scenario.STEADY and scenario not in wanted:
            continue
        result = _result(stage, scenario)
        if scenario is Scenario.STEADY:
            stage.known = result.findings
            if set(wanted) - {Scenario.STEADY}:
                stage.hurry()
        results.append(result)
        progress(f"{scenario.value}: {result.in_words} in {result.seconds} s")
    return results


def _result(stage: Stage, scenario: Scenario) -> ScenarioResult:
    began = time.monotonic()
    if stage.known and scenario in _ON_A_READY_STACK:
        outcome = Outcome(left_out="steady did not pass")
    else:
        outcome = _HOLD[scenario](stage)
    return ScenarioResult(
        outcome.findings, outcome.notes, outcome.left_out, scenario.value, round(time.monotonic() - began, 1)
    )

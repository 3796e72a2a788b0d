"""What watches over a stack, against a real API server with the real definitions of its kinds."""

from pathlib import Path
from typing import Any

import pytest

from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


def rehearsed(folder: Path, **overlay: Any) -> Verdict:
    lines: list[str] = []
    return rehearse_stack(project_with(folder, "prod", overlay), "prod", lines.append).verdict


def test_monitors_alerts_dashboard_and_the_adapters_rules_are_taken(tmp_path: Path) -> None:
    watch = {"labels": {"release": "prometheus"}, "adapter": {"namespace": "ml-prod"}}
    assert rehearsed(tmp_path, observability=watch).findings == []


def test_a_rule_that_the_operator_does_not_allow_is_refused_in_the_api_servers_words(tmp_path: Path) -> None:
    broken = {"alerts": {"spec": {"groups": [{"name": "x", "rules": [{"alert": "A", "expr": "up", "for": "soon"}]}]}}}
    held = rehearsed(tmp_path, observability={"transforms": broken, "alerts": {}})
    refused = next(one for one in held.findings if one.what == "refused")
    assert refused.source == "API server"
    assert "spec.groups[0].rules[0].for" in refused.reason

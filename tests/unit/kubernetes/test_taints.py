"""Which pods a tainted node accepts."""

from typing import Any

import pytest

from gpuplane.kubernetes.taints import allows

TAINT = {"key": "team", "value": "vision", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("toleration", "is_allowed"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "team", "operator": "Exists"}, True),
        ({"key": "team", "value": "vision"}, True),
        ({"key": "team", "operator": "Equal", "value": "vision", "effect": "NoSchedule"}, True),
        ({"key": "team", "operator": "Equal", "value": "speech"}, False),
        ({"key": "team", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "gpu", "operator": "Exists"}, False),
    ],
)
def test_a_toleration_matches_by_key_value_and_effect(toleration: dict[str, Any], is_allowed: bool) -> None:
    assert allows(TAINT, [toleration]) is is_allowed


def test_a_preference_keeps_no_pod_away() -> None:
    assert allows({**TAINT, "effect": "PreferNoSchedule"}, [])

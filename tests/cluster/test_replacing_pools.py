"""The safe way to replace a pool, as the guides tell it, on one live control plane: no server goes below its budget."""

from pathlib import Path
from typing import Any

import pytest
from live_stack import live_stack

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

OLD = {"machineType": "n1-standard-8", "accelerator": "nvidia-tesla-t4", "minNodes": 3, "maxNodes": 8}
SUBNETS = {"subnetIds": ["subnet-0a1b2c3d4e5f60001"]}


def test_on_gke_the_old_pool_is_drained_and_goes_while_its_successor_serves(tmp_path: Path) -> None:
    new = {**OLD, "driver": "latest"}
    beside = {"t4": {**OLD, "maxNodes": 3}, "t4-next": {**new, "maxNodes": 5}}
    moved = {"resnet50": {"gpu": {"pool": "t4-next"}}}
    with live_stack() as stack:
        assert stack.up(tmp_path / "1", "prod", pools={"gke": {"t4": OLD}}) == []
        assert stack.pools_of("ml-prod") == {"t4-pool"}
        stack.watch("ml-prod")
        assert stack.up(tmp_path / "2", "prod", pools={"gke": beside}) == []
        assert stack.drain("t4-pool") == 0
        assert stack.pools_of("ml-prod") == {"t4-next-pool"}
        assert stack.up(tmp_path / "3", "prod", pools={"gke": {"t4": None, "t4-next": new}}, models=moved) == []
        assert "t4-pool" not in stack.pools()
        assert stack.fewest is not None
        assert stack.budget("ml-prod") == 2 <= stack.fewest


def test_on_eks_servers_roll_over_to_another_accelerator_before_the_old_pool_goes(tmp_path: Path) -> None:
    later: dict[str, Any] = {**SUBNETS, "machineType": "g5.2xlarge", "minNodes": 2, "maxNodes": 4}
    models = {"resnet50": {"gpu": {"pool": "later"}}}
    with live_stack() as stack:
        assert stack.up(tmp_path / "1", "staging") == []
        assert stack.pools_of("ml-staging") == {"t4-group"}
        stack.watch("ml-staging")
        assert stack.up(tmp_path / "2", "staging", pools={"eks": {"later": later}}, models=models) == []
        assert stack.pools_of("ml-staging") == {"later-group"}
        assert stack.up(tmp_path / "3", "staging", pools={"eks": {"t4": None, "later": later}}, models=models) == []
        assert "t4-group" not in stack.pools()
        assert stack.fewest is not None
        assert stack.budget("ml-staging") == 1 <= stack.fewest


def test_a_pool_that_goes_undrained_takes_its_servers_along_and_that_is_seen(tmp_path: Path) -> None:
    moved = {"resnet50": {"gpu": {"pool": "t4-next"}}}
    with live_stack() as stack:
        assert stack.up(tmp_path / "1", "prod", pools={"gke": {"t4": OLD}}) == []
        stack.watch("ml-prod")
        instead = {"t4": None, "t4-next": {**OLD, "driver": "latest", "minNodes": 0}}
        stack.up(tmp_path / "2", "prod", pools={"gke": instead}, models=moved)
        assert stack.fewest == 0

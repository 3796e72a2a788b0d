"""A wrong constant of a component does not confirm itself: the simulated clouds judge by tables of their own."""

import sys
from typing import Any

import pytest

from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.inputs import group_inputs
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.facts import facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.rehearsal.controllers.device_plugins import amounts
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, GKE_NODE_POOL, pool_nodes
from gpuplane.simulation.resource import CloudRefusal
from gpuplane.sizing.fit import admits

ACCOUNT = "nodes@acme.iam.gserviceaccount.com"
GKE_POOL = {"cluster": "ml", "project": "acme", "location": "us-central1", "max_nodes": 2}
JUDGES = ("gpuplane.hardware", "gpuplane.simulation", "gpuplane.rehearsal")


def break_constant(monkeypatch: pytest.MonkeyPatch, name: str, wrong: Any) -> None:
    """Give a constant or function a wrong value in every component that has it."""
    components = [found for found in sys.modules if found.startswith("gpuplane.") and not found.startswith(JUDGES)]
    holders = [found for found in components if hasattr(sys.modules[found], name)]
    assert holders
    for found in holders:
        monkeypatch.setattr(sys.modules[found], name, wrong)


def gke_pool(**more: Any) -> GkeGpuNodePoolArgs:
    machine = {"machine_type": "g2-standard-4"}
    return GkeGpuNodePoolArgs.parse("pool", {**GKE_POOL, **machine, **more})


def is_admitted(args: GkeGpuNodePoolArgs) -> bool:
    known, node = facts("l4", args), pool_nodes(GKE_NODE_POOL, "l4", pool_inputs(args, ACCOUNT)).make(0)
    return admits(node, {"containers": [], "nodeSelector": known.node_selector, "tolerations": known.tolerations})


def test_a_wrong_taint_keeps_pods_off_queued_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    args = gke_pool(provisioning_model="queued")
    assert is_admitted(args)
    wrong = {"key": "cloud.google.com/queued", "value": "true", "effect": "NoSchedule"}
    break_constant(monkeypatch, "QUEUED_TAINT", wrong)
    assert not is_admitted(args)


def test_a_label_that_a_component_forgets_is_still_gkes_own(monkeypatch: pytest.MonkeyPatch) -> None:
    break_constant(monkeypatch, "OWN_LABELS", ())
    inputs = pool_inputs(gke_pool(labels={"cloud.google.com/gke-spot": "true"}), ACCOUNT)
    with pytest.raises(CloudRefusal, match=r"cloud\.google\.com/gke-spot.* are managed by GKE or Kubernetes"):
        SimulatedCloud("127.0.0.1:6443", "Q0E=").create(GKE_NODE_POOL, "l4", inputs)


def shown(args: EksGpuNodePoolArgs) -> dict[str, str]:
    inputs = {**group_inputs("a100", args), "instanceTypes": [args.machine_type]}
    return dict(amounts(pool_nodes(EKS_NODE_GROUP, "a100", inputs).make(0), {"flags": {"migStrategy": "mixed"}}))


def test_a_wrong_config_name_leaves_gpus_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = {"cluster": "ml", "machine_type": "p4d.24xlarge", "subnet_ids": ["subnet-1"], "max_nodes": 1}
    args = EksGpuNodePoolArgs.parse("pool", {**pool, "partition_size": "1g.5gb+me", "node_role_arn": "arn:aws:x"})
    assert shown(args) == {"nvidia.com/mig-1g.5gb.me": "8"}
    break_constant(monkeypatch, "mig_config", lambda profile: f"all-{profile}")
    assert shown(args) == {"nvidia.com/gpu": "8"}

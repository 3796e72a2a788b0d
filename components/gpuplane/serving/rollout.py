"""How a model server's new version replaces the old one, and how long that may take."""

from typing import Any

from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.storage import SINGLE_WRITER
from gpuplane.sizing import rollout

# How long a new replica has to stay ready before the next old one goes: what crashes on its first requests stops the
# rollout, and gateways have learnt of the new one.
MIN_READY_SECONDS = 10

# What a replica may take beside loading its model: a node that comes, and an image of several GB that is pulled.
NODE_SECONDS = 600


def rollout_spec(args: ModelServerArgs) -> dict[str, Any]:
    """The part of the Deployment's spec that says how it is updated; its history is kept for the way back."""
    return {
        "revisionHistoryLimit": 10,
        "minReadySeconds": MIN_READY_SECONDS,
        "progressDeadlineSeconds": NODE_SECONDS + args.probes.load_seconds + MIN_READY_SECONDS,
        "strategy": rollout.strategy(*_rollout_inputs(args)),
    }


def surge(args: ModelServerArgs) -> int:
    """How many replicas more than the autoscaler's maximum a rollout may start."""
    return rollout.surge(*_rollout_inputs(args))


def await_seconds(args: ModelServerArgs) -> int:
    """How long `pulumi up` waits: for a node to come and every replica to load, one after the other at worst."""
    return NODE_SECONDS + (args.probes.load_seconds + MIN_READY_SECONDS) * args.scaling.max_replicas


def _rollout_inputs(args: ModelServerArgs) -> tuple[int, int, int | None, bool]:
    gpu, claim = args.gpu, args.storage.claim
    is_exclusive = claim is not None and claim.access_mode in SINGLE_WRITER
    return args.scaling.max_replicas, gpu.count if gpu else 0, gpu.max_gpus if gpu else None, is_exclusive

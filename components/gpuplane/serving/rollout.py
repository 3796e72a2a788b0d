"""Rollout of a model server: its strategy and its deadlines."""

from typing import Any

from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.storage import SINGLE_WRITER
from gpuplane.sizing import rollout

# Time a new replica has to stay ready before the next old one is terminated: a crash on the first requests stops the
# rollout, and gateways know of the new replica.
MIN_READY_SECONDS = 10

# Time of a replica's start before it loads its model: a new node, and the pull of an image of several GB.
NODE_SECONDS = 600


def rollout_spec(args: ModelServerArgs) -> dict[str, Any]:
    """Return the fields of the Deployment's spec about updates; its history is kept for rollbacks."""
    return {
        "revisionHistoryLimit": 10,
        "minReadySeconds": MIN_READY_SECONDS,
        "progressDeadlineSeconds": NODE_SECONDS + args.probes.load_seconds + MIN_READY_SECONDS,
        "strategy": rollout.strategy(*_rollout_inputs(args)),
    }


def surge(args: ModelServerArgs) -> int:
    """Return the number of replicas that a rollout may start beyond the autoscaler's maximum."""
    return rollout.surge(*_rollout_inputs(args))


def await_seconds(args: ModelServerArgs) -> int:
    """Return how long `pulumi up` waits: for a new node, and for all replicas to load one after another."""
    return NODE_SECONDS + (args.probes.load_seconds + MIN_READY_SECONDS) * args.scaling.max_replicas


def _rollout_inputs(args: ModelServerArgs) -> tuple[int, int, int | None, bool]:
    gpu, claim = args.gpu, args.storage.claim
    is_exclusive = claim is not None and claim.access_mode in SINGLE_WRITER
    return args.scaling.max_replicas, gpu.count if gpu else 0, gpu.max_gpus if gpu else None, is_exclusive

"""The most that a model server needs of its tenant's quota."""

from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.artefacts.fill_job import RESOURCES
from gpuplane.serving.artefacts.local_volume import LOCAL_SIZE
from gpuplane.serving.artefacts.plan import Names, is_fetched_once
from gpuplane.serving.artefacts.uri import Scheme
from gpuplane.serving.pod import pod_spec
from gpuplane.serving.rollout import surge
from gpuplane.sizing import quota


def demands(name: str, args: ModelServerArgs) -> list[quota.Demand]:
    """List its pods at the autoscaler's maximum and in a rollout, the Job that fetches its model, and its claim.

    Args:
        name: The server's name.
        args: Its arguments, valid.
    """
    found = [quota.pods(name, pod_spec(args, {}, Names()), args.scaling.max_replicas, surge(args))]
    if is_fetched_once(args.uri, args.storage):
        found.append(quota.pods(f"{name}'s fetch", {"containers": [{"resources": RESOURCES}]}, 1))
    if args.storage.claim:
        found.append(quota.claim(f"{name}'s claim", args.storage.claim.size))
    elif args.uri and args.uri.scheme is Scheme.LOCAL:
        found.append(quota.claim(f"{name}'s claim", LOCAL_SIZE))
    return found

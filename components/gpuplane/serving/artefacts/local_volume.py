"""A folder of a node as a volume, for a model on a laptop.

The `restricted` level of pod security forbids `hostPath` in a pod, but allows a claim of a PersistentVolume with one.
The folder has to exist on every node that a replica may run on.
"""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.artefacts.uri import ModelUri

# Kubernetes requires a size and does not enforce it.
LOCAL_SIZE = "1Gi"


def volume_spec(uri: ModelUri, claim: str, namespace: Input[str]) -> dict[str, Any]:
    """Return the spec of the volume, bound to this claim; for a file, the volume of its folder."""
    path = uri.path.rpartition("/")[0] or "/" if uri.is_file else uri.path
    return {
        "capacity": {"storage": LOCAL_SIZE},
        "accessModes": ["ReadOnlyMany"],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": "",
        "hostPath": {"path": path, "type": "Directory"},
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": claim, "namespace": namespace},
    }


def local_claim_spec(volume: Input[str]) -> dict[str, Any]:
    """Return the spec of the claim of that volume."""
    return {
        "accessModes": ["ReadOnlyMany"],
        "storageClassName": "",
        "volumeName": volume,
        "resources": {"requests": {"storage": LOCAL_SIZE}},
    }

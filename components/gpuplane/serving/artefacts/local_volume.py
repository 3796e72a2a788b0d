"""A folder of a node as a volume, for a model that is on a laptop.

The `restricted` level of pod security takes no `hostPath` in a pod; a volume that an administrator made is another
matter. The folder has to be on every node that a replica may run on.
"""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.artefacts.uri import ModelUri

# Kubernetes wants a size, and holds nobody to it.
LOCAL_SIZE = "1Gi"


def volume_spec(uri: ModelUri, claim: str, namespace: Input[str]) -> dict[str, Any]:
    """The spec of the volume, kept for this claim; of a file, the folder it is in."""
    path = uri.path.rpartition("/")[0] or "/" if uri.is_file else uri.path
    return {
        "capacity": {"storage": LOCAL_SIZE},
        "accessModes": ["ReadOnlyMany"],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": "",
        "hostPath": {"path": path, "type": "Directory"},
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": claim, "namespace": namespace},
    }


def claim_spec(volume: Input[str]) -> dict[str, Any]:
    """The spec of the claim of that volume."""
    return {
        "accessModes": ["ReadOnlyMany"],
        "storageClassName": "",
        "volumeName": volume,
        "resources": {"requests": {"storage": LOCAL_SIZE}},
    }

"""The Job that fetches a model once for all replicas."""

from collections.abc import Mapping
from typing import Any

from gpuplane.serving.artefacts.plan import Names, fetch_container, script_volume
from gpuplane.serving.artefacts.uri import ModelUri
from gpuplane.serving.storage import ModelStorage
from gpuplane.workloads.security import pod_security

FILL_SECONDS = 6 * 3600

RESOURCES = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "1Gi"}}


def fill_job_spec(
    uri: ModelUri, storage: ModelStorage, names: Names, env: Mapping[str, str], pod: Mapping[str, Any], user: int
) -> dict[str, Any]:
    """Return the spec of the Job, which needs no GPU and so runs before GPU nodes exist.

    Args:
        uri: The model's address.
        storage: Its claim.
        names: Names of the objects it refers to.
        env: The kind of each of the server's variables, `config` or `secret`.
        pod: Fields its pod shares with the server's, such as the service account.
        user: The user id of its processes.
    """
    return {
        "backoffLimit": 4,
        "activeDeadlineSeconds": FILL_SECONDS,
        "template": {
            "spec": {
                **pod,
                "restartPolicy": "OnFailure",
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "securityContext": pod_security(user),
                "containers": [fetch_container(uri, storage, names, env, RESOURCES)],
                "volumes": [
                    {"name": "model", "persistentVolumeClaim": {"claimName": names.claim}},
                    script_volume(names),
                ],
            }
        },
    }

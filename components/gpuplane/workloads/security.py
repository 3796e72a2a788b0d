"""What the pods of a model server may do, and where they may write.

Source of what the `restricted` level asks for: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Collection
from typing import Any

CONTAINER_SECURITY: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}

CACHE = "/cache"

# Where servers keep what they compile or download: below one directory that may be written. `USER` stands in for the
# entry in /etc/passwd that a user id of one's own does not have.
CACHE_VARIABLES = {
    "HOME": CACHE,
    "XDG_CACHE_HOME": CACHE,
    "HF_HOME": f"{CACHE}/huggingface",
    "TORCH_HOME": f"{CACHE}/torch",
    "TORCHINDUCTOR_CACHE_DIR": f"{CACHE}/torchinductor",
    "TRITON_CACHE_DIR": f"{CACHE}/triton",
    "VLLM_CACHE_ROOT": f"{CACHE}/vllm",
    "NUMBA_CACHE_DIR": f"{CACHE}/numba",
    "MPLCONFIGDIR": f"{CACHE}/matplotlib",
    "USER": "server",
}


def pod_security(user: int) -> dict[str, Any]:
    """The security context of a pod that runs as this user and owns its volumes."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        # A large model on a claim is not looked through at each start.
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def cache_variables(said: Collection[str]) -> list[dict[str, str]]:
    """The variables that lead to the cache, but for those that the server is told itself."""
    return [{"name": name, "value": value} for name, value in CACHE_VARIABLES.items() if name not in said]

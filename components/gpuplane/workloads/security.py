"""Pod security at the `restricted` level, and writable directories.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Collection
from typing import Any

CONTAINER_SECURITY: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}

CACHE = "/cache"

# Variables that move the caches of libraries to the one writable directory. `USER` replaces the entry in /etc/passwd
# that an arbitrary user id does not have.
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
    """Return the security context of a pod that runs as this user and owns its volumes."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        # Skip changing the owner of a large model at every start.
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def cache_variables(explicit: Collection[str]) -> list[dict[str, str]]:
    """Return the cache variables, except those that are set explicitly.

    Args:
        explicit: Names of the variables that are set.
    """
    return [{"name": name, "value": value} for name, value in CACHE_VARIABLES.items() if name not in explicit]

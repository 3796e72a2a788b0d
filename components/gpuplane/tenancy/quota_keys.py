"""The keys of a ResourceQuota that `TenantQuota` has an argument for.

Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Mapping

from pydantic.alias_generators import to_camel

from gpuplane.hardware import GPU_RESOURCE

REQUESTS = "requests."

QUOTA_ARGUMENTS: Mapping[str, str] = {
    f"{REQUESTS}{GPU_RESOURCE}": "gpus",
    f"{REQUESTS}cpu": "cpu",
    f"{REQUESTS}memory": "memory",
    f"{REQUESTS}storage": "storage",
    "persistentvolumeclaims": "persistent_volume_claims",
}
"""The argument that sets each key. Any other key is in `gpu_resources` or `objects`."""

QUOTA_STACK_KEYS: Mapping[str, str] = {key: to_camel(argument) for key, argument in QUOTA_ARGUMENTS.items()}
"""The same arguments as stack files spell them."""

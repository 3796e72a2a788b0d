"""The policy of a stack: `policy` in its merged config."""

import json
from collections.abc import Mapping

from gpuplane.arguments.base import Args
from gpuplane.arguments.merging import merge_config
from gpuplane.policy.args import PolicyConfig


class _Stack(Args):
    policy: PolicyConfig = PolicyConfig()


def policy_config(project: str, stack: str, config: Mapping[str, str]) -> PolicyConfig:
    """Return the `policy` section of a stack's base and overlay, merged.

    Args:
        project: Name of the project, which is the namespace of its config keys.
        stack: Name of the stack.
        config: Config values as text, by key with namespace.

    Raises:
        InvalidArgumentsError: The section is wrong.

    Example:
        >>> policy_config("ml", "dev", {"ml:overlay": '{"policy": {"environment": "dev"}}'}).environment.value
        'dev'
    """
    base, overlay = (json.loads(config.get(f"{project}:{key}", "{}")) for key in ("base", "overlay"))
    said = merge_config(_Stack, base, overlay)
    return PolicyConfig.parse(f'policy of stack "{stack}"', said.get("policy", {}))

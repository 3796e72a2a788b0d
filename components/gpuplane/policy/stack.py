"""Where a stack says its policy: `policy` of its merged config."""

import json
from collections.abc import Mapping

from gpuplane.arguments.base import Args
from gpuplane.arguments.merging import merge_config
from gpuplane.policy.args import PolicyConfig


class _Stack(Args):
    policy: PolicyConfig = PolicyConfig()


def policy_config(project: str, stack: str, config: Mapping[str, str]) -> PolicyConfig:
    """What a stack's config says of its policy: `policy` of its base and overlay, merged.

    Args:
        project: Name of the project, which is the namespace of its config keys.
        stack: Name of the stack.
        config: Config keys with their namespace, to their texts.

    Raises:
        InvalidArgumentsError: It is wrong.

    Example:
        >>> policy_config("ml", "dev", {"ml:overlay": '{"policy": {"environment": "dev"}}'}).environment.value
        'dev'
    """
    base, overlay = (json.loads(config.get(f"{project}:{key}", "{}")) for key in ("base", "overlay"))
    said = merge_config(_Stack, base, overlay)
    return PolicyConfig.parse(f'policy of stack "{stack}"', said.get("policy", {}))

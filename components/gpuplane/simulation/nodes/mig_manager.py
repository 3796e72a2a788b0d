"""The MIG manager of NVIDIA's GPU operator: the node label that it reads, and the names of its configs.

Source: https://github.com/NVIDIA/mig-parted, whose default configs `all-PROFILE` spell the attributes of a profile with
a dot in place of the plus sign.
"""

import re

CONFIG_LABEL = "nvidia.com/mig.config"

_CONFIG = re.compile(r"all-(?P<size>\d+g\.\d+gb(-me)?)(\.(?P<attributes>.+))?")


def profile_of(config: str) -> str:
    """Return the MIG profile that a config cuts every GPU of a node by; empty for a config of another kind.

    Example:
        >>> profile_of("all-1g.5gb"), profile_of("all-1g.5gb.me"), profile_of("all-disabled")
        ('1g.5gb', '1g.5gb+me', '')
    """
    match = _CONFIG.fullmatch(config)
    if not match:
        return ""
    return f"{match['size']}+{match['attributes']}" if match["attributes"] else match["size"]

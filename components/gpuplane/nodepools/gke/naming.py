"""Names of GKE GPU node pools: what they are called in the program, so that what GKE calls them fits."""

import re
from collections.abc import Iterator

from gpuplane.arguments.errors import Problem

# GKE takes 40 characters, of which the child's suffix and Pulumi's seven random digits take 13. Source:
# https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools
LONGEST_NAME = 40 - len("-pool-0123456")
_NAME = re.compile(rf"[a-z]([-a-z0-9]{{0,{LONGEST_NAME - 2}}}[a-z0-9])?")


def name_problems(name: str) -> Iterator[Problem]:
    """Why a pool cannot be called so.

    Its node pool is named by Pulumi, so that a replacement can stand beside the old one.

    Example:
        >>> list(name_problems("t4"))
        []
    """
    if not _NAME.fullmatch(name):
        yield Problem(
            "",
            "must be named with lower-case letters, digits and hyphens, a letter first, no hyphen last, "
            f"at most {LONGEST_NAME} characters, got {name!r}",
        )

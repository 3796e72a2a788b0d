"""Names of GKE GPU node pools in the program, short enough for the names that Pulumi derives from them."""

import re
from collections.abc import Iterator

from gpuplane.arguments.errors import Problem

# GKE allows 40 characters; the child's suffix and Pulumi's random suffix take 13 of them. Source:
# https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools
LONGEST_NAME = 40 - len("-pool-0123456")
_NAME = re.compile(rf"[a-z]([-a-z0-9]{{0,{LONGEST_NAME - 2}}}[a-z0-9])?")


def name_problems(name: str) -> Iterator[Problem]:
    """Find what is wrong with the name of a pool.

    Pulumi adds a random suffix, so that a replacement can be created before the old node pool is deleted.

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

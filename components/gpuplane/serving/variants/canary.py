"""Which of two variants an ingress controller takes for the canary, and what it cannot do.

Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary
"""

from collections.abc import Iterator, Mapping

from gpuplane.arguments.errors import Problem
from gpuplane.serving.variants.args import Share

MAIN = "main"
"""The variant that has the model's own name, without one of its own behind it."""


def canary_of(shares: Mapping[str, Share]) -> str | None:
    """The variant that the canary Ingress leads to, None where there is only one.

    The one that a header or cookie names is the canary; else whichever is not `main`; else the one with less weight.

    Example:
        >>> canary_of({"main": Share(weight=90), "v2": Share(weight=10)})
        'v2'
    """
    if len(shares) < 2:
        return None
    order = sorted(shares, key=lambda name: (not _is_named(shares[name]), name == MAIN, shares[name].weight, name))
    return order[0]


def nginx_problems(shares: Mapping[str, Share]) -> Iterator[Problem]:
    """Return what nginx cannot do: one canary per rule, with at most one header, and none on the stable one."""
    if len(shares) > 2:
        yield Problem("", f"must be at most 2 with exposure ingress, whose rules have one canary, got {len(shares)}")
    named = sorted(name for name, share in shares.items() if _is_named(share))
    if len(named) > 1 or (named and len(shares) == 1):
        yield Problem(
            f"{named[-1]}.{'headers' if shares[named[-1]].headers else 'cookie'}",
            "must be on the canary alone: with exposure ingress every other variant gets what the canary does not",
        )
    for name, share in sorted(shares.items()):
        if len(share.headers) > 1:
            yield Problem(
                f"{name}.headers",
                f"must be one header with exposure ingress, got {len(share.headers)}: "
                f"{', '.join(sorted(share.headers))}",
            )


def canary_annotations(share: Share) -> dict[str, str]:
    """What makes an Ingress the canary of another one with the same host and path; header wins over cookie, cookie
    over weight.

    Example:
        >>> canary_annotations(Share(weight=10))["nginx.ingress.kubernetes.io/canary-weight"]
        '10'
    """
    said = {"canary": "true", "canary-weight": str(share.weight)}
    for header, value in share.headers.items():
        said |= {"canary-by-header": header, "canary-by-header-value": value}
    if share.cookie is not None:
        said["canary-by-cookie"] = share.cookie
    return {f"nginx.ingress.kubernetes.io/{key}": value for key, value in said.items()}


def _is_named(share: Share) -> bool:
    return bool(share.headers) or share.cookie is not None

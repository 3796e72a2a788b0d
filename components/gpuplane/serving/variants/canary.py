"""The canary Ingress of ingress-nginx: the variant it serves, its annotations and its limits.

Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary
"""

from collections.abc import Iterator, Mapping

from gpuplane.arguments.errors import Problem
from gpuplane.serving.variants.args import TrafficSplit

MAIN = "main"
"""The variant whose server has the model's own name, without a suffix."""


def canary_of(splits: Mapping[str, TrafficSplit]) -> str | None:
    """Return the variant behind the canary Ingress, None with a single variant.

    The canary is the variant with a header or cookie, else the one that is not `main`, else the one with less weight.

    Example:
        >>> canary_of({"main": TrafficSplit(weight=90), "v2": TrafficSplit(weight=10)})
        'v2'
    """
    if len(splits) < 2:
        return None
    order = sorted(splits, key=lambda name: (not _is_named(splits[name]), name == MAIN, splits[name].weight, name))
    return order[0]


def nginx_problems(splits: Mapping[str, TrafficSplit]) -> Iterator[Problem]:
    """Return what nginx cannot do: one canary per rule, with at most one header, and none on the stable one."""
    if len(splits) > 2:
        yield Problem("", f"must be at most 2 with exposure ingress, whose rules have one canary, got {len(splits)}")
    named = sorted(name for name, split in splits.items() if _is_named(split))
    if len(named) > 1 or (named and len(splits) == 1):
        yield Problem(
            f"{named[-1]}.{'headers' if splits[named[-1]].headers else 'cookie'}",
            "must be on the canary only: with exposure ingress the other variant gets all remaining requests",
        )
    for name, split in sorted(splits.items()):
        if len(split.headers) > 1:
            yield Problem(
                f"{name}.headers",
                f"must be one header with exposure ingress, got {len(split.headers)}: "
                f"{', '.join(sorted(split.headers))}",
            )


def canary_annotations(split: TrafficSplit) -> dict[str, str]:
    """Return the annotations of a canary Ingress; the header wins over the cookie, the cookie over the weight.

    Example:
        >>> canary_annotations(TrafficSplit(weight=10))["nginx.ingress.kubernetes.io/canary-weight"]
        '10'
    """
    said = {"canary": "true", "canary-weight": str(split.weight)}
    for header, value in split.headers.items():
        said |= {"canary-by-header": header, "canary-by-header-value": value}
    if split.cookie is not None:
        said["canary-by-cookie"] = split.cookie
    return {f"nginx.ingress.kubernetes.io/{key}": value for key, value in said.items()}


def _is_named(split: TrafficSplit) -> bool:
    return bool(split.headers) or split.cookie is not None

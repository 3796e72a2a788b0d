"""Rules of names, labels, taints and accounts."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import is_plain
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.nodepools.gke.labels import NETWORK_TAG, OWN_LABELS, RESOURCE_LABEL_KEY, RESOURCE_LABEL_VALUE
from gpuplane.nodepools.labels import label_problems
from gpuplane.nodepools.taints import taint_problems


def node_labels(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require labels that neither GKE nor Kubernetes reserves, in the syntax of Kubernetes."""
    yield from label_problems(pool.labels, (), OWN_LABELS)


def taints(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require valid taints."""
    yield from taint_problems(pool.taints)


def resource_labels(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require resource labels in Google's syntax."""
    for key, value in pool.resource_labels.items():
        if not RESOURCE_LABEL_KEY.fullmatch(key):
            yield Problem(
                f"resource_labels.{key}",
                "must be 1 to 63 lower-case letters, digits, hyphens and underscores, a letter first, and not start "
                "with goog",
            )
        elif not RESOURCE_LABEL_VALUE.fullmatch(value):
            yield Problem(
                f"resource_labels.{key}",
                f"must be at most 63 lower-case letters, digits, hyphens and underscores, got {value!r}",
            )


def tags(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require network tags in Google's syntax."""
    for index, tag in enumerate(pool.tags):
        if not NETWORK_TAG.fullmatch(tag):
            yield Problem(
                f"tags[{index}]",
                f"must be 1 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last, got {tag!r}",
            )


def account(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require the e-mail address of a service account."""
    given = pool.service_account
    if given is not None and is_plain(given) and "@" not in str(given):
        yield Problem("service_account", f"must be an account's e-mail address, got {given!r}")


RULES = (node_labels, taints, resource_labels, tags, account)

"""Which node labels may be asked for."""

import re
from collections.abc import Iterable, Mapping, Sequence

from gpuplane.arguments.errors import Problem

# What a kubelet may set on its own node. Source: IsKubeletLabel in k8s.io/kubelet/pkg/apis/well_known_labels.go
_PREFIXES = ("kubelet.kubernetes.io", "node.kubernetes.io")
_KEYS = frozenset(
    {
        "beta.kubernetes.io/arch",
        "beta.kubernetes.io/instance-type",
        "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "kubernetes.io/arch",
        "kubernetes.io/hostname",
        "kubernetes.io/os",
        "node.kubernetes.io/instance-type",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
    }
)


# Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_NAME = re.compile(r"[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)
_PREFIX = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


_KEY_FORM = (
    "at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, with a domain and '/' before it "
    "or not"
)


def is_label_key(key: str) -> bool:
    """Whether Kubernetes takes it as the key of a label or taint."""
    prefix, slash, name = key.rpartition("/")
    return bool(_NAME.fullmatch(name)) and (not slash or bool(_PREFIX.fullmatch(prefix)))


def is_label_value(value: str) -> bool:
    """Whether Kubernetes takes it as the value of a label or taint."""
    return not value or bool(_NAME.fullmatch(value))


def key_problem(path: str, key: str) -> Iterable[Problem]:
    """What is wrong with the form of a label's or taint's key."""
    if not is_label_key(key):
        yield Problem(path, f"must be {_KEY_FORM}, got {key!r}")


def value_problem(path: str, value: str) -> Iterable[Problem]:
    """What is wrong with the form of a label's or taint's value."""
    if not is_label_value(value):
        yield Problem(
            path,
            f"must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, got {value!r}",
        )


def label_problems(labels: Mapping[str, str], reserved: Sequence[str], own: Iterable[str]) -> Iterable[Problem]:
    """What is wrong with the labels that a pool is asked for.

    Args:
        labels: The labels.
        reserved: Prefixes that the platform keeps for itself, such as `eks.amazonaws.com/`.
        own: Keys that the pool sets itself.
    """
    for key, value in labels.items():
        path = f"labels[{key!r}]"
        if key in own:
            yield Problem(path, f"must not be set, the pool itself does, got {value!r}, fix: leave it out")
        elif key.startswith(tuple(reserved)) or is_kubernetes_own(key):
            yield Problem(
                path,
                f"must not have a prefix that is reserved ({', '.join((*reserved, 'kubernetes.io/', 'k8s.io/'))}), "
                "fix: use a prefix of your own",
            )
        else:
            yield from key_problem(path, key)
            yield from value_problem(path, value)


def is_kubernetes_own(key: str) -> bool:
    """Whether the key is in a namespace of Kubernetes where no kubelet may set it.

    Example:
        >>> is_kubernetes_own("node-role.kubernetes.io/gpu"), is_kubernetes_own("node.kubernetes.io/gpu")
        (True, False)
    """
    namespace, slash, _ = key.rpartition("/")
    if not slash or not any(_is_in(namespace, root) for root in ("kubernetes.io", "k8s.io")):
        return False
    return key not in _KEYS and not any(_is_in(namespace, prefix) for prefix in _PREFIXES)


def _is_in(namespace: str, root: str) -> bool:
    return namespace == root or namespace.endswith(f".{root}")

"""The pods of the plugin."""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.inputs import Input
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.names import label_problems
from gpuplane.nodepools.facts import GPU_PRESENT_LABEL, PoolFacts

ONE_BY_ONE = "1"
GPU_NODES = {GPU_PRESENT_LABEL: "true"}

_COMPUTE = ("cpu", "memory")
_AT_ONCE = re.compile(r"[1-9]\d*|([1-9]\d?|100)%")


class UpdateStrategy(str, Enum):
    """When a node gets the pods of a changed plugin."""

    ROLLING_UPDATE = "RollingUpdate"
    ON_DELETE = "OnDelete"


class Resources(Args):
    """The resources of a container, in Kubernetes' form."""

    requests: dict[str, str] = {"cpu": "50m", "memory": "64Mi"}
    """The requests, by `cpu` and `memory`."""

    limits: dict[str, str] = {"memory": "256Mi"}
    """The limits. By default CPU has none."""

    @property
    def plain(self) -> dict[str, dict[str, str]]:
        """The resources of a container."""
        return {name: amounts for name in ("requests", "limits") if (amounts := getattr(self, name))}

    def own_problems(self) -> Iterable[Problem]:
        """Check the quantities, and that no request is above its limit."""
        yield from _quantity_problems("requests", self.requests)
        yield from _quantity_problems("limits", self.limits)
        for name in _COMPUTE:
            request, limit = _parsed(self.requests.get(name)), _parsed(self.limits.get(name))
            if request is not None and limit is not None and limit < request:
                yield Problem(
                    f"limits.{name}",
                    f"must be at least the request, got {self.limits[name]!r}, request is {self.requests[name]!r}",
                )


class PluginPods(Args):
    """The pods of the plugin, of MPS and of GPU feature discovery."""

    node_selector: dict[str, str] = {}
    """Labels that a node must have beside `nvidia.com/gpu.present`. By default every node with that one gets them."""

    host_network: bool = False
    """Use the node's own network, so that no pod takes an address of the subnet."""

    resources: Resources = Resources()
    """What each program may have; the plugin of a node with many partitions may need more memory."""

    update_strategy: UpdateStrategy = UpdateStrategy.ROLLING_UPDATE
    """When a node gets the pods of a changed plugin. By default at once, node after node; with `OnDelete` when
    somebody deletes the old ones. GPU pods go on running, but until the new plugin is there no other can start."""

    max_unavailable: str = ONE_BY_ONE
    """Nodes that get them at the same time, a number or a percentage such as `10%`."""

    image_pull_secrets: list[Input[str]] = []
    """Names of Secrets in the plugin's namespace that its image is pulled with. By default the node's identity does."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield what the API server would refuse, or ignore."""
        yield from label_problems("node_selector", self.node_selector)
        if not _AT_ONCE.fullmatch(self.max_unavailable):
            yield Problem(
                "max_unavailable",
                f"must be a number from 1 or a percentage from 1% to 100%, got {self.max_unavailable!r}",
            )
        elif self.update_strategy is UpdateStrategy.ON_DELETE and self.max_unavailable != ONE_BY_ONE:
            yield Problem(
                "max_unavailable",
                f"must be left out with update_strategy 'OnDelete', got {self.max_unavailable!r}",
            )

    def pool_problems(self, pool: PoolFacts) -> Iterable[str]:
        """Yield the labels of a pool that the selector does not match."""
        for key, value in self.node_selector.items():
            if pool.labels.get(key, value) != value:
                yield (
                    f"must have label {key}={value} of pods.node_selector, or no plugin shows its GPUs, "
                    f"got {pool.labels[key]!r}, fix: the label, or the selector"
                )

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a pod spec that these decide."""
        network = {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"} if self.host_network else {}
        secrets = [{"name": name} for name in self.image_pull_secrets]
        return {
            **network,
            **({"imagePullSecrets": secrets} if secrets else {}),
            "nodeSelector": {**GPU_NODES, **self.node_selector},
        }

    @property
    def update(self) -> dict[str, Any]:
        """The update strategy of a DaemonSet."""
        said: dict[str, Any] = {"type": self.update_strategy.value}
        if self.max_unavailable == ONE_BY_ONE:
            return said
        number = int(self.max_unavailable) if self.max_unavailable.isdecimal() else self.max_unavailable
        return {**said, "rollingUpdate": {"maxUnavailable": number}}


def _quantity_problems(path: str, amounts: dict[str, str]) -> Iterable[Problem]:
    for name, text in amounts.items():
        if name not in _COMPUTE:
            yield Problem(f"{path}[{name!r}]", unknown("resource", name, _COMPUTE))
        else:
            yield from quantity.problems(f"{path}.{name}", text, may_be_zero=True)


def _parsed(text: str | None) -> Any:
    """Return the amount, None if there is none or it is wrong."""
    try:
        amount = quantity.parse(text) if text is not None else None
    except ValueError:
        return None
    return amount if amount is not None and amount >= 0 else None

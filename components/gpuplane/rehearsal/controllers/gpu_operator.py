"""GPU operators among a program's Helm releases. Their charts are not rendered, so their effect is read from the
values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml

from gpuplane.plain.nested import field
from gpuplane.rehearsal.controllers.node_autoscalers import installed_by_chart
from gpuplane.sizing.fit import admits

RELEASE = "kubernetes:helm.sh/v3:Release"
GPU_OPERATOR = "gpu-operator"
CONFIG_LABEL = "nvidia.com/device-plugin.config"
NO_OPERANDS_LABEL = "nvidia.com/gpu.deploy.operands"


@dataclass(frozen=True)
class GpuOperator:
    """A GPU operator.

    Attributes:
        values: The values of its release.
    """

    values: Mapping[str, Any]

    @property
    def installs_driver(self) -> bool:
        """Whether it installs the driver, which is the chart's default."""
        return field(self.values, "driver.enabled", True) is True

    def config(self, node: dict[str, Any]) -> Mapping[str, Any] | None:
        """Return the device plugin's config on a node; None if the plugin does not run there or the config does not
        exist.
        """
        labels: Mapping[str, str] = field(node, "metadata.labels", {})
        if field(self.values, "devicePlugin.enabled", True) is False or not self._is_on(node):
            return None
        data: Mapping[str, str] = field(self.values, "devicePlugin.config.data", {})
        name = labels.get(CONFIG_LABEL) or field(self.values, "devicePlugin.config.default", "")
        strategy = {"migStrategy": field(self.values, "mig.strategy", "single")}
        if not name:
            return {"flags": strategy}
        if name not in data:
            return None
        said = cast(Mapping[str, Any], yaml.safe_load(data[name]))
        # The operator sets the strategy as an environment variable, which overrides the file.
        return {**said, "flags": {**field(said, "flags", {}), **strategy}}

    def cuts(self, node: dict[str, Any]) -> bool:
        """Return whether its MIG manager runs on a node and partitions the GPUs by the node's label."""
        return field(self.values, "migManager.enabled", True) is True and self._is_on(node)

    def _is_on(self, node: dict[str, Any]) -> bool:
        tolerations: Any = field(self.values, "daemonsets.tolerations", [])
        labels: Mapping[str, str] = field(node, "metadata.labels", {})
        return labels.get(NO_OPERANDS_LABEL) != "false" and admits(node, {"tolerations": tolerations})


def gpu_operator_of(inputs: Mapping[str, Any]) -> GpuOperator | None:
    """Return the operator that a Helm release installs; None for another chart."""
    chart = str(inputs.get("chart", "")).rpartition("/")[2]
    return GpuOperator(field(inputs, "values", {})) if chart == GPU_OPERATOR else None


def unchecked(name: str, inputs: Mapping[str, Any]) -> str:
    """Return the note on a release for the verdict."""
    chart = str(inputs.get("chart"))
    effect = ""
    if gpu_operator_of(inputs):
        effect = ", its device plugin is assumed to run"
    elif installed_by_chart(chart):
        effect = ", its nodes are simulated"
    return f"Helm release {name} of chart {chart}: its objects were not validated{effect}"

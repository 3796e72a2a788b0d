"""The rules of prometheus-adapter."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.observability.custom_metric_rules.args import CustomMetricRulesArgs
from gpuplane.observability.custom_metric_rules.args_dict import CustomMetricRulesArgsDict
from gpuplane.observability.custom_metric_rules.inputs import config_map_inputs


class CustomMetricRules(Component):
    """Rules by which prometheus-adapter serves each pod's request rate, request duration and waiting requests.

    Example: `CustomMetricRules("rules", {"namespace": "monitoring", "runtimes": ["vllm"]})`.

    Attributes:
        config_map: The ConfigMap.
    """

    SECTION: ClassVar[Section | None] = Section("observability.adapter")
    CHILDREN: ClassVar[tuple[str, ...]] = ("rules",)

    def __init__(
        self,
        name: str,
        args: CustomMetricRulesArgs | CustomMetricRulesArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = CustomMetricRulesArgs.parse(f'CustomMetricRules "{name}"', args)
        super().__init__(name, checked, opts)
        self.config_map = self.make(k8s.core.v1.ConfigMap, "rules", config_map_inputs(checked))
        self.register_outputs({})

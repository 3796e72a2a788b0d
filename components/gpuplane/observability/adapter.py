"""The config of prometheus-adapter, so that autoscalers can read what Prometheus collects."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import Component, ComponentArgs
from gpuplane.observability.custom_metrics import adapter_rules
from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime


class AdapterShape(Args):
    """Where prometheus-adapter reads its rules."""

    namespace: Input[str]
    """The adapter's namespace, which is there."""

    config_map: str = "gpuplane-custom-metrics"
    """Name of the ConfigMap to make: what the adapter's chart calls `rules.existing`."""


class CustomMetricRulesArgs(AdapterShape, ComponentArgs):
    """Arguments of `CustomMetricRules`."""

    runtimes: list[RuntimeName]
    """The runtimes in use, such as `vllm`."""


class CustomMetricRules(Component):
    """The rules by which prometheus-adapter serves requests a second, their time and those that wait, each of a pod.

    Example:
        >>> rules = CustomMetricRules("rules", {"namespace": "monitoring", "runtimes": ["vllm"]})

    Attributes:
        config_map: The ConfigMap.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("rules",)

    def __init__(
        self, name: str, args: CustomMetricRulesArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = CustomMetricRulesArgs.parse(f'CustomMetricRules "{name}"', args)
        super().__init__(name, checked, opts)
        used = sorted(set(checked.runtimes), key=lambda one: one.value)
        rules = adapter_rules(runtime(one).metrics for one in used)
        text = json.dumps(rules, indent=2)
        metadata = {"name": checked.config_map, "namespace": checked.namespace}
        self.config_map = self.make(
            k8s.core.v1.ConfigMap, "rules", {"metadata": metadata, "data": {"config.yaml": text}}
        )
        self.register_outputs({})

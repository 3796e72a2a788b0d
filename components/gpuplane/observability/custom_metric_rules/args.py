"""Arguments of the rules of prometheus-adapter."""

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.serving.runtimes.catalogue import RuntimeName


class AdapterShape(Args):
    """Where prometheus-adapter reads its rules."""

    namespace: Input[str]
    """Namespace of the adapter; it must exist."""

    config_map: str = "gpuplane-custom-metrics"
    """Name of the ConfigMap to create, `rules.existing` in the values of the adapter's chart."""


class CustomMetricRulesArgs(AdapterShape, ComponentArgs):
    """Arguments of `CustomMetricRules`."""

    runtimes: list[RuntimeName]
    """Runtimes of the servers, such as `vllm`."""

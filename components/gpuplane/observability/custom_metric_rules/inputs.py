"""Inputs of the ConfigMap that prometheus-adapter reads."""

import json
from typing import Any

from gpuplane.observability.custom_metric_rules.adapter_rules import adapter_rules
from gpuplane.observability.custom_metric_rules.args import CustomMetricRulesArgs
from gpuplane.serving.runtimes.catalogue import runtime


def config_map_inputs(args: CustomMetricRulesArgs) -> dict[str, Any]:
    """Return the ConfigMap with the rules of each runtime once."""
    used = {one.value: one for one in args.runtimes}
    rules = adapter_rules(runtime(used[name]).metrics for name in sorted(used))
    return {
        "metadata": {"name": args.config_map, "namespace": args.namespace},
        "data": {"config.yaml": json.dumps(rules, indent=2)},
    }

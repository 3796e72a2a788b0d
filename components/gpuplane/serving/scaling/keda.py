"""KEDA's ScaledObject, for a server that scales on a queue."""

from typing import Any

import pulumi

from gpuplane.arguments.inputs import Input
from gpuplane.serving.scaling.args import Scaling
from gpuplane.serving.scaling.queue import QueueScaling

KEDA_API = "keda.sh/v1alpha1"


def scaled_object_spec(
    args: Scaling, queue: QueueScaling, deployment: Input[str], namespace: Input[str]
) -> dict[str, Any]:
    """Return the spec of a ScaledObject. KEDA creates and owns its HorizontalPodAutoscaler.

    Source: https://keda.sh/docs/latest/reference/scaledobject-spec/

    Args:
        args: The server's scaling.
        queue: The queue it scales on.
        deployment: Name of the Deployment.
        namespace: Its namespace.
    """
    own = pulumi.Output.format(
        'sum({0}{{namespace="{1}",pod=~"{2}-[a-z0-9]+-[a-z0-9]+"}})', queue.metric, namespace, deployment
    )
    trigger = {
        "serverAddress": queue.server_address,
        "query": own if queue.query is None else queue.query,
        "threshold": str(queue.per_replica),
    }
    return {
        "scaleTargetRef": {"name": deployment},
        "minReplicaCount": args.min_replicas,
        "maxReplicaCount": args.max_replicas,
        "pollingInterval": queue.polling_seconds,
        "cooldownPeriod": queue.cooldown_seconds,
        "advanced": {
            "horizontalPodAutoscalerConfig": {"behavior": {"scaleUp": args.up.rules, "scaleDown": args.down.rules}}
        },
        "triggers": [{"type": "prometheus", "metricType": "AverageValue", "metadata": trigger}],
    }

"""The Helm releases of Karpenter: its definitions by a chart of their own, and its controller."""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.clusters.karpenter.args import KarpenterArgs

REGISTRY = "oci://public.ecr.aws/karpenter"
CONTROLLER = "karpenter"
DEFINITIONS = "karpenter-crd"
SERVICE_ACCOUNT = "karpenter"
REPLICAS = 2

# Of each of the controller's pods. Source: https://karpenter.sh/v1.14/getting-started/getting-started-with-karpenter/
RESOURCES = {"cpu": "1", "memory": "1Gi"}


def definitions_inputs(args: KarpenterArgs) -> dict[str, Any]:
    """The release of the definitions, which an upgrade changes: Helm leaves those beside a chart as they are.

    Source: https://karpenter.sh/v1.14/upgrading/upgrade-guide/#crd-upgrades
    """
    return _release(DEFINITIONS, args)


def controller_inputs(args: KarpenterArgs, region: Input[str], queue: Input[str]) -> dict[str, Any]:
    """The release of the controller.

    Args:
        args: The component's arguments.
        region: The region it works in, which pods cannot read from their nodes.
        queue: Name of its queue.
    """
    return {**_release(CONTROLLER, args), "skipCrds": True, "values": values(args.cluster, region, queue)}


def values(cluster: Input[str], region: Input[str], queue: Input[str]) -> dict[str, Any]:
    """The chart's values beside its own: two pods, on nodes that Karpenter did not make, apart from each other.

    They spread over the zones of nodes that take them: zones of tainted GPU nodes do not count. Source:
    https://github.com/aws/karpenter-provider-aws/blob/main/charts/karpenter/values.yaml
    """
    return {
        "replicas": REPLICAS,
        "serviceAccount": {"name": SERVICE_ACCOUNT},
        "settings": {"clusterName": cluster, "interruptionQueue": queue},
        "controller": {
            "resources": {"requests": RESOURCES, "limits": RESOURCES},
            "env": [{"name": "AWS_REGION", "value": region}],
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "nodeTaintsPolicy": "Honor",
            }
        ],
    }


def _release(chart: str, args: KarpenterArgs) -> dict[str, Any]:
    return {
        "name": chart,
        "chart": f"{REGISTRY}/{chart}",
        "version": args.version,
        "namespace": args.namespace,
        "createNamespace": True,
    }

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
    """Return the release of the CRDs, from a chart of their own: Helm never upgrades those in a chart's `crds` folder.

    Source: https://karpenter.sh/v1.14/upgrading/upgrade-guide/#crd-upgrades
    """
    return _release(DEFINITIONS, args)


def controller_inputs(args: KarpenterArgs, region: Input[str], queue: Input[str]) -> dict[str, Any]:
    """Return the release of the controller.

    Args:
        args: The component's arguments.
        region: Its region, which pods cannot read from the metadata of their nodes.
        queue: Name of its queue.
    """
    return {**_release(CONTROLLER, args), "skipCrds": True, "values": values(args.cluster, region, queue)}


def values(cluster: Input[str], region: Input[str], queue: Input[str]) -> dict[str, Any]:
    """Return the chart's values: two pods, on nodes that Karpenter does not manage, spread over zones.

    Zones whose nodes the pods do not tolerate, such as those of GPU nodes, do not count. Source:
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

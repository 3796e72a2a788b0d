"""The inputs of AWS's EFA device plugin."""

from typing import Any

from gpuplane.devices.efa_device_plugin.args import EfaDevicePluginShape
from gpuplane.devices.node_critical.inputs import DEVICE_PLUGINS_FOLDER, critical_daemonset
from gpuplane.nodepools.facts import EFA_PRESENT_LABEL

# Volume: path on the node and in the container.
_PATHS = {"device-plugins": DEVICE_PLUGINS_FOLDER, "infiniband": "/dev/infiniband"}


def daemonset_inputs(args: EfaDevicePluginShape) -> dict[str, Any]:
    """Return the DaemonSet of AWS's chart 0.5.30, for every node with EFA.

    The chart selects nodes by a list of instance types, with EFA interfaces or without, and does not tolerate the taint
    of GPUs. The folder of AWS's own accelerators is left out. Source:
    https://github.com/aws/eks-charts/tree/master/stable/aws-efa-k8s-device-plugin
    """
    pod = {
        "automountServiceAccountToken": False,
        "hostNetwork": True,
        "nodeSelector": {EFA_PRESENT_LABEL: "true"},
        "containers": [
            {
                "name": "efa-device-plugin",
                "image": args.image,
                "resources": {"requests": {"cpu": "10m", "memory": "20Mi"}, "limits": {"memory": "128Mi"}},
                "securityContext": {"privileged": True, "runAsUser": 0, "runAsNonRoot": False},
                "volumeMounts": [{"name": name, "mountPath": path} for name, path in _PATHS.items()],
            }
        ],
        "volumes": [{"name": name, "hostPath": {"path": path, "type": "Directory"}} for name, path in _PATHS.items()],
    }
    return critical_daemonset("efa-device-plugin", args.namespace, pod)

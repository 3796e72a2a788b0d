"""NVIDIA's device plugin as a native DaemonSet."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component import Component
from gpuplane.devices.args import NvidiaDevicePluginArgs
from gpuplane.nodepools.facts import GPU_TAINT_KEY

LABELS = {"app.kubernetes.io/name": "nvidia-device-plugin"}
DEVICE_PLUGINS = "/var/lib/kubelet/device-plugins"


class NvidiaDevicePlugin(Component):
    """NVIDIA's device plugin on every node labelled `nvidia.com/gpu.present=true`, which gpuplane's pools set.

    Example:
        >>> NvidiaDevicePlugin("gpus", {"pools": [pool.facts]})

    Attributes:
        namespace: Name of its namespace.
        resource: The DaemonSet.
        runtime_class: Name of the RuntimeClass, for pods that ask for GPUs by environment variable.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "runtime-class", "daemonset")

    def __init__(
        self,
        name: str,
        args: NvidiaDevicePluginArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = NvidiaDevicePluginArgs.of(f'NvidiaDevicePlugin "{name}"', args)
        super().__init__(name, checked, opts)
        namespace = self.make(
            k8s.core.v1.Namespace,
            "namespace",
            {
                "metadata": {
                    "name": checked.namespace,
                    "labels": {"pod-security.kubernetes.io/enforce": "privileged"},
                }
            },
        )
        self.namespace: pulumi.Output[str] = pulumi.Output.from_input(namespace.metadata.name)
        quota = self.make(k8s.core.v1.ResourceQuota, "quota", quota_inputs(checked.namespace), _after([namespace]))
        runtime_class = self.make(
            k8s.node.v1.RuntimeClass,
            "runtime-class",
            {"metadata": {"name": checked.runtime_class}, "handler": checked.runtime_class},
        )
        self.resource = self.make(
            k8s.apps.v1.DaemonSet, "daemonset", daemonset_inputs(checked), _after([namespace, quota, runtime_class])
        )
        self.runtime_class: pulumi.Output[str] = pulumi.Output.from_input(runtime_class.metadata.name)
        self.register_outputs({"namespace": self.namespace})


def _after(resources: Sequence[pulumi.Resource]) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(depends_on=resources)


def quota_inputs(namespace: str) -> dict[str, Any]:
    """A quota that lets node-critical pods in: GKE admits them outside kube-system only where one is.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-operator
    """
    return {
        "metadata": {"name": "node-critical", "namespace": namespace},
        "spec": {
            "hard": {"pods": "10000"},
            "scopeSelector": {
                "matchExpressions": [
                    {"operator": "In", "scopeName": "PriorityClass", "values": ["system-node-critical"]}
                ]
            },
        },
    }


def daemonset_inputs(args: NvidiaDevicePluginArgs) -> dict[str, Any]:
    """The DaemonSet: on GPU nodes only, and on all of them."""
    return {
        "metadata": {"name": "nvidia-device-plugin", "namespace": args.namespace, "labels": LABELS},
        "spec": {
            "selector": {"matchLabels": LABELS},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "priorityClassName": "system-node-critical",
                    "runtimeClassName": args.runtime_class,
                    "automountServiceAccountToken": False,
                    "nodeSelector": {"nvidia.com/gpu.present": "true"},
                    "tolerations": [{"key": GPU_TAINT_KEY, "operator": "Exists", "effect": "NoSchedule"}],
                    "containers": [
                        {
                            "name": "nvidia-device-plugin",
                            "image": args.image,
                            "env": [{"name": "FAIL_ON_INIT_ERROR", "value": "true"}],
                            "resources": {
                                "requests": {"cpu": "50m", "memory": "64Mi"},
                                "limits": {"memory": "256Mi"},
                            },
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "capabilities": {"drop": ["ALL"]},
                                "readOnlyRootFilesystem": True,
                            },
                            "volumeMounts": [{"name": "device-plugins", "mountPath": DEVICE_PLUGINS}],
                        }
                    ],
                    "volumes": [{"name": "device-plugins", "hostPath": {"path": DEVICE_PLUGINS, "type": "Directory"}}],
                },
            },
        },
    }

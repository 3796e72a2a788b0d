"""GPU model serving on GKE and EKS as Pulumi components.

Everything below is loaded on first use, so that a program for one cloud never loads the other's SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gpuplane.arguments.errors import InvalidArgumentsError, Problem
    from gpuplane.clusters.autoscaler.component import ClusterAutoscaler
    from gpuplane.clusters.eks.component import EksCluster, ExistingEksCluster
    from gpuplane.clusters.gke.component import ExistingGkeCluster, GkeCluster
    from gpuplane.clusters.karpenter.component import Karpenter
    from gpuplane.clusters.kubeconfig.component import KubeconfigCluster
    from gpuplane.devices.dcgm_exporter.component import DcgmExporter
    from gpuplane.devices.efa_device_plugin.component import EfaDevicePlugin
    from gpuplane.devices.gke_driver_installer.component import GkeDriverInstaller
    from gpuplane.devices.gpu_operator.component import GpuOperator
    from gpuplane.devices.nvidia_device_plugin.component import NvidiaDevicePlugin
    from gpuplane.nodepools.compute_class.component import GkeComputeClass
    from gpuplane.nodepools.eks.component import EksGpuNodePool
    from gpuplane.nodepools.facts import PoolFacts
    from gpuplane.nodepools.gke.component import GkeGpuNodePool
    from gpuplane.nodepools.gke_networks.component import GkeNodeNetworks
    from gpuplane.nodepools.karpenter.component import KarpenterGpuNodePool
    from gpuplane.observability.custom_metric_rules.component import CustomMetricRules
    from gpuplane.observability.model_monitoring.component import ModelMonitoring
    from gpuplane.observability.tenant_monitoring.component import TenantMonitoring
    from gpuplane.serving.artefacts.readers.eks import EksBucketReader
    from gpuplane.serving.artefacts.readers.gke import GkeBucketReader
    from gpuplane.serving.component import ModelServer
    from gpuplane.serving.traffic.gateway.component import InferenceGateway
    from gpuplane.serving.traffic.ingress.component import ModelIngress
    from gpuplane.serving.traffic.load_balancer.component import ModelLoadBalancer
    from gpuplane.serving.traffic.route.component import ModelRoute
    from gpuplane.tenancy.component import TenantNamespace
    from gpuplane.training.component import TrainingJob

_HOMES = {
    "ClusterAutoscaler": "clusters.autoscaler.component",
    "DcgmExporter": "devices.dcgm_exporter.component",
    "CustomMetricRules": "observability.custom_metric_rules.component",
    "EfaDevicePlugin": "devices.efa_device_plugin.component",
    "EksBucketReader": "serving.artefacts.readers.eks",
    "EksCluster": "clusters.eks.component",
    "EksGpuNodePool": "nodepools.eks.component",
    "ExistingEksCluster": "clusters.eks.component",
    "ExistingGkeCluster": "clusters.gke.component",
    "GkeBucketReader": "serving.artefacts.readers.gke",
    "GkeCluster": "clusters.gke.component",
    "GkeComputeClass": "nodepools.compute_class.component",
    "GkeDriverInstaller": "devices.gke_driver_installer.component",
    "GkeGpuNodePool": "nodepools.gke.component",
    "GkeNodeNetworks": "nodepools.gke_networks.component",
    "GpuOperator": "devices.gpu_operator.component",
    "InferenceGateway": "serving.traffic.gateway.component",
    "InvalidArgumentsError": "arguments.errors",
    "Karpenter": "clusters.karpenter.component",
    "KarpenterGpuNodePool": "nodepools.karpenter.component",
    "KubeconfigCluster": "clusters.kubeconfig.component",
    "ModelIngress": "serving.traffic.ingress.component",
    "ModelLoadBalancer": "serving.traffic.load_balancer.component",
    "ModelMonitoring": "observability.model_monitoring.component",
    "ModelRoute": "serving.traffic.route.component",
    "ModelServer": "serving.component",
    "NvidiaDevicePlugin": "devices.nvidia_device_plugin.component",
    "PoolFacts": "nodepools.facts",
    "Problem": "arguments.errors",
    "TenantMonitoring": "observability.tenant_monitoring.component",
    "TenantNamespace": "tenancy.component",
    "TrainingJob": "training.component",
}

__all__ = [
    "ClusterAutoscaler",
    "CustomMetricRules",
    "DcgmExporter",
    "EfaDevicePlugin",
    "EksBucketReader",
    "EksCluster",
    "EksGpuNodePool",
    "ExistingEksCluster",
    "ExistingGkeCluster",
    "GkeBucketReader",
    "GkeCluster",
    "GkeComputeClass",
    "GkeDriverInstaller",
    "GkeGpuNodePool",
    "GkeNodeNetworks",
    "GpuOperator",
    "InferenceGateway",
    "InvalidArgumentsError",
    "Karpenter",
    "KarpenterGpuNodePool",
    "KubeconfigCluster",
    "ModelIngress",
    "ModelLoadBalancer",
    "ModelMonitoring",
    "ModelRoute",
    "ModelServer",
    "NvidiaDevicePlugin",
    "PoolFacts",
    "Problem",
    "TenantMonitoring",
    "TenantNamespace",
    "TrainingJob",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

"""GPU model serving on GKE and EKS as Pulumi components.

Everything below is loaded on first use, so that a program for one cloud never loads the other's SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gpuplane.clusters.autoscaler.autoscaler import ClusterAutoscaler
    from gpuplane.clusters.eks import EksCluster, ExistingEksCluster
    from gpuplane.clusters.gke import ExistingGkeCluster, GkeCluster
    from gpuplane.clusters.karpenter.karpenter import Karpenter
    from gpuplane.clusters.kubeconfig import KubeconfigCluster
    from gpuplane.devices.dcgm_exporter.exporter import DcgmExporter
    from gpuplane.devices.efa_device_plugin.plugin import EfaDevicePlugin
    from gpuplane.devices.gke_driver_installer.installer import GkeDriverInstaller
    from gpuplane.devices.gpu_operator.operator import GpuOperator
    from gpuplane.devices.nvidia_device_plugin.plugin import NvidiaDevicePlugin
    from gpuplane.errors import InvalidArgumentsError, Problem
    from gpuplane.nodepools.compute_class.compute_class import GkeComputeClass
    from gpuplane.nodepools.eks.pool import EksGpuNodePool
    from gpuplane.nodepools.facts import PoolFacts
    from gpuplane.nodepools.gke.pool import GkeGpuNodePool
    from gpuplane.nodepools.gke_networks.networks import GkeNodeNetworks
    from gpuplane.nodepools.karpenter.pool import KarpenterGpuNodePool
    from gpuplane.observability.adapter import CustomMetricRules
    from gpuplane.observability.model_monitoring import ModelMonitoring
    from gpuplane.observability.tenant_monitoring import TenantMonitoring
    from gpuplane.serving.artefacts.readers.eks import EksBucketReader
    from gpuplane.serving.artefacts.readers.gke import GkeBucketReader
    from gpuplane.serving.model_server import ModelServer
    from gpuplane.serving.traffic.inference_gateway import InferenceGateway
    from gpuplane.serving.traffic.model_ingress import ModelIngress
    from gpuplane.serving.traffic.model_load_balancer import ModelLoadBalancer
    from gpuplane.serving.traffic.model_route import ModelRoute
    from gpuplane.tenancy.tenant_namespace import TenantNamespace
    from gpuplane.training.training_job import TrainingJob

_HOMES = {
    "ClusterAutoscaler": "clusters.autoscaler.autoscaler",
    "DcgmExporter": "devices.dcgm_exporter.exporter",
    "CustomMetricRules": "observability.adapter",
    "EfaDevicePlugin": "devices.efa_device_plugin.plugin",
    "EksBucketReader": "serving.artefacts.readers.eks",
    "EksCluster": "clusters.eks",
    "EksGpuNodePool": "nodepools.eks.pool",
    "ExistingEksCluster": "clusters.eks",
    "ExistingGkeCluster": "clusters.gke",
    "GkeBucketReader": "serving.artefacts.readers.gke",
    "GkeCluster": "clusters.gke",
    "GkeComputeClass": "nodepools.compute_class.compute_class",
    "GkeDriverInstaller": "devices.gke_driver_installer.installer",
    "GkeGpuNodePool": "nodepools.gke.pool",
    "GkeNodeNetworks": "nodepools.gke_networks.networks",
    "GpuOperator": "devices.gpu_operator.operator",
    "InferenceGateway": "serving.traffic.inference_gateway",
    "InvalidArgumentsError": "errors",
    "Karpenter": "clusters.karpenter.karpenter",
    "KarpenterGpuNodePool": "nodepools.karpenter.pool",
    "KubeconfigCluster": "clusters.kubeconfig",
    "ModelIngress": "serving.traffic.model_ingress",
    "ModelLoadBalancer": "serving.traffic.model_load_balancer",
    "ModelMonitoring": "observability.model_monitoring",
    "ModelRoute": "serving.traffic.model_route",
    "ModelServer": "serving.model_server",
    "NvidiaDevicePlugin": "devices.nvidia_device_plugin.plugin",
    "PoolFacts": "nodepools.facts",
    "Problem": "errors",
    "TenantMonitoring": "observability.tenant_monitoring",
    "TenantNamespace": "tenancy.tenant_namespace",
    "TrainingJob": "training.training_job",
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

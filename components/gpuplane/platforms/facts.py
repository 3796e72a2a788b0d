"""The columns of a platform's table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

_STRICT: Mapping[str, str] = {"extra": "forbid"}


@dataclass(frozen=True)
class GatewayClass:
    """A GatewayClass that a controller of the platform provides.

    Attributes:
        name: Name of the class in the cluster.
        reach: `world` or `private` where the class decides who can reach it; empty where each Gateway does.
        policies: API of the objects that configure its backends: `gke`, `aws`, or `portable` for Gateway API alone.
        callers: Addresses from which requests reach the pods; empty for Google's front ends and for pods.
    """

    name: str
    reach: str = ""
    policies: str = "portable"
    callers: str = ""

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT


@dataclass(frozen=True)
class LoadBalancer:
    """Annotations that the platform's load balancer controller reads.

    Attributes:
        internal_annotations: Of a Service whose load balancer is reached from the cluster's network only.
        external_annotations: Of a Service whose load balancer is reached from the internet.
        certificate_annotation: Names the certificate that the load balancer terminates TLS with; empty where it cannot.
        tls_annotations: Go with a certificate.
        recognized_internal: Annotations, with their values in lower case, of any Service or Ingress that is internal.
        recognized_tls: Annotations of any Service or Ingress that terminates TLS.
    """

    internal_annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    external_annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    certificate_annotation: str = ""
    tls_annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    recognized_internal: Mapping[str, str] = field(default_factory=dict[str, str])
    recognized_tls: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT


@dataclass(frozen=True)
class StorageClass:
    """A StorageClass of a new cluster.

    Attributes:
        name: Name of the class.
        provisioner: Name of its provisioner.
        volume_binding_mode: `Immediate` or `WaitForFirstConsumer`.
        is_default: Whether claims without a class get this one.
        source: Where the platform documents it.
    """

    name: str
    provisioner: str
    volume_binding_mode: str
    source: str
    is_default: bool = False

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT


@dataclass(frozen=True)
class Provisioner:
    """A volume provisioner that runs in a new cluster.

    Attributes:
        name: Its name in a StorageClass.
        access_modes: Access modes of the volumes that it provides.
        source: Where they are documented.
        refusal: Its message for any other access mode; empty when it is not known.
    """

    name: str
    access_modes: tuple[str, ...]
    source: str
    refusal: str = ""

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT


@dataclass(frozen=True)
class CredentialPlugin:
    """The program that a kubeconfig calls for credentials.

    Attributes:
        command: Name of the program.
        install: How to install it.
    """

    command: str
    install: str

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT


@dataclass(frozen=True)
class Endpoint:
    """Addresses and a TCP port.

    Attributes:
        cidr: The addresses.
        port: The port.
    """

    cidr: str
    port: int

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT


@dataclass(frozen=True)
class PlatformFacts:
    """Everything that gpuplane knows of one platform.

    Attributes:
        title: Its name in messages.
        sources: Documentation of each column, by the column's name.
        pulumi_provider: Name of the Pulumi provider of its cloud, such as `gcp`; empty without a cloud.
        cluster_type: Token of the Pulumi resource of a cluster; empty without a cloud.
        cluster_function: Token of the Pulumi function that looks a cluster up; empty without a cloud.
        credential_plugin: Program that kubeconfigs of its clusters call for credentials; None without a cloud.
        credential_endpoints: Where pods get the credentials of their workload identity.
        dns_cidrs: Addresses of the cluster's DNS outside the namespace `kube-system`.
        load_balancer_cidrs: Addresses from which its global load balancers reach pods.
        has_metrics_server: Whether a new cluster serves the metrics API by itself.
        accelerator_label: Node label that names the accelerator of a node; empty where no label does.
        gpu_driver_folder: Folder of the node with the GPU driver, which containers have to mount; empty where the
            container runtime brings it.
        taints_arm_nodes: Whether nodes with Arm processors are tainted with their architecture.
        scales_nodes: Whether an autoscaler of the platform's own adds nodes to its node pools.
        default_gateway_class: GatewayClass of a gateway that the internet reaches; empty without a controller.
        default_internal_gateway_class: GatewayClass of an internal gateway; empty without a controller.
        gateway_classes: The classes that its controllers provide.
        load_balancer: Annotations that its load balancer controllers read.
        storage_classes: Storage classes of a new cluster.
        provisioners: Volume provisioners of a new cluster.
    """

    title: str
    sources: Mapping[str, tuple[str, ...]]
    pulumi_provider: str = ""
    cluster_type: str = ""
    cluster_function: str = ""
    credential_plugin: CredentialPlugin | None = None
    credential_endpoints: tuple[Endpoint, ...] = ()
    dns_cidrs: tuple[str, ...] = ()
    load_balancer_cidrs: tuple[str, ...] = ()
    has_metrics_server: bool = False
    accelerator_label: str = ""
    gpu_driver_folder: str = ""
    taints_arm_nodes: bool = False
    scales_nodes: bool = False
    default_gateway_class: str = ""
    default_internal_gateway_class: str = ""
    gateway_classes: tuple[GatewayClass, ...] = ()
    load_balancer: LoadBalancer = LoadBalancer()
    storage_classes: tuple[StorageClass, ...] = ()
    provisioners: tuple[Provisioner, ...] = ()

    __pydantic_config__: ClassVar[Mapping[str, str]] = _STRICT

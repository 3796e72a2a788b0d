"""The inputs of a GKE cluster and of its CPU pool."""

from collections.abc import Mapping
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.clusters.gke.args import GkeClusterArgs
from gpuplane.clusters.gke.fields import Weekday
from gpuplane.clusters.gke.maintenance import GkeMaintenance


def gke_identifier(project: str, location: str, cluster: str) -> str:
    """Return the identifier of a cluster, known before the cluster exists."""
    return f"projects/{project}/locations/{location}/clusters/{cluster}"


def cluster_inputs(args: GkeClusterArgs) -> dict[str, Any]:
    """Return the inputs of the cluster, without its name."""
    ranges = {"clusterSecondaryRangeName": args.pod_range, "servicesSecondaryRangeName": args.service_range}
    return {
        "project": args.project,
        "location": args.location,
        "network": args.network,
        **({"subnetwork": args.subnetwork} if args.subnetwork is not None else {}),
        **({"resourceLabels": args.labels} if args.labels else {}),
        "deletionProtection": args.deletion_protection,
        "removeDefaultNodePool": True,
        "initialNodeCount": 1,
        "releaseChannel": {"channel": args.release_channel.value},
        **maintenance_inputs(args.maintenance),
        "workloadIdentityConfig": {"workloadPool": f"{args.project}.svc.id.goog"},
        "privateClusterConfig": {
            "enablePrivateNodes": True,
            **({"enablePrivateEndpoint": True} if args.private_endpoint else {}),
        },
        **access_inputs(args.authorized_networks),
        "ipAllocationPolicy": {"stackType": "IPV4", **{key: name for key, name in ranges.items() if name}},
        "datapathProvider": "ADVANCED_DATAPATH",
        **({"enableMultiNetworking": True} if args.multi_networking else {}),
        **(
            {"databaseEncryption": {"state": "ENCRYPTED", "keyName": args.secrets_kms_key}}
            if args.secrets_kms_key is not None
            else {}
        ),
        "enableShieldedNodes": True,
        "securityPostureConfig": {"mode": "BASIC"},
        "costManagementConfig": {"enabled": True},
        "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]},
        "monitoringConfig": {
            "enableComponents": ["SYSTEM_COMPONENTS", "DCGM"],
            "managedPrometheus": {"enabled": True},
        },
        "addonsConfig": {
            "gcePersistentDiskCsiDriverConfig": {"enabled": True},
            "gcpFilestoreCsiDriverConfig": {"enabled": True},
            "gcsFuseCsiDriverConfig": {"enabled": True},
        },
    }


def maintenance_inputs(maintenance: GkeMaintenance | None) -> dict[str, Any]:
    """Return the maintenance policy; empty where GKE chooses the time."""
    if maintenance is None:
        return {}
    hour, minute = map(int, maintenance.start.split(":"))
    ends = hour + maintenance.hours
    days = ",".join(day.value[:2].upper() for day in Weekday if day in maintenance.days)
    window = {
        "startTime": f"2026-01-01T{hour:02}:{minute:02}:00Z",
        "endTime": f"2026-01-{1 + ends // 24:02}T{ends % 24:02}:{minute:02}:00Z",
        "recurrence": f"FREQ=WEEKLY;BYDAY={days}" if days else "FREQ=DAILY",
    }
    return {"maintenancePolicy": {"recurringWindow": window}}


def access_inputs(authorized_networks: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the networks that may reach the control plane; empty for any."""
    if authorized_networks is None:
        return {}
    blocks = [{"displayName": name, "cidrBlock": cidr} for name, cidr in sorted(authorized_networks.items())]
    return {"masterAuthorizedNetworksConfig": {"cidrBlocks": blocks, "gcpPublicCidrsAccessEnabled": False}}


def cpu_pool_inputs(args: GkeClusterArgs) -> dict[str, Any]:
    """Return the inputs of the CPU pool, without the configuration of its nodes."""
    return {
        "project": args.project,
        "location": args.location,
        "autoscaling": {
            "totalMinNodeCount": 1,
            "totalMaxNodeCount": args.cpu_max_nodes,
            "locationPolicy": "BALANCED",
        },
        "management": {"autoRepair": True, "autoUpgrade": True},
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0},
    }


def cpu_node_inputs(args: GkeClusterArgs, service_account: Input[str]) -> dict[str, Any]:
    """Return the configuration of the CPU pool's nodes."""
    return {
        "machineType": args.cpu_machine_type,
        "imageType": "COS_CONTAINERD",
        "serviceAccount": service_account,
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"},
        **({"resourceLabels": args.labels} if args.labels else {}),
    }

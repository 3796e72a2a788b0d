"""The GPUs that a stack takes at its largest, and where an account's quota for them is shown.

Sources: https://cloud.google.com/compute/resource-usage#gpu_quota and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
"""

from collections.abc import Iterator

from gpuplane import hardware
from gpuplane.doctor.check import Check, Status
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.gke.zones import region_of_location
from gpuplane.platforms import Platform
from gpuplane.stackconfig.model import StackConfig

ZONES_OF_A_REGION = 3


def quota(config: StackConfig) -> Iterator[Check]:
    """One line a pool; whether the account has as many nobody knows from here."""
    google = config.cluster.gke or config.cluster.existing_gke
    amazon = config.cluster.eks or config.cluster.existing_eks
    if google:
        for name, pool in config.pools.gke.items():
            yield _google(name, pool, google.project, region_of_location(google.location))
    if amazon:
        for name, pool in config.pools.eks.items():
            yield _amazon(name, pool, amazon.region)


def _google(name: str, pool: GkeGpuPoolShape, project: str, region: str) -> Check:
    machine = hardware.machine(Platform.GKE, pool.machine_type)
    each = pool.gpus_per_node or machine.gpu_devices or 1
    zones = len(pool.zones or [1] * ZONES_OF_A_REGION) if pool.limits_per_zone else 1
    what = f"{pool.max_nodes * zones * each} x {pool.accelerator or machine.accelerator}"
    shown = (
        f"gcloud compute regions describe {region} --project {project} --flatten quotas "
        "--format 'csv[no-heading](quotas.metric,quotas.limit,quotas.usage)' | grep GPU"
    )
    return Check(f"quota of {name}", Status.LOOK, f"at most {what}, {pool.capacity.value}, in {region}", shown)


def _amazon(name: str, pool: EksGpuPoolShape, region: str) -> Check:
    machine = hardware.machine(Platform.EKS, pool.machine_type)
    gpus = f"{pool.max_nodes * machine.gpu_devices} x {machine.accelerator}"
    what = f"{pool.max_nodes * machine.vcpus} vCPUs of {pool.machine_type}, which are {gpus}"
    counted = f"Quotas[?contains(QuotaName, ' {_family(pool.machine_type)}')].[QuotaName,Value]"
    shown = (
        f"aws service-quotas list-service-quotas --service-code ec2 --region {region} "
        f'--query "{counted}" --output table'
    )
    return Check(f"quota of {name}", Status.LOOK, f"at most {what}, {pool.capacity.value}, in {region}", shown)


def _family(machine_type: str) -> str:
    """What EC2 calls the group of instance types that are counted together, by vCPUs."""
    return {"g": "G and VT", "p": "P"}.get(machine_type[:1], machine_type[:1].upper())

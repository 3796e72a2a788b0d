"""The GPUs that a stack takes at its largest, and the command that shows the account's quota for them.

Sources: https://cloud.google.com/compute/resource-usage#gpu_quota and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
"""

from collections.abc import Iterator

from gpuplane.doctor.check import Check, Status
from gpuplane.platforms.locations import region_of
from gpuplane.stackconfig.model import StackConfig
from gpuplane.stackconfig.sections.pools import Pool


def quota(config: StackConfig) -> Iterator[Check]:
    """Yield a check for each pool. Only the account knows its quota, so a person has to look."""
    google = config.cluster.gke or config.cluster.existing_gke
    amazon = config.cluster.eks or config.cluster.existing_eks
    for pool in config.all_pools:
        if google:
            yield _google(pool, google.project, region_of(google.location))
        if amazon:
            yield _amazon(pool, amazon.region)


def _google(pool: Pool, project: str, region: str) -> Check:
    facts = pool.facts
    each = max(found.gpu_devices for found in pool.machines)
    command = (
        f"gcloud compute regions describe {region} --project {project} --flatten quotas "
        "--format 'csv[no-heading](quotas.metric,quotas.limit,quotas.usage)' | grep GPU"
    )
    return _look(pool, f"{facts.max_nodes * each} x {facts.accelerator}", region, command)


def _amazon(pool: Pool, region: str) -> Check:
    facts = pool.facts
    largest = max(pool.machines, key=lambda found: found.vcpus)
    gpus = f"{facts.max_nodes * largest.gpu_devices} x {facts.accelerator}"
    needed = f"{facts.max_nodes * largest.vcpus} vCPUs of {largest.name}, which are {gpus}"
    counted = f"Quotas[?contains(QuotaName, ' {_family(largest.name)}')].[QuotaName,Value]"
    command = (
        f"aws service-quotas list-service-quotas --service-code ec2 --region {region} "
        f'--query "{counted}" --output table'
    )
    return _look(pool, needed, region, command)


def _look(pool: Pool, needed: str, region: str, command: str) -> Check:
    options = " or ".join(pool.purchase_options)
    return Check(f"quota of {pool.name}", Status.LOOK, f"at most {needed}, {options}, in {region}", command)


def _family(machine_type: str) -> str:
    """Return EC2's name of the group of instance types that one quota counts, in vCPUs."""
    return {"g": "G and VT", "p": "P"}.get(machine_type[:1], machine_type[:1].upper())

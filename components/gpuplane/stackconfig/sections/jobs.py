"""What a stack says of a training job: itself, and the names of what it stands on."""

from gpuplane.stackconfig.sections.models import ModelGpuConfig
from gpuplane.training.args import TrainingJobShape


class JobConfig(TrainingJobShape):
    """A training job, by the names of what it stands on."""

    tenant: str
    """Name of the tenant whose namespace it goes in."""

    gpu: ModelGpuConfig | None = None
    """GPUs of its pod. By default none."""

    secrets: dict[str, str] = {}
    """Secret environment variables: the name of the encrypted config key of each, to be set with
    `pulumi config set --secret KEY`."""

"""A training job of the `jobs` section."""

from gpuplane.stackconfig.sections.models import ModelGpuConfig
from gpuplane.training.args import TrainingJobShape


class JobConfig(TrainingJobShape):
    """A training job, which refers to its tenant and pool by name."""

    tenant: str
    """Name of its tenant."""

    gpu: ModelGpuConfig | None = None
    """GPUs of its pod. Default: none."""

    secrets: dict[str, str] = {}
    """Secret environment variables: the encrypted config key of each, set with `pulumi config set --secret KEY`."""

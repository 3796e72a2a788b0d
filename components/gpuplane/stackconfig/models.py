"""What a stack says of a model server: itself, and the names of what it stands on."""

from gpuplane.args import Args
from gpuplane.serving.args import ModelServerShape


class ModelGpuConfig(Args):
    """The GPUs of a model's replica."""

    count: int = 1
    """Whole GPUs a replica takes."""

    pool: str | None = None
    """Name of the pool whose accelerator it needs."""

    accelerator: str | None = None
    """Instead of a pool, the accelerator as the platform's node label spells it."""


class ModelConfig(ModelServerShape):
    """A model server, by the names of what it stands on."""

    tenant: str
    """Name of the tenant whose namespace it goes in."""

    gpu: ModelGpuConfig | None = None
    """GPUs of one replica. By default none, for a laptop."""

    secrets: dict[str, str] = {}
    """Secret environment variables: the name of the encrypted config key of each, to be set with
    `pulumi config set --secret KEY`."""

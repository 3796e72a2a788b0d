"""A model of the `models` section."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import MergePatch
from gpuplane.arguments.paths import within
from gpuplane.serving.args import ModelServerShape
from gpuplane.serving.rules import COMPUTE_REQUIRED
from gpuplane.serving.variants.args import TrafficSplit, split_problems
from gpuplane.stackconfig.sections.gateway import RouteConfig, variant_problems


class ModelGpuConfig(Args):
    """GPUs of a replica or of a job's pod."""

    count: int = 1
    """GPUs of a replica, or shares of one on a pool that shares GPUs."""

    pool: str | None = None
    """Name of the pool to run on, or of one with the same accelerator."""

    accelerator: str | None = None
    """In place of a pool, the accelerator as the platform's node label spells it."""

    resource: str | None = None
    """The extended resource to ask for. Default: the pool's, else `nvidia.com/gpu`."""


class VariantConfig(TrafficSplit):
    """A version of the model: its share of the requests, and its differences from the model."""

    overlay: MergePatch = {}
    """Differences from the model, as a JSON Merge Patch with the model's keys, such as
    `image: registry.example.com/bert:v2`."""


class ModelConfig(ModelServerShape):
    """A model server, which refers to its tenant and pool by name."""

    tenant: str
    """Name of its tenant."""

    gpu: ModelGpuConfig | None = None
    """GPUs of one replica. Default: none."""

    secrets: dict[str, str] = {}
    """Secret environment variables: the encrypted config key of each, set with `pulumi config set --secret KEY`."""

    route: RouteConfig | None = None
    """How clients outside the cluster reach it. Default: not at all."""

    variants: dict[str, VariantConfig] = {}
    """Versions that run side by side, by name, each as a server: `main` is named like the model, `canary` of the model
    `bert` is `bert-canary`. Default: the model alone. Each costs the GPUs of its own replicas, whatever its weight."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the rules over several arguments."""
        yield from super().own_problems()
        if not (self.gpu and self.gpu.pool):
            for path, part in (("cpu", self.cpu), ("memory", self.memory)):
                if part is None:
                    yield Problem(path, COMPUTE_REQUIRED)
        if not self.variants:
            return
        for name in self.variants:
            if not re.fullmatch(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", name):
                yield Problem(f"variants.{name}", "must be at most 22 lower-case letters, digits and hyphens")
        yield from within("variants", split_problems(self.variants))
        if self.route:
            yield from within("variants", variant_problems(self.variants, self.route.exposure))
        elif len(self.variants) > 1:
            yield Problem("route", "required by variants: nothing else distributes requests between them")

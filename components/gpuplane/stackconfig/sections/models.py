"""What a stack says of a model server: itself, and the names of what it stands on."""

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
    """The GPUs of a model's replica."""

    count: int = 1
    """GPUs of a replica, or shares of one on a pool that shares GPUs."""

    pool: str | None = None
    """Name of the pool whose accelerator it needs."""

    accelerator: str | None = None
    """Instead of a pool, the accelerator as the platform's node label spells it."""

    resource: str | None = None
    """The extended resource to ask for. By default the pool's, else whole GPUs."""


class VariantConfig(TrafficSplit):
    """A version of the model beside others: its share of the requests, and what it differs in."""

    overlay: MergePatch = {}
    """What is different from the model, as a JSON Merge Patch with the model's own keys, such as
    `image: registry.example.com/bert:v2`."""


class ModelConfig(ModelServerShape):
    """A model server, by the names of what it stands on."""

    tenant: str
    """Name of the tenant whose namespace it goes in."""

    gpu: ModelGpuConfig | None = None
    """GPUs of one replica. By default none, for a laptop."""

    secrets: dict[str, str] = {}
    """Secret environment variables: the name of the encrypted config key of each, to be set with
    `pulumi config set --secret KEY`."""

    route: RouteConfig | None = None
    """How the world reaches it. By default only pods of the cluster do."""

    variants: dict[str, VariantConfig] = {}
    """Versions beside each other, by name, each a server of its own: `main` has the model's own name, another one its
    own behind that. By default the model itself alone. Each costs its own replicas' GPUs, whatever its weight."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        yield from super().own_problems()
        if not (self.gpu and self.gpu.pool):
            for path, part in (("cpu", self.cpu), ("memory", self.memory)):
                if part is None:
                    yield Problem(path, COMPUTE_REQUIRED)
        if not self.variants:
            return
        for name, variant in self.variants.items():
            if not re.fullmatch(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", name):
                yield Problem(f"variants.{name}", "must be at most 22 letters in lower case, digits and -")
            yield from within(f"variants.{name}", variant.problems())
        yield from within("variants", split_problems(self.variants))
        if self.route:
            yield from within("variants", variant_problems(self.variants, self.route.exposure))
        elif len(self.variants) > 1:
            yield Problem("route", "required by variants: nothing else distributes requests between them")

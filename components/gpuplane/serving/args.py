"""The arguments of a model server."""

import re
from collections.abc import Iterable
from typing import Any

from gpuplane.args import Input, is_plain, within
from gpuplane.component import ComponentArgs
from gpuplane.errors import Problem
from gpuplane.serving.compute import Compute
from gpuplane.serving.gpu import GpuRequest
from gpuplane.serving.probes import Probes
from gpuplane.serving.scaling.args import Scaling
from gpuplane.serving.storage import ModelStorage


class ModelServerShape(ComponentArgs):
    """A model server, wherever it runs."""

    image: Input[str]
    """The server's image; it runs as a user other than root and may write to /tmp only."""

    cpu: Compute
    """CPU of one replica, in cores."""

    memory: Compute
    """Memory of one replica."""

    port: int = 8000
    """Where the server listens."""

    command: list[str] | None = None
    """What to run. By default what the image says."""

    env: dict[str, Input[str]] = {}
    """Environment variables that are no secret, kept in a ConfigMap: a change rolls the pods."""

    storage: ModelStorage | None = None
    """Where the model's files are. By default the image fetches them itself."""

    probes: Probes = Probes()
    """How Kubernetes knows that it works."""

    scaling: Scaling = Scaling()
    """How many replicas there are."""

    tolerations: list[dict[str, Any]] | None = None
    """Taints it stands. By default, with GPUs, the one of GPU nodes."""

    run_as_user: int = 1000
    """The user id of its processes, never 0."""

    grace_seconds: int = 60
    """How long a replica may finish its requests when it has to go."""

    def problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        for path, part in (
            ("cpu", self.cpu),
            ("memory", self.memory),
            ("probes", self.probes),
            ("scaling", self.scaling),
            ("storage", self.storage),
        ):
            if part is not None:
                yield from within(path, part.problems())
        yield from self._claim_problems()
        if self.run_as_user == 0:
            yield Problem("run_as_user", "must not be root, got 0, fix: a user id the image can run as")
        yield from _name_problems("env", self.env)
        if is_plain(self.image) and not re.search(r"(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$", str(self.image)):
            yield Problem("image", f"must have a tag or a digest, got {self.image!r}")

    def _claim_problems(self) -> Iterable[Problem]:
        claim = self.storage.claim if self.storage else None
        single = claim is not None and claim.access_mode in ("ReadWriteOnce", "ReadWriteOncePod")
        if claim and single and self.scaling.max_replicas > 1:
            yield Problem(
                "storage.claim.access_mode",
                f"must be mountable by {self.scaling.max_replicas} replicas (scaling.max_replicas), "
                f"got {claim.access_mode!r}, allowed: ReadWriteMany, ReadOnlyMany",
            )
        if claim and claim.access_mode == "ReadOnlyMany" and self.storage and self.storage.download:
            yield Problem(
                "storage.download", "must be able to write, got a ReadOnlyMany claim, fix: make it ReadWriteMany"
            )


class ModelServerArgs(ModelServerShape):
    """Arguments of `ModelServer`."""

    namespace: Input[str]
    """Namespace it goes in; take it from `TenantNamespace` so that its quota is there first."""

    gpu: GpuRequest | None = None
    """GPUs of one replica. By default none, for a laptop."""

    secrets: dict[str, Input[str]] = {}
    """Environment variables that are secret, kept in a Secret: a change rolls the pods."""

    def problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        yield from super().problems()
        if self.gpu:
            yield from within("gpu", self.gpu.problems())
        yield from _name_problems("secrets", self.secrets)
        for name in self.env.keys() & self.secrets.keys():
            yield Problem(f"secrets.{name}", "must be in env or in secrets, got both")


def _name_problems(path: str, variables: Iterable[str]) -> Iterable[Problem]:
    for name in variables:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            yield Problem(f"{path}.{name}", "must be a variable name, allowed: letters, digits and _")

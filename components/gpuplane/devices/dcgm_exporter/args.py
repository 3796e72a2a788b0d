"""The arguments of the DCGM exporter."""

import re
from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.component.base import ComponentArgs
from gpuplane.devices.dcgm_exporter.counters import PROFILING_PREFIX, DcgmCounter
from gpuplane.devices.node_critical.rules import own_namespace_problems
from gpuplane.nodepools.facts import PoolFacts

IMAGE = (
    "nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless"
    "@sha256:60d3b00ac80b4ae77f94dae2f943685605585ad9e92fdccda3154d009ae317cc"
)
_FIELD = re.compile(r"DCGM_(FI|EXP)_[A-Z0-9_]+")


class DcgmExporterShape(ComponentArgs):
    """NVIDIA's DCGM exporter."""

    namespace: str = "dcgm-exporter"
    """Namespace to create for it; privileged, since the exporter reads from the host which pod has which GPU."""

    image: str = IMAGE
    """The exporter's image."""

    profiling: bool = False
    """Serve the profiler's counters as well, such as the tensor cores' share of cycles; the exporter then may
    administer the system (`SYS_ADMIN`), and no other profiler can run on its GPUs. By default they are left out."""

    counters: dict[str, DcgmCounter] = {}
    """More counters, by DCGM field such as `DCGM_FI_DEV_ECC_DBE_VOL_TOTAL`; a usual one is served as said here."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the arguments that do not depend on pools."""
        yield from own_namespace_problems(self.namespace)
        for field in self.counters:
            if not _FIELD.fullmatch(field):
                yield Problem("counters", f"must be named by a DCGM field, got {field!r}, such as DCGM_FI_DEV_GPU_TEMP")
            if field.startswith(PROFILING_PREFIX) and not self.profiling:
                yield Problem(f"counters.{field}", "must not be given without the profiler, fix: profiling: true")


class DcgmExporterArgs(DcgmExporterShape):
    """Arguments of `DcgmExporter`."""

    pools: list[PoolFacts]
    """The GPU pools it is for, `pool.facts` each: they decide how it gets at the driver. It runs on every GPU node."""

"""Metrics APIs that a real cluster lacks and that the rehearsal serves itself."""

from collections.abc import Iterable, Iterator

from gpuplane.plain.nested import field
from gpuplane.platforms import Platform, facts
from gpuplane.recording import Recording
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.keda import is_created_by_keda

_GROUPS = {"pods": "custom.metrics.k8s.io", "object": "custom.metrics.k8s.io", "external": "external.metrics.k8s.io"}
_ADDON = "aws:eks/addon:Addon"
_METRICS_SERVER = "metrics-server"


def notes(snapshot: Snapshot, recording: Recording, platform: Platform | None) -> list[str]:
    """Return a line for each metrics API that autoscalers read and neither the platform nor the program serves."""
    registered = {
        str(field(one.inputs, "spec.group")) for one in recording.resources if one.type.endswith(":APIService")
    }
    is_built_in = platform is not None and facts(platform).has_metrics_server
    if is_built_in or any(_METRICS_SERVER in name for name in _installed(recording)):
        registered.add("metrics.k8s.io")
    wanted = sorted(set(_wanted(snapshot)))
    return [
        f"autoscalers read {metric} from {group}, which neither the platform nor the stack serves: simulated here"
        for group, metric in wanted
        if group not in registered
    ]


def _installed(recording: Recording) -> Iterable[str]:
    for one in recording.resources:
        if one.type == _ADDON:
            yield str(one.inputs.get("addonName", ""))
        elif one.type.endswith(":Deployment"):
            yield str(field(one.inputs, "metadata.name", ""))


def _wanted(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield each metric of an autoscaler with its API group."""
    for autoscaler in (one for one in snapshot.autoscalers if not is_created_by_keda(one)):
        for metric in field(autoscaler, "spec.metrics", []):
            for kind, group in _GROUPS.items():
                if kind in metric:
                    yield group, metric[kind]["metric"]["name"]
            if "resource" in metric or "containerResource" in metric:
                yield "metrics.k8s.io", "CPU and memory"

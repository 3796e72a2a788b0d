"""References of pods to objects that do not exist: KWOK's pods run without them, real ones do not."""

from collections.abc import Iterable, Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi, key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.origins import Origins

Object = dict[str, Any]

_KINDS = {"Secret": "secret", "ConfigMap": "configmap"}


def missing_references(api: KubernetesApi, snapshot: Snapshot, origins: Origins) -> list[Finding]:
    """Find workloads whose pods need a missing Secret or ConfigMap, in the kubelet's words."""
    there = {
        (kind, one["metadata"]["namespace"], one["metadata"]["name"]) for kind in _KINDS for one in api.list("v1", kind)
    }
    return [
        Finding(
            key(workload),
            "containers cannot be created",
            f'{_KINDS[kind]} "{name}" not found',
            "kubelet",
            (origins.key(workload, "secrets" if kind == "Secret" else "env", "spec.template.spec.containers"),),
        )
        for workload in _workloads(snapshot)
        for kind, name in sorted(set(_references(workload["spec"]["template"]["spec"])))
        if (kind, workload["metadata"]["namespace"], name) not in there
    ]


def unwritten_claims(snapshot: Snapshot, origins: Origins) -> list[Finding]:
    """Find claims of new volumes that every pod mounts read-only, so that they stay empty."""
    writable: dict[tuple[str, str], bool] = {}
    for workload in _workloads(snapshot):
        namespace = workload["metadata"]["namespace"]
        for claim, writes in _mounts(workload["spec"]["template"]["spec"]):
            writable[namespace, claim] = writable.get((namespace, claim), False) or writes
    return [
        Finding(
            key(claim),
            "has no writer",
            "its volume is new and empty, and every container mounts it read-only",
            "rehearsal",
            (origins.key(claim, "storage", "spec"),),
        )
        for claim in snapshot.claims
        if not _has_content(claim)
        and not (
            writable.get((claim["metadata"]["namespace"], claim["metadata"]["name"]), True)
            and set(claim["spec"]["accessModes"]) != {"ReadOnlyMany"}
        )
    ]


def _has_content(claim: Object) -> bool:
    """Return whether the claim's volume has content: it is a copy, or it already exists."""
    spec = claim["spec"]
    is_ours = str(spec.get("volumeName", "pvc-")).startswith("pvc-")
    return bool(spec.get("dataSource") or spec.get("dataSourceRef") or not is_ours)


def _workloads(snapshot: Snapshot) -> Iterable[Object]:
    return [*snapshot.deployments, *snapshot.daemon_sets, *snapshot.stateful_sets, *snapshot.jobs]


def _references(spec: Object) -> Iterator[tuple[str, str]]:
    for container in [*field(spec, "initContainers", []), *spec["containers"]]:
        for source in field(container, "envFrom", []):
            yield from _needed(source, {"secretRef": "Secret", "configMapRef": "ConfigMap"})
        for variable in field(container, "env", []):
            source = field(variable, "valueFrom", {})
            yield from _needed(source, {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"})
    for volume in field(spec, "volumes", []):
        secret = volume.get("secret")
        if secret and not secret.get("optional"):
            yield "Secret", secret["secretName"]
        yield from _needed(volume, {"configMap": "ConfigMap"})
        for source in field(volume, "projected.sources", []):
            yield from _needed(source, {"secret": "Secret", "configMap": "ConfigMap"})


def _needed(source: Object, kinds: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, kind in kinds.items():
        reference = source.get(name)
        if reference and not reference.get("optional"):
            yield kind, reference["name"]


def _mounts(spec: Object) -> Iterator[tuple[str, bool]]:
    """Yield each claim that the pod mounts, and whether a container may write to it."""
    for volume in field(spec, "volumes", []):
        claim = volume.get("persistentVolumeClaim")
        if not claim:
            continue
        mounts = [
            mount
            for container in [*field(spec, "initContainers", []), *spec["containers"]]
            for mount in field(container, "volumeMounts", [])
            if mount["name"] == volume["name"]
        ]
        writes = not claim.get("readOnly") and any(not mount.get("readOnly") for mount in mounts)
        yield claim["claimName"], writes

"""Stands in for volume provisioners: binds claims, or says why they stay pending.

Only the class and the access mode matter here; quotas and sizes of the cloud are unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.platforms import Platform, Provisioner, all_facts, facts

Object = dict[str, Any]

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
WRITABLE_BY_MANY = "ReadWriteMany"


@dataclass(frozen=True)
class Refusal:
    """A claim that its provisioner cannot serve.

    Attributes:
        claim: The claim.
        reason: The provisioner's reason.
    """

    claim: Object
    reason: str


def storage_classes(platform: Platform) -> list[Object]:
    """Return the storage classes of a new cluster of the platform; a kubeconfig cluster is taken for kind's."""
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": found.name,
                **({"annotations": {DEFAULT_CLASS: "true"}} if found.is_default else {}),
            },
            "provisioner": found.provisioner,
            "volumeBindingMode": found.volume_binding_mode,
        }
        for found in facts(platform).storage_classes
    ]


def provision(
    claims: Iterable[Object], classes: Iterable[Object], volumes: Iterable[Object]
) -> tuple[list[Object], list[Refusal]]:
    """Return the volumes that the provisioners create now, and the claims that they refuse.

    A claim with `WaitForFirstConsumer` gets its volume once a pod that mounts it is scheduled, which the scheduler
    records on the claim.
    """
    by_name = {one["metadata"]["name"]: one for one in classes}
    taken = {field(volume, "spec.claimRef.uid") for volume in volumes}
    made: list[Object] = []
    refused: list[Refusal] = []
    for claim in claims:
        spec = claim["spec"]
        storage_class = by_name.get(spec.get("storageClassName", ""))
        if field(claim, "status.phase") != "Pending" or claim["metadata"]["uid"] in taken or not storage_class:
            continue
        reason = _reason_against(spec, storage_class["provisioner"])
        if reason:
            refused.append(Refusal(claim, reason))
        elif _is_awaited(claim, storage_class):
            made.append(_volume(claim, storage_class))
    return made, refused


def _reason_against(spec: Mapping[str, Any], provisioner: str) -> str:
    known = _provisioners().get(provisioner)
    if known is None:
        return f"no provisioner {provisioner!r} in this cluster"
    allowed = known.access_modes
    wrong = [mode for mode in spec["accessModes"] if mode not in allowed]
    if not wrong or (spec.get("dataSource") and WRITABLE_BY_MANY not in wrong):
        return ""
    words = f": {known.refusal}" if known.refusal else ""
    return f"{provisioner} cannot provide {', '.join(wrong)}, allowed: {', '.join(allowed)}{words}"


def _is_awaited(claim: Mapping[str, Any], storage_class: Mapping[str, Any]) -> bool:
    selected = SELECTED_NODE in field(claim, "metadata.annotations", {})
    return selected or storage_class["volumeBindingMode"] == "Immediate"


def _volume(claim: Object, storage_class: Object) -> Object:
    metadata, spec = claim["metadata"], claim["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{metadata['uid']}"},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "storageClassName": spec["storageClassName"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "uid": metadata["uid"],
            },
            "csi": {
                "driver": storage_class["provisioner"].replace("/", "."),
                "volumeHandle": f"rehearsal-{metadata['uid']}",
            },
        },
    }


def _provisioners() -> Mapping[str, Provisioner]:
    return {found.name: found for table in all_facts().values() for found in table.provisioners}

"""Which claims the cloud's provisioners bind, and which they leave pending."""

from typing import Any

import pytest

from gpuplane.platforms import Platform
from gpuplane.rehearsal.controllers.volumes import provision, storage_classes


def claim(storage_class: str, *modes: str, selected: bool = True) -> dict[str, Any]:
    annotations = {"volume.kubernetes.io/selected-node": "node-0"} if selected else {}
    return {
        "metadata": {"name": "model", "namespace": "ml", "uid": "1", "annotations": annotations},
        "spec": {
            "storageClassName": storage_class,
            "accessModes": list(modes),
            "resources": {"requests": {"storage": "50Gi"}},
        },
        "status": {"phase": "Pending"},
    }


@pytest.mark.parametrize(
    ("platform", "storage_class", "mode"),
    [
        (Platform.GKE, "standard-rwo", "ReadWriteOnce"),
        (Platform.GKE, "standard-rwx", "ReadWriteMany"),
        (Platform.GKE, "standard", "ReadWriteOnce"),
        (Platform.EKS, "gp2", "ReadWriteOnce"),
        (Platform.KUBECONFIG, "standard", "ReadWriteOncePod"),
    ],
)
def test_a_claim_its_class_can_serve_gets_a_volume_of_its_own(
    platform: Platform, storage_class: str, mode: str
) -> None:
    made, refused = provision([claim(storage_class, mode)], storage_classes(platform), [])
    assert refused == []
    assert [(one["spec"]["claimRef"]["uid"], one["spec"]["accessModes"]) for one in made] == [("1", [mode])]


@pytest.mark.parametrize(
    ("platform", "storage_class", "mode", "reason"),
    [
        (
            Platform.GKE,
            "standard",
            "ReadOnlyMany",
            (
                "kubernetes.io/gce-pd cannot provide ReadOnlyMany, allowed: ReadWriteOnce, ReadWriteOncePod: "
                "VolumeContentSource must be provided when AccessMode is set to read only"
            ),
        ),
        (
            Platform.EKS,
            "gp2",
            "ReadWriteMany",
            "kubernetes.io/aws-ebs cannot provide ReadWriteMany, allowed: ReadWriteOnce, ReadWriteOncePod",
        ),
    ],
)
def test_a_claim_its_class_cannot_serve_is_refused(
    platform: Platform, storage_class: str, mode: str, reason: str
) -> None:
    made, refused = provision([claim(storage_class, mode)], storage_classes(platform), [])
    assert (made, [one.reason for one in refused]) == ([], [reason])


def test_a_class_that_waits_for_its_first_consumer_makes_no_volume_before_one_has_a_node() -> None:
    waiting = claim("standard-rwo", "ReadWriteOnce", selected=False)
    assert provision([waiting], storage_classes(Platform.GKE), []) == ([], [])


def test_a_claim_that_has_a_volume_gets_no_second_one() -> None:
    asked = claim("standard-rwo", "ReadWriteOnce")
    volumes, _ = provision([asked], storage_classes(Platform.GKE), [])
    assert provision([asked], storage_classes(Platform.GKE), volumes) == ([], [])


def test_a_class_of_a_provisioner_that_nobody_runs_is_refused() -> None:
    own = {"metadata": {"name": "fast"}, "provisioner": "acme.io/nvme", "volumeBindingMode": "Immediate"}
    _, refused = provision([claim("fast", "ReadWriteOnce")], [own], [])
    assert [one.reason for one in refused] == ["no provisioner 'acme.io/nvme' in this cluster"]

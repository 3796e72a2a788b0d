"""What the engine's rehearsal refuses before anything is started."""

from typing import Any

import pytest

from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.engine.simulated import require_simulated
from gpuplane.rehearsal.errors import RehearsalError


def made(kind: str, name: str, **inputs: Any) -> Recording:
    return Recording([RecordedResource("urn:p", kind, name, True, inputs)])


PROVIDER, RELEASE = "pulumi:providers:kubernetes", "kubernetes:helm.sh/v3:Release"
CHARTS = "oci://public.ecr.aws/karpenter"


@pytest.mark.parametrize(
    ("recording", "message"),
    [
        (
            made(PROVIDER, "mine", kubeconfig="server: https://10.0.0.1"),
            "Kubernetes provider 'mine' has a kubeconfig of its own: it would reach a real cluster, "
            "fix: leave kubeconfig out and name a context, or rehearse without --engine",
        ),
        (
            made(RELEASE, "karpenter-definitions", chart=f"{CHARTS}/karpenter-crd"),
            f"Helm release 'karpenter-definitions' of chart {CHARTS}/karpenter-crd brings definitions that a rehearsal "
            "has already, fix: rehearse without --engine",
        ),
    ],
)
def test_what_the_engine_could_not_rehearse_is_refused(recording: Recording, message: str) -> None:
    with pytest.raises(RehearsalError) as error:
        require_simulated(recording)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "recording",
    [
        made(PROVIDER, "mine", context="kind-kind"),
        made(PROVIDER, "mine", kubeconfig="server: https://kubernetes.invalid:443"),
        made(RELEASE, "operator", chart="gpu-operator"),
    ],
)
def test_a_program_that_reaches_the_simulated_cluster_alone_is_taken(recording: Recording) -> None:
    require_simulated(recording)

"""What the engine's rehearsal refuses before anything is started."""

from typing import Any

import pytest

from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.engine.simulated import require_simulated
from gpuplane.rehearsal.errors import RehearsalError

POOL = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "l4"}}


def provider(**inputs: Any) -> Recording:
    return Recording([RecordedResource("urn:p", "pulumi:providers:kubernetes", "mine", True, inputs)])


@pytest.mark.parametrize(
    ("recording", "objects", "message"),
    [
        (
            provider(kubeconfig="server: https://10.0.0.1"),
            [],
            "Kubernetes provider 'mine' has a kubeconfig of its own: it would reach a real cluster, "
            "fix: leave kubeconfig out and name a context, or rehearse without --engine",
        ),
        (
            provider(context="kind-kind"),
            [{"kind": "Namespace"}, POOL],
            "NodePool 'l4' of Karpenter has no nodes with --engine, fix: rehearse without --engine",
        ),
    ],
)
def test_what_the_engine_could_not_rehearse_is_refused(
    recording: Recording, objects: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(RehearsalError) as error:
        require_simulated(recording, objects)
    assert str(error.value) == message


@pytest.mark.parametrize("inputs", [{"context": "kind-kind"}, {"kubeconfig": "server: https://kubernetes.invalid:443"}])
def test_a_program_that_reaches_the_simulated_cluster_alone_is_taken(inputs: dict[str, Any]) -> None:
    require_simulated(provider(**inputs), [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ml"}}])

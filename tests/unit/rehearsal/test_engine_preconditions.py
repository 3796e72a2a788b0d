"""What is known of a program before the engine runs it."""

from typing import Any

import pytest

from gpuplane.program.errors import RunError
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.engine.preconditions import require_simulated, undefined


def refusal(recording: Recording) -> str:
    try:
        require_simulated(recording)
    except RunError as error:
        return str(error)
    return ""


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
    ],
)
def test_what_the_engine_could_not_rehearse_is_refused(recording: Recording, message: str) -> None:
    assert refusal(recording) == message


@pytest.mark.parametrize(
    "recording",
    [
        made(PROVIDER, "mine", context="kind-kind"),
        made(PROVIDER, "mine", kubeconfig="server: https://kubernetes.invalid:443"),
        made(RELEASE, "operator", chart="gpu-operator"),
    ],
)
def test_a_program_that_reaches_the_simulated_cluster_alone_is_taken(recording: Recording) -> None:
    assert refusal(recording) == ""


NODE_POOL = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool"}
NODE_CLASS = {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass"}
ROUTE = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute"}


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        (f"{CHARTS}/karpenter-crd", [ROUTE]),
        (f"{CHARTS}/karpenter", [NODE_POOL, NODE_CLASS, ROUTE]),
        ("gpu-operator", [NODE_POOL, NODE_CLASS, ROUTE]),
    ],
)
def test_kinds_that_a_chart_of_the_program_defines_are_left_to_it(chart: str, expected: list[dict[str, str]]) -> None:
    assert undefined(made(RELEASE, "release", chart=chart), [NODE_POOL, NODE_CLASS, ROUTE]) == expected

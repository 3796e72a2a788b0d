"""The CrossGuard pack says what the rules say, about resources as the engine shows them."""

import json
import subprocess
import sys
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

crossguard = pytest.importorskip("pulumi_policy")

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy  # noqa: E402

from gpuplane.arguments.errors import InvalidArgumentsError  # noqa: E402
from gpuplane.policy import RULES, Environment, PolicyConfig, Severity  # noqa: E402
from gpuplane.policy.crossguard import EXCEPTIONS, Pack  # noqa: E402
from projects import ROOT  # noqa: E402

OPTIONS = crossguard.PolicyResourceOptions(False, [], None, [], crossguard.PolicyCustomTimeouts(0, 0, 0), [])
PROVIDER = crossguard.PolicyProviderResource("pulumi:providers:kubernetes", {}, "urn:provider", "cluster")
DEFAULT = crossguard.PolicyProviderResource("pulumi:providers:kubernetes", {}, "urn:default", "default_4_34_0")


def policy(pack: Any, rule: str) -> Any:
    (found,) = [one for one in pack.policies if one.name == rule]
    return found


def on_object(
    rule: str, kind: str, props: dict[str, Any], provider: Any = PROVIDER, pack: Any = None, urn: str = "urn"
) -> list[str]:
    said: list[str] = []
    args = crossguard.ResourceValidationArgs(kind, unknown_checking_proxy(props), urn, "door", OPTIONS, provider)
    policy(pack or Pack(), rule).validate(args, lambda message, urn=None: said.append(message))
    return said


def on_stack(rule: str, *resources: tuple[str, dict[str, Any]], pack: Any = None) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    shown = [
        crossguard.PolicyResource(
            kind, unknown_checking_proxy(props), f"urn:{index}", "s", OPTIONS, PROVIDER, None, [], {}
        )
        for index, (kind, props) in enumerate(resources)
    ]
    policy(pack or Pack(), rule).validate(
        crossguard.StackValidationArgs(shown), lambda message, urn=None: said.append((message, str(urn)))
    )
    return said


def test_each_rule_is_a_policy_and_so_are_exceptions() -> None:
    assert [one.name for one in Pack().policies] == [*(rule.id for rule in RULES), EXCEPTIONS]


def test_a_policy_is_mandatory_where_the_rule_is_an_error() -> None:
    for environment in Environment:
        policies = {one.name: one for one in Pack(PolicyConfig(environment=environment)).policies}
        for rule in RULES:
            is_error = rule.levels[environment] is Severity.ERROR
            expected = crossguard.EnforcementLevel.MANDATORY if is_error else crossguard.EnforcementLevel.ADVISORY
            assert policies[rule.id].enforcement_level is expected


def test_a_rule_over_one_object_says_it_before_the_object_is_made() -> None:
    metadata = {"name": "door", "namespace": "ml"}
    service = {"metadata": metadata, "spec": {"type": "NodePort"}}
    assert on_object("no-node-port", "kubernetes:core/v1:Service", service) == [
        "Service ml/door: spec.type: must not be NodePort, fix: use ClusterIP behind a Gateway (no-node-port)"
    ]
    assert on_object("no-node-port", "kubernetes:core/v1:Service", {"spec": {"type": "ClusterIP"}}) == []


def test_a_value_that_is_not_known_in_a_preview_breaks_nothing() -> None:
    pod = {"containers": [{"name": "s", "image": UNKNOWN_STRING_VALUE}]}
    props = {"metadata": {"name": "s", "namespace": "ml"}, "spec": {"template": {"spec": pod}}}
    for rule in ("image-pinned", "image-digest"):
        assert on_object(rule, "kubernetes:apps/v1:Deployment", props) == []


def test_the_engines_default_provider_is_not_an_explicit_one() -> None:
    kind = "kubernetes:core/v1:ConfigMap"
    assert on_object("explicit-provider", kind, {}, PROVIDER) == []
    assert on_object("explicit-provider", kind, {}, DEFAULT) == [
        "ConfigMap door: must have an explicit kubernetes provider, got the default one, "
        "fix: set opts.provider, or a parent that has one, and pulumi:disable-default-providers in the stack's config "
        "(explicit-provider)"
    ]


def test_a_rule_over_several_objects_names_the_one_by_urn() -> None:
    # The engine sends every number as a float.
    deployment = {
        "metadata": {"name": "s", "namespace": "ml"},
        "spec": {"replicas": 2.0, "template": {"metadata": {"labels": {"app": "s"}}, "spec": {"containers": []}}},
    }
    found = on_stack("disruption-budget-set", ("kubernetes:apps/v1:Deployment", deployment))
    assert found == [
        (
            "Deployment ml/s: must have a PodDisruptionBudget with 2 replicas, got none, "
            "fix: add a PodDisruptionBudget with maxUnavailable: 1 (disruption-budget-set)",
            "urn:0",
        )
    ]


def test_an_expired_exception_is_told_once_for_the_stack() -> None:
    annotations = {"policy.gpuplane/no-node-port": "2020-01-01 was to move"}
    service = {"metadata": {"name": "d", "namespace": "ml", "annotations": annotations}, "spec": {"type": "NodePort"}}
    ((message, urn),) = on_stack(EXCEPTIONS, ("kubernetes:core/v1:Service", service))
    assert "the exception from no-node-port expired on 2020-01-01" in message
    assert urn == "urn:0"


def test_a_rule_over_several_objects_looks_at_what_the_program_asks_for() -> None:
    """In a preview of a cluster that is not there yet, the engine has nothing of the objects in the end."""
    pack = Pack()
    kind = "kubernetes:core/v1:Namespace"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    on_object("no-node-port", kind, {"metadata": {"name": "ml", "labels": labels}}, pack=pack, urn="urn:0")
    unknown = {"metadata": UNKNOWN_STRING_VALUE}
    assert on_stack("namespace-pod-security", (kind, unknown), pack=pack) == []


def test_the_stack_that_the_engine_tells_of_decides_how_strict_the_pack_is() -> None:
    pack = Pack()
    digest = policy(pack, "image-digest")
    assert digest.enforcement_level is crossguard.EnforcementLevel.MANDATORY
    pack.configure("ml", "dev", {"ml:overlay": json.dumps({"policy": {"environment": "dev"}})})
    assert digest.enforcement_level is crossguard.EnforcementLevel.ADVISORY
    with pytest.raises(InvalidArgumentsError, match="environment"):
        pack.configure("ml", "dev", {"ml:overlay": json.dumps({"policy": {"environment": "devv"}})})


def test_the_pack_starts_and_offers_all_of_them_as_its_stack_has_it() -> None:
    """As the engine starts it: it prints its port, and serves."""
    call = [sys.executable, str(ROOT / "policies" / "__main__.py")]
    config = {"ml:overlay": json.dumps({"policy": {"environment": "dev"}})}
    with subprocess.Popen(call, stdout=subprocess.PIPE, cwd=ROOT / "policies") as pack:
        try:
            assert pack.stdout
            port = int(pack.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = analyzer_pb2_grpc.AnalyzerStub(channel)
                request = analyzer_pb2.AnalyzerStackConfigureRequest(project="ml", stack="dev", config=config)
                stub.ConfigureStack(request, timeout=30)
                info = stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
        finally:
            pack.terminate()
    assert info.name == "gpuplane"
    assert [one.name for one in info.policies] == [*(rule.id for rule in RULES), EXCEPTIONS]
    levels = {one.name: one.enforcementLevel for one in info.policies}
    assert levels["image-digest"] == analyzer_pb2.ADVISORY
    assert levels["no-node-port"] == analyzer_pb2.MANDATORY

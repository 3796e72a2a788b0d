"""What `gpuplane.testing` gives to tests, and what it refuses to guess."""

import re
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from gpuplane import InvalidArgumentsError, KubeconfigCluster, TenantNamespace
from gpuplane.testing import RecordingError, record
from projects import ROOT


class Cluster(pulumi.CustomResource):
    endpoint: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Cluster", name, {"endpoint": None, "size": 3}, opts)


def connected() -> None:
    k8s.core.v1.ConfigMap("config", metadata={"name": "config"}, data={"server": Cluster("ml").endpoint})


def test_an_output_that_is_told_is_used() -> None:
    recorded = record(connected, answers={"acme:index:Cluster": {"endpoint": "10.0.0.1"}})
    assert recorded.one("ConfigMap").inputs["data"] == {"server": "10.0.0.1"}


def test_an_answer_may_be_made_of_the_resource() -> None:
    recorded = record(connected, answers={"acme:index:Cluster": lambda one: {"endpoint": f"{one.name}.example"}})
    assert recorded.one("ConfigMap").inputs["data"] == {"server": "ml.example"}


def test_an_output_that_nobody_told_is_an_error_where_it_is_used() -> None:
    with pytest.raises(RecordingError) as caught:
        record(connected)
    assert str(caught.value) == (
        "kubernetes:core/v1:ConfigMap config: data: depends on an unknown output of acme:index:Cluster ml, "
        "fix: answers={type: {...}}, or unknown=[type]"
    )


def test_an_output_may_be_left_unknown_as_in_a_preview() -> None:
    recorded = record(connected, unknown=["acme:index:Cluster"])
    assert repr(recorded.one("ConfigMap").inputs["data"]) == "{'server': <unknown>}"


def test_a_function_that_nobody_told_is_an_error() -> None:
    with pytest.raises(RecordingError, match=r"no answer for function acme:index:say, got {'word': 'hi'}, fix: "):
        record(lambda: pulumi.runtime.invoke("acme:index:say", {"word": "hi"}))


@pytest.mark.parametrize("told", [{"said": "hi!"}, lambda args: {"said": f"{args['word']}!"}])
def test_a_function_is_answered_as_told(told: Any) -> None:
    def program() -> None:
        pulumi.export("said", pulumi.runtime.invoke("acme:index:say", {"word": "hi"}).value["said"])

    assert record(program, calls={"acme:index:say": told}).exports == {"said": "hi!"}


def test_an_error_of_arguments_is_raised_as_it_is() -> None:
    with pytest.raises(InvalidArgumentsError, match='TenantNamespace "team": 1 problem'):
        record(lambda: TenantNamespace("team", {}))


def test_failures_may_be_kept_instead() -> None:
    recorded = record(lambda: TenantNamespace("team", {}), keep_failures=True)
    assert [type(one.error) for one in recorded.recording.failures] == [InvalidArgumentsError]


def test_looking_for_one_of_none_or_several_says_what_there_is() -> None:
    recorded = record(lambda: TenantNamespace("team", {"namespace": "ml"}))
    with pytest.raises(
        LookupError, match="expected one Secret, got 0, registered: .*gpuplane:index:TenantNamespace team"
    ):
        recorded.one("Secret")


def test_the_tree_shows_parents_and_children() -> None:
    recorded = record(lambda: KubeconfigCluster("ml", {"context": "kind-kind"}))
    assert recorded.tree().splitlines() == [
        "gpuplane:index:KubeconfigCluster ml",
        "  pulumi:providers:kubernetes ml-kubernetes",
    ]
    assert [one.name for one in recorded.children("ml")] == ["ml-kubernetes"]


def test_manifests_are_the_objects_with_the_names_they_get() -> None:
    recorded = record(lambda: k8s.core.v1.ConfigMap("config", data={"a": "1"}))
    (obj,) = recorded.manifests()
    assert re.fullmatch(r"config-[0-9a-f]{8}", obj["metadata"]["name"])


def test_a_default_provider_is_found() -> None:
    recorded = record(lambda: k8s.core.v1.ConfigMap("config"))
    with pytest.raises(
        AssertionError, match="resources without an explicit provider: kubernetes:core/v1:ConfigMap config"
    ):
        recorded.assert_explicit_providers()


def test_a_secret_in_clear_is_found_with_its_path() -> None:
    def program() -> None:
        k8s.core.v1.Secret("kept", string_data={"TOKEN": pulumi.Output.secret("hunter2")})
        k8s.core.v1.ConfigMap("leak", data={"TOKEN": "is hunter2"})

    with pytest.raises(AssertionError) as caught:
        record(program).assert_not_in_clear("hunter2")
    assert str(caught.value) == "inputs in plain text: kubernetes:core/v1:ConfigMap leak: data.TOKEN"


def test_the_example_of_the_documentation_works() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/testing.md", "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()

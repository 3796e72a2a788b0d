"""From a resource's inputs to the object that goes to the API server."""

import pytest

from gpuplane.kubernetes.manifests import is_object, manifest, resource_id


@pytest.mark.parametrize(
    ("resource_type", "expected"),
    [
        ("kubernetes:apps/v1:Deployment", True),
        ("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", True),
        ("kubernetes:core/v1:ConfigMapList", False),
        ("kubernetes:core/v1:ServiceAccountPatch", True),
        ("kubernetes:helm.sh/v4:Chart", False),
        ("kubernetes:yaml/v2:ConfigGroup", False),
        ("gcp:container/nodePool:NodePool", False),
    ],
)
def test_only_single_kubernetes_objects_are_applied(resource_type: str, expected: bool) -> None:
    assert is_object(resource_type) is expected


def test_a_name_that_was_given_stays() -> None:
    assert manifest("web", {"kind": "Service", "metadata": {"name": "front"}})["metadata"] == {"name": "front"}


def test_an_object_without_a_name_gets_one_that_changes_with_its_content_only() -> None:
    first = manifest("config", {"kind": "ConfigMap", "data": {"a": "1"}})["metadata"]["name"]
    same = manifest("config", {"kind": "ConfigMap", "data": {"a": "1"}})["metadata"]["name"]
    other = manifest("config", {"kind": "ConfigMap", "data": {"a": "2"}})["metadata"]["name"]
    assert first == same != other
    assert first.startswith("config-")


def test_the_providers_namespace_is_for_objects_that_say_none() -> None:
    assert manifest("a", {"metadata": {"name": "a"}}, "team")["metadata"]["namespace"] == "team"
    assert manifest("a", {"metadata": {"name": "a", "namespace": "own"}}, "team")["metadata"]["namespace"] == "own"


def test_ids_are_as_the_kubernetes_provider_writes_them() -> None:
    assert resource_id({"metadata": {"name": "web", "namespace": "ml"}}) == "ml/web"
    assert resource_id({"metadata": {"name": "ml"}}) == "ml"

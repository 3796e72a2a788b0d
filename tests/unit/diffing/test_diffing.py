"""What a change does to a stack: which resources, why they are replaced, what that costs; and never a secret."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane.diffing.changes import Action, changes, display
from gpuplane.diffing.fields import ABSENT, field_changes
from gpuplane.diffing.markdown import AT_A_GLANCE, LIMIT, MARKER, markdown
from gpuplane.diffing.report import StackReport, report
from gpuplane.diffing.snapshot import ResourceState, Snapshot
from gpuplane.diffing.snapshot_process import mask_secrets
from gpuplane.diffing.text import text
from gpuplane.diffing.totals import Range, stack_totals
from gpuplane.policy import Subject

POOL = "gcp:container/nodePool:NodePool"
GROUP = "aws:eks/nodeGroup:NodeGroup"


def made(kind: str, name: str, body: dict[str, Any], **options: Any) -> ResourceState:
    return ResourceState(Subject(f"urn:{kind}::{name}", kind, name, body), **options)


def obj(kind: str, name: str, spec: dict[str, Any] | None = None, **more: Any) -> ResourceState:
    metadata = {"name": name, "namespace": "ml", **more.pop("metadata", {})}
    options = {key: more.pop(key) for key in list(more) if key in {f.name for f in dataclasses.fields(ResourceState)}}
    return made(
        f"kubernetes:{kind}", name, {"metadata": metadata, **({"spec": spec} if spec else {}), **more}, **options
    )


def config(digest: str, **more: Any) -> ResourceState:
    """A ConfigMap that the provider names."""
    metadata = {"name": f"server-config-{digest}"}
    return dataclasses.replace(obj("core/v1:ConfigMap", "server-config", metadata=metadata, **more), is_auto_named=True)


def deployment(
    image: str = "ml/server:v1", config_map: str = "", gpus: int = 1, replicas: int | None = None
) -> ResourceState:
    sources = [{"configMapRef": {"name": config_map}}] if config_map else []
    resources = {"requests": {"nvidia.com/gpu": str(gpus)}, "limits": {"nvidia.com/gpu": str(gpus)}}
    container = {"name": "server", "image": image, "envFrom": sources, "resources": resources}
    spec = {"template": {"metadata": {"labels": {"app": "server"}}, "spec": {"containers": [container]}}}
    return obj("apps/v1:Deployment", "server", {**spec, **({"replicas": replicas} if replicas else {})})


def pool(**changed: Any) -> ResourceState:
    config = {"machineType": "n1-standard-8", "guestAccelerators": [{"type": "nvidia-tesla-t4", "count": 1}]}
    body = {
        "cluster": "ml",
        "location": "us-central1-a",
        "autoscaling": {"minNodeCount": 1, "maxNodeCount": 4},
        "nodeConfig": {**config, **changed.pop("nodeConfig", {})},
        **changed,
    }
    return made(POOL, "t4-pool", body)


def stack(*objects: ResourceState) -> Snapshot:
    return Snapshot("prod", "ml", {}, {one.subject.urn: one for one in objects})


def told(before: Snapshot, after: Snapshot) -> list[tuple[str, str, list[str], list[str], str]]:
    return [
        (one.action.value, one.object, [field.path for field in one.fields], list(one.because), one.consequence)
        for one in changes(before, after)
    ]


def test_nothing_is_said_where_nothing_changes() -> None:
    same = stack(pool(), deployment(), config("a"))
    quiet = report(same, same)
    assert quiet.is_empty
    assert markdown([quiet]) == text([quiet]) == ""


def test_what_comes_and_goes_is_created_and_deleted() -> None:
    assert told(stack(pool()), stack(deployment())) == [
        ("deleted", "NodePool t4-pool", [], [], "its nodes are deleted with their pods"),
        ("created", "Deployment ml/server", [], [], ""),
    ]


@pytest.mark.parametrize(
    ("changed", "action", "because"),
    [
        ({"nodeConfig": {"machineType": "n1-standard-16"}}, "updated", []),
        ({"nodeConfig": {"labels": {"a": "b"}}}, "updated", []),
        ({"autoscaling": {"minNodeCount": 2, "maxNodeCount": 4}}, "updated", []),
        ({"nodeConfig": {"spot": True}}, "replaced", ["nodeConfig.spot"]),
        (
            {"nodeConfig": {"guestAccelerators": [{"type": "nvidia-tesla-t4", "count": 2}]}},
            "replaced",
            ["nodeConfig.guestAccelerators"],
        ),
    ],
)
def test_a_pool_is_replaced_only_where_its_cloud_would(
    changed: dict[str, Any], action: str, because: list[str]
) -> None:
    ((said, _, _, why, _),) = told(stack(pool()), stack(pool(**changed)))
    assert (said, why) == (action, because)


def test_an_eks_group_is_replaced_by_another_machine() -> None:
    body = {"clusterName": "ml", "instanceTypes": ["g4dn.xlarge"], "subnetIds": ["a"]}
    before, after = (made(GROUP, "t4", {**body, "instanceTypes": [kind]}) for kind in ("g4dn.xlarge", "g4dn.2xlarge"))
    ((action, _, _, because, consequence),) = told(stack(before), stack(after))
    assert (action, because) == ("replaced", ["instanceTypes"])
    assert consequence == "a new node group: all nodes of the old one are deleted with their pods"


@pytest.mark.parametrize(
    ("kind", "before", "after", "because"),
    [
        ("apps/v1:Deployment", {"selector": {"matchLabels": {"a": "1"}}}, {"selector": {"matchLabels": {"a": "2"}}},
         ["spec.selector.matchLabels.a"]),
        ("apps/v1:Deployment", {"minReadySeconds": 1}, {"minReadySeconds": 2}, []),
        ("batch/v1:Job", {"template": {"spec": {"x": 1}}}, {"template": {"spec": {"x": 2}}}, ["spec.template.spec.x"]),
        ("core/v1:PersistentVolumeClaim", {"volumeName": "a"}, {"volumeName": "b"}, ["spec.volumeName"]),
        ("core/v1:PersistentVolumeClaim", {"resources": {"x": 1}}, {"resources": {"x": 2}}, []),
        ("core/v1:ResourceQuota", {"hard": {"pods": "1"}}, {"hard": {"pods": "2"}}, []),
        ("policy/v1:PodDisruptionBudget", {"maxUnavailable": 1}, {"maxUnavailable": 2}, []),
    ],
)  # fmt: skip
def test_a_kubernetes_object_is_replaced_only_where_its_provider_would(
    kind: str, before: dict[str, Any], after: dict[str, Any], because: list[str]
) -> None:
    ((_, _, _, why, _),) = told(stack(obj(kind, "x", before)), stack(obj(kind, "x", after)))
    assert why == because


def test_an_object_that_keeps_its_name_goes_before_its_replacement_comes() -> None:
    before, after = (obj("core/v1:ConfigMap", "c", data={"A": value}) for value in "12")
    (change,) = changes(stack(before), stack(after))
    assert (change.action, change.delete_before_replace) == (Action.REPLACED, True)
    auto_before, auto_after = config("aa", data={"A": "1"}), config("bb", data={"A": "2"})
    (change,) = changes(stack(auto_before), stack(auto_after))
    assert (change.action, change.delete_before_replace) == (Action.REPLACED, False)


def test_a_new_config_rolls_the_pods_that_use_it() -> None:
    before = stack(config("aa", data={"BATCH": "8"}), deployment(config_map="server-config-aa"))
    after = stack(config("bb", data={"BATCH": "16"}), deployment(config_map="server-config-bb"))
    assert told(before, after) == [
        ("replaced", "ConfigMap ml/server-config", ["data.BATCH"], ["data.BATCH"],
         "gets a new name, which rolls the pods of Deployment ml/server"),
        ("updated", "Deployment ml/server", ["spec.template.spec.containers[server].envFrom"], [], "its pods roll"),
    ]  # fmt: skip


def test_a_generated_name_alone_is_no_change() -> None:
    """Here a name is a hash of the whole object; the provider keeps it until the object is replaced."""
    labels = {"metadata": {"name": "server-config-bb", "labels": {"team": "ml"}}}
    before = stack(config("aa", data={"A": "1"}), deployment(config_map="server-config-aa"))
    renamed = dataclasses.replace(
        obj("core/v1:ConfigMap", "server-config", data={"A": "1"}, **labels), is_auto_named=True
    )
    after = stack(renamed, deployment(config_map="server-config-bb"))
    assert told(before, after) == [("updated", "ConfigMap ml/server-config", ["metadata.labels"], [], "")]


def test_data_that_a_provider_changes_in_place_replaces_nothing() -> None:
    before, after = (config(name, data={"A": name}, is_mutable=True) for name in ("aa", "bb"))
    assert [one[0] for one in told(stack(before), stack(after))] == ["updated"]


def test_what_may_drift_is_no_change_and_what_must_replace_does() -> None:
    before, after = pool(nodeCount=1), pool(nodeCount=2)
    assert told(stack(before), stack(dataclasses.replace(after, ignore_changes=("nodeCount",)))) == []
    ((action, _, _, because, _),) = told(
        stack(before), stack(dataclasses.replace(after, replace_on_changes=("nodeCount",)))
    )
    assert (action, because) == ("replaced", ["nodeCount"])


def test_a_resource_with_an_alias_is_the_one_it_was() -> None:
    before = made(POOL, "old", pool().subject.body)
    after = made(POOL, "new", pool().subject.body, aliases=(before.subject.urn,))
    assert told(stack(before), stack(after)) == []


def test_an_item_of_a_list_is_found_by_its_name() -> None:
    before = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    after = {"env": [{"name": "B", "value": "3"}, {"name": "A", "value": "1"}]}
    (change,) = field_changes(before, after)
    assert (change.path, change.before, change.after) == ("env[B].value", "2", "3")


def secret(value: str) -> ResourceState:
    body = {"metadata": {"name": "server-secret-aa", "namespace": "ml"}, "stringData": {"TOKEN": value}}
    safe = mask_secrets(body, "", frozenset({"stringData.TOKEN"}))
    subject = Subject("urn:s", "kubernetes:core/v1:Secret", "server-secret", safe, frozenset({"stringData.TOKEN"}))
    return ResourceState(subject, is_auto_named=True)


def test_a_changed_secret_is_told_and_never_shown() -> None:
    changed = report(stack(secret("hunter2")), stack(secret("correct horse")))
    said = [markdown([changed]), text([changed]), str(changed.as_json())]
    for one in said:
        assert "(secret, changed)" in one
        assert not [word for word in ("hunter2", "correct", "secret:") if word in one]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ABSENT, ""),
        (None, "null"),
        (True, "true"),
        ({"b": 1, "a": ["x", None]}, "{a: [x, null], b: 1}"),
        ({"a": "secret:0123456789abcdef"}, "{a: (secret)}"),
        ("[secret]", "(secret)"),
        ("x" * 200, "x" * 117 + "..."),
    ],
)
def test_a_value_is_short_and_safe(value: Any, expected: str) -> None:
    assert display(value) == expected


def test_gpus_nodes_and_quotas_are_counted_at_minimum_and_maximum() -> None:
    scaler = obj(
        "autoscaling/v2:HorizontalPodAutoscaler",
        "server",
        {"scaleTargetRef": {"kind": "Deployment", "name": "server"}, "minReplicas": 2, "maxReplicas": 6},
    )
    quota = obj("core/v1:ResourceQuota", "quota", {"hard": {"requests.nvidia.com/gpu": "4"}})
    found = stack_totals(stack(pool(), deployment(), scaler, quota))
    assert found.rows() == {
        "nodes of t4-pool": "1 to 4 x n1-standard-8",
        "GPUs of all pools": "1 to 4",
        "GPUs requested": "2 to 6",
        "quota ml requests.nvidia.com/gpu": "4",
    }
    assert found.warning == "at maximum scale the workloads request 6 GPUs, the pools have 4"
    assert stack_totals(stack(deployment(replicas=3, gpus=2))).requested == Range(6, 6)


def test_a_pool_that_nobody_knows_is_said_to_be_one() -> None:
    found = stack_totals(stack(pool(nodeConfig={"machineType": "z9-mystery"}), deployment(replicas=9)))
    assert (found.nodes, found.warning) == ({"t4-pool": "unknown"}, "")


def test_policy_findings_are_those_that_come_and_go() -> None:
    before, after = report(stack(), stack(deployment("ml/server:latest"))), report(stack(), stack(deployment()))
    assert "image-pinned" in {one.rule for one in before.introduced}
    assert "image-pinned" not in {one.rule for one in after.introduced}
    mended = report(stack(deployment("ml/server:latest")), stack(deployment("ml/server:v2")))
    assert [one.rule for one in mended.resolved] == ["image-pinned"]
    assert mended.introduced == []


def test_a_report_begins_with_the_marker_and_says_what_hurts_first() -> None:
    hurts = pool(nodeConfig={"spot": True})
    lines = markdown([report(stack(pool(), deployment()), stack(hurts, deployment("ml/server:v2")))]).splitlines()
    assert lines[0] == MARKER
    assert lines[1] == "### `prod`: 1 replaced, 1 updated"
    assert lines[5] == (
        "- **replaced** `NodePool t4-pool`: a new pool: all nodes of the old one are deleted with their pods "
        "(immutable: `nodeConfig.spot`)"
    )


def test_nothing_in_a_value_is_markup() -> None:
    before, after = (obj("core/v1:ConfigMap", "c", data={"A": value}) for value in ("1", "`|</details> @team |"))
    row = next(
        line for line in markdown([report(stack(before), stack(after))]).splitlines() if line.startswith("| `Config")
    )
    assert row == "| `ConfigMap ml/c` | `data.A` | `1` | `'\\|</details> @team \\|` |"


def large(name: str, objects: int, fields: int) -> StackReport:
    def side(value: str) -> Snapshot:
        ones = [
            obj("core/v1:ConfigMap", f"config-{one}", data={f"KEY_{at}": value * 20 for at in range(fields)})
            for one in range(objects)
        ]
        return dataclasses.replace(stack(*ones), stack=name)

    return report(side("a"), side("b"))


@given(
    sizes=st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=4),
    limit=st.integers(300, 9000),
)
@settings(max_examples=40, deadline=None)
def test_a_comment_is_never_too_long_and_says_what_was_cut(sizes: list[tuple[int, int]], limit: int) -> None:
    reports = [large(f"stack{index}", *size) for index, size in enumerate(sizes)]
    whole, cut = markdown(reports, limit=10**9), markdown(reports, limit=limit)
    assert len(cut) <= limit
    assert cut.startswith(MARKER)
    assert (cut == whole) == (len(whole) <= limit)
    if cut != whole:
        assert "omitted, run" in cut or "too many for a comment" in cut


def test_the_longest_stack_is_cut_first() -> None:
    reports = [large("small", 1, 2), large("large", 60, 20)]
    cut = markdown(reports)
    assert len(cut) <= LIMIT
    assert "<details open><summary>Fields: 2</summary>" in cut
    assert "gpuplane diff -s large" in cut
    assert "gpuplane diff -s small" not in cut


@pytest.mark.parametrize(("fields", "opened"), [(AT_A_GLANCE, True), (AT_A_GLANCE + 1, False)])
def test_few_fields_are_shown_and_many_folded(fields: int, opened: bool) -> None:
    assert ("<details open>" in markdown([large("prod", 1, fields)])) == opened


def test_the_order_of_a_snapshot_does_not_matter() -> None:
    before = [pool(), deployment(), config("aa", data={"A": "1"})]
    after = [pool(nodeConfig={"spot": True}), deployment("ml/server:v2"), config("bb", data={"A": "2"})]
    forward = markdown([report(stack(*before), stack(*after))])
    assert markdown([report(stack(*reversed(before)), stack(*reversed(after)))]) == forward

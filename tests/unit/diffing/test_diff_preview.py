"""The report over what the engine's own preview says."""

import json
from pathlib import Path
from typing import Any

import pytest

from gpuplane.diffing.errors import PreviewError
from gpuplane.diffing.markdown import markdown
from gpuplane.diffing.preview import digest_report, preview_report
from gpuplane.diffing.text import text

PREFIX = "urn:pulumi:prod::ml::gpuplane:index:"
POOL = f"{PREFIX}GkeGpuNodePool$gcp:container/nodePool:NodePool::t4-pool"
SECRET = f"{PREFIX}ModelServer$kubernetes:core/v1:Secret::bert-secret"
SERVER = f"{PREFIX}ModelServer$kubernetes:apps/v1:Deployment::bert-deployment"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def state(urn: str, inputs: dict[str, Any], custom: bool = True) -> dict[str, Any]:
    kind = urn.split("::")[2].rpartition("$")[2]
    return {"urn": urn, "type": kind, "custom": custom, "inputs": inputs, "provider": "urn:x::p::google::1"}


def pool(**node: Any) -> dict[str, Any]:
    return {
        "__defaults": ["name"],
        "cluster": "ml",
        "location": "us-central1-a",
        "autoscaling": {"minNodeCount": 1, "maxNodeCount": 2},
        "nodeConfig": {
            "machineType": "n1-standard-8",
            "guestAccelerators": [{"type": "nvidia-tesla-t4", "count": 1}],
            **node,
        },
    }


def secret(name: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "ml", "annotations": {"pulumi.com/autonamed": "true"}}
    return {"metadata": metadata, "stringData": {"TOKEN": "[secret]"}}


def server(image: str) -> dict[str, Any]:
    spec = {"template": {"spec": {"containers": [{"name": "server", "image": image}]}}}
    return {"metadata": {"name": "bert", "namespace": "ml"}, "spec": spec}


def digest(*steps: dict[str, Any]) -> dict[str, Any]:
    stack = "urn:pulumi:prod::ml::pulumi:pulumi:Stack::ml-prod"
    return {"config": {}, "steps": [{"op": "same", "urn": stack, "newState": state(stack, {}, custom=False)}, *steps]}


REPLACED_POOL = [
    {
        "op": op,
        "urn": POOL,
        "oldState": state(POOL, pool(spot=False)),
        "newState": state(POOL, pool(spot=True)),
        "replaceReasons": ["nodeConfig.spot"],
        "detailedDiff": {"nodeConfig.spot": {"kind": "update-replace", "inputDiff": True}},
    }
    for op in ("create-replacement", "replace", "delete-replaced")
]
CHANGED_SECRET = {
    "op": "replace",
    "urn": SECRET,
    "oldState": state(SECRET, secret("bert-secret-1")),
    "newState": state(SECRET, secret("bert-secret-2")),
    "replaceReasons": ["stringData.TOKEN"],
    "detailedDiff": {"stringData.TOKEN": {"kind": "update-replace", "inputDiff": True}},
}


def told(*steps: dict[str, Any]) -> list[tuple[str, str, dict[str, tuple[str, str]], list[str]]]:
    return [
        (
            one["action"],
            one["object"],
            {path: (values["before"], values["after"]) for path, values in one["fields"].items()},
            one["because"],
        )
        for one in digest_report(digest(*steps)).as_json()["changes"]
    ]


def test_the_steps_of_a_replacement_are_one_change_with_the_engines_reason() -> None:
    assert told(*REPLACED_POOL) == [
        ("replaced", "NodePool t4-pool", {"nodeConfig.spot": ("false", "true")}, ["nodeConfig.spot"])
    ]


def test_a_secret_that_the_engine_masks_is_told_by_its_path() -> None:
    assert told(CHANGED_SECRET) == [
        (
            "replaced",
            "Secret ml/bert-secret",
            {"stringData.TOKEN": ("(secret)", "(secret, changed)")},
            ["stringData.TOKEN"],
        )
    ]


def test_what_the_engine_keeps_is_counted_and_not_told() -> None:
    same = {"op": "same", "urn": POOL, "oldState": state(POOL, pool()), "newState": state(POOL, pool())}
    update = {
        "op": "update",
        "urn": SERVER,
        "oldState": state(SERVER, server("ml/bert:v1")),
        "newState": state(SERVER, server("ml/bert:v2")),
        "detailedDiff": {"spec.template.spec.containers[0].image": {"kind": "update", "inputDiff": True}},
    }
    said = digest_report(digest(same, update))
    assert [one.object for one in said.changes] == ["Deployment ml/bert"]
    assert [(row.name, row.before, row.after) for row in said.totals] == [("GPUs of all pools", "1 to 2", "1 to 2")]


def test_a_value_that_is_not_known_yet_is_no_finding() -> None:
    create = {"op": "create", "urn": SERVER, "newState": state(SERVER, server(UNKNOWN))}
    said = digest_report(digest(create))
    assert "image-pinned" not in {one.rule for one in said.introduced}
    assert said.summary == "1 created"


def test_a_preview_without_changes_is_quiet() -> None:
    same = {"op": "same", "urn": POOL, "oldState": state(POOL, pool()), "newState": state(POOL, pool())}
    assert markdown([digest_report(digest(same))]) == ""


@pytest.mark.parametrize("content", ["", "[]", '{"steps": 3}'])
def test_a_file_that_is_no_preview_says_how_to_make_one(tmp_path: Path, content: str) -> None:
    path = tmp_path / "preview.json"
    path.write_text(content)
    with pytest.raises(PreviewError) as caught:
        preview_report(path)
    assert str(caught.value).endswith(f"fix: pulumi preview --json > {path}")


def test_a_saved_preview_is_read(tmp_path: Path) -> None:
    path = tmp_path / "preview.json"
    path.write_text(json.dumps(digest(*REPLACED_POOL)))
    assert preview_report(path).stack == "prod"


def test_what_an_engine_really_printed_is_told_whole() -> None:
    """The preview of a new config value, a new secret and a new image, by Pulumi 3.260."""
    assert text([preview_report(Path(__file__).parent / "preview.json")]).splitlines()[:9] == [
        "dev: 2 replaced, 1 updated",
        "  replaced ConfigMap ml/cfg: gets a new name, which rolls the pods of Deployment ml/srv",
        "    data.A: 1 -> 2 (replaces)",
        "  replaced Secret ml/sec: gets a new name, which rolls the pods of Deployment ml/srv",
        "    data.TOKEN: (secret) -> (secret, changed) (replaces)",
        "  updated Deployment ml/srv: its pods roll",
        "    spec.template.spec.containers[s].envFrom: [{configMapRef: {name: cfg}}, {secretRef: {name: sec}}] -> "
        "[{configMapRef: {name: cfg (new)}}, {secretRef: {name: sec (new)}}]",
        "    spec.template.spec.containers[s].image: ml/server:v1 -> ml/server:v2",
    ]

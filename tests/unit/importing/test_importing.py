"""Kustomize overlays and chart values become a base and overlays, and nothing is dropped without a word."""

import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane.cli.main import main
from gpuplane.importing.errors import ImportingError
from gpuplane.importing.field_reader import FieldReader
from gpuplane.importing.helm_values import convert, import_helm_values
from gpuplane.importing.imported import Imported
from gpuplane.importing.kustomization import build
from gpuplane.importing.kustomize import import_kustomize
from gpuplane.importing.scaling import scaling
from gpuplane.importing.strategic_merge import json_patch, strategic_merge
from gpuplane.plain.merge_patch import difference, merge
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.project import Project
from gpuplane.program.run import run_program
from gpuplane.serving.scaling.args import Scaling
from gpuplane.stackconfig import load
from parity.fields import fields
from projects import ROOT

SOURCE = ROOT / "tests" / "parity"
STACKS = ["dev", "staging", "prod"]

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: { name: bert }
spec:
  selector: { matchLabels: { app: bert } }
  template:
    metadata: { labels: { app: bert } }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 2000 }
      initContainers:
        - { name: fetch, image: "fetch:v1", command: [fetch], volumeMounts: [{ name: m, mountPath: /m }] }
      containers:
        - name: bert
          image: example.com:5000/bert:v1
          args: [--fast]
          env:
            - { name: A, value: "1" }
            - { name: TOKEN, valueFrom: { secretKeyRef: { name: s, key: t } } }
            - { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
          resources: { requests: { cpu: "1" }, limits: { cpu: "2", memory: 1Gi } }
          volumeMounts: [{ name: m, mountPath: /m }]
      volumes: [{ name: m, emptyDir: {} }]
"""


@cache
def by_kustomize(stack: str) -> dict[str, dict[str, Any]]:
    made = yaml.safe_load_all((SOURCE / "built" / f"{stack}.yaml").read_text())
    return {obj["kind"]: obj for obj in made}


@cache
def source() -> Imported:
    return import_kustomize(SOURCE / "k8s")


@pytest.mark.parametrize("stack", STACKS)
def test_overlays_are_read_without_kustomize_as_kustomize_reads_them(stack: str) -> None:
    built = build(SOURCE / "k8s" / "overlays" / stack)
    assert {obj["kind"]: obj for obj in built.objects} == by_kustomize(stack)
    assert built.notes == []


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """The objects that the imported stacks make, by stack and kind."""
    folder = tmp_path_factory.mktemp("imported")
    source().write(folder)
    (folder / "stacks").symlink_to(ROOT / "stacks")
    project = Project.at(folder)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for stack in STACKS:
        responder = DryResponder()
        run_program(project, project.stack(stack), responder)
        found[stack] = {
            obj["kind"]: obj
            for obj in responder.manifests.values()
            if obj["metadata"].get("namespace") == f"ml-{stack}"
        }
    return found


# What goes by another name, which the import makes: the claim, the volumes, the sources of variables, the objects.
RENAMED = (
    "metadata.name", "containers[0].name", "volume", "configMapRef.name", "secretRef.name", "scaleTargetRef",
    "backend.service.name",
)  # fmt: skip


@pytest.mark.parametrize("stack", STACKS)
def test_what_was_imported_makes_the_same_or_is_told(
    rendered: dict[str, dict[str, dict[str, Any]]], stack: str
) -> None:
    for kind, theirs in by_kustomize(stack).items():
        ours = dict(fields(rendered[stack][kind]))
        notes = [note for note in source().notes if f"{kind} {theirs['metadata']['name']}: " in note]
        for path, value in fields(theirs):
            is_told = any(f": {path} " in note or f": {parent(path)} " in note for note in notes)
            is_renamed = any(name in path for name in RENAMED)
            assert ours.get(path) == value or is_told or is_renamed, f"{kind} {path} {value}"


def parent(path: str) -> str:
    """Labels are told a map a line."""
    for key in ("labels", "matchLabels", "selector"):
        before, found, _ = path.rpartition(f".{key}.")
        if found:
            return f"{before}.{key}"
    return path


def test_the_claim_and_the_quota_are_the_same_too(rendered: dict[str, dict[str, dict[str, Any]]]) -> None:
    assert rendered["prod"]["PersistentVolumeClaim"]["spec"] == by_kustomize("prod")["PersistentVolumeClaim"]["spec"]
    quota = yaml.safe_load((SOURCE / "k8s/namespaces/ml-prod-quota.yaml").read_text())["spec"]["hard"]
    # Told: Kubernetes counts GPUs by their requests.
    assert quota.pop("limits.nvidia.com/gpu") == "8"
    assert rendered["prod"]["ResourceQuota"]["spec"]["hard"] == quota
    assert any("limits.nvidia.com/gpu 8: not imported" in note for note in source().notes)


def test_an_overlay_says_only_what_is_different_from_the_base() -> None:
    overlay = source().overlays["staging"]
    assert overlay["models"] == {"model-server": {"cpu": {"request": "3", "limit": "6"}}}
    assert source().base["models"]["model-server"]["scaling"]["maxReplicas"] == 10


def test_secrets_are_named_and_their_values_left(tmp_path: Path) -> None:
    shutil.copytree(SOURCE / "k8s", tmp_path / "k8s")
    secret = tmp_path / "k8s/base/secret.yaml"
    secret.write_text(secret.read_text().replace('S3_ACCESS_KEY: ""', "S3_ACCESS_KEY: hunter2"))
    found = import_kustomize(tmp_path / "k8s")
    assert found.base["models"]["model-server"]["secrets"]["S3_ACCESS_KEY"] == "s3-access-key"
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    "note",
    [
        "Ingress model-server: metadata.labels app.kubernetes.io/managed-by=kustomize, "
        "app.kubernetes.io/name=model-server: not imported, gpuplane sets its own labels",
        "prod: Deployment model-server: spec.replicas 3: not imported, its autoscaler owns the count",
        "prod: ml-prod-quota.yaml: ResourceQuota: in no kustomization, imported anyway",
        "dev: cluster: no manifest names it, fix: set it in Pulumi.dev.yaml",
        "secret WANDB_API_KEY: its value is not imported, fix: pulumi config set --secret wandb-api-key",
    ],
)
def test_what_could_not_be_carried_is_one_line_each(note: str) -> None:
    assert note in source().notes


def test_a_patch_that_is_missing_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    """As the source document's own prod overlay, which names a file that it does not show."""
    shutil.copytree(SOURCE / "k8s", tmp_path / "k8s")
    patch = tmp_path / "k8s/overlays/prod/patches/hpa-patch.yaml"
    patch.unlink()
    found = import_kustomize(tmp_path / "k8s")
    assert f"prod: {patch}: no such file, patch left out" in found.notes
    assert found.overlays["prod"]["models"]["model-server"]["cpu"]["request"] == "4"
    assert "scaling" not in found.overlays["prod"]["models"]["model-server"]


def test_a_lone_kustomization_is_a_base_and_one_stack(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    (tmp_path / "test/deployment.yaml").write_text(DEPLOYMENT)
    (tmp_path / "test/kustomization.yaml").write_text("resources: [deployment.yaml]\nnamespace: ml-test\n")
    found = import_kustomize(tmp_path)
    assert found.overlays == {
        "test": {"cluster": {"kubeconfig": {"context": "my-context"}}, "tenants": {"serving": {"namespace": "ml-test"}}}
    }
    assert found.base["models"] == {
        "bert": {
            "tenant": "serving",
            "image": "example.com:5000/bert:v1",
            "cpu": {"request": "1", "limit": "2"},
            "memory": {"request": "1Gi", "limit": "1Gi"},
            "env": {"A": "1"},
            "secrets": {"TOKEN": "token"},
            "storage": {"mountPath": "/m", "download": {"image": "fetch:v1", "command": ["fetch"]}},
            "runAsUser": 2000,
            "scaling": {"minReplicas": 1, "maxReplicas": 1},
        }
    }
    at = "Deployment bert: spec.template.spec.containers[0]"
    assert f"{at}.args --fast: not imported, no argument for it; fix: `transforms` of the model" in found.notes
    assert any(note.startswith(f"{at}.env[2].valueFrom.fieldRef.fieldPath spec.nodeName: ") for note in found.notes)
    load(found.base, found.overlays["test"], "test")


def test_what_no_config_can_say_is_to_mend_by_hand(tmp_path: Path) -> None:
    (tmp_path / "deployment.yaml").write_text(DEPLOYMENT.replace("bert:v1", "bert"))
    (tmp_path / "kustomization.yaml").write_text("resources: [deployment.yaml, ../gone]\nnamePrefix: x-\n")
    notes = import_kustomize(tmp_path).notes
    name = tmp_path.name
    assert f"{tmp_path}/kustomization.yaml: namePrefix: not supported" in notes
    assert f"{tmp_path}/../gone: no such file or folder, left out" in notes
    assert any(note.startswith(f"{name}: fix by hand: Pulumi.yaml: base.models.bert.image: must") for note in notes)


def test_a_folder_without_a_kustomization_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImportingError, match=r"no kustomization.yaml here or below, fix: name the folder that has it"):
        import_kustomize(tmp_path)


def test_files_that_are_there_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\n")
    with pytest.raises(ImportingError, match=r"has Pulumi.yaml already, fix: choose a new folder"):
        source().write(tmp_path)
    assert (tmp_path / "Pulumi.yaml").read_text() == "name: mine\n"


def test_chart_values_are_one_model_server() -> None:
    values = yaml.safe_load((SOURCE / "helm/model-server/values.yaml").read_text())
    config, notes = convert(values, "resnet50")
    assert config["models"]["resnet50"] == {
        "tenant": "serving",
        "image": "registry.example.com/ml-images/inference:v1.2.0",
        "cpu": {"request": "2", "limit": "4"},
        "memory": {"request": "4Gi", "limit": "8Gi"},
        "gpu": {"count": 1, "accelerator": "nvidia-tesla-t4"},
        "env": {
            "MODEL_NAME": "resnet50",
            "MODEL_VERSION": "v1.2.0",
            "MODEL_PATH": "/models/resnet50_v1.2.0.onnx",
        },
        "probes": {"livenessPath": "/health", "readinessPath": "/health/ready", "loadSeconds": 300},
        "scaling": {"minReplicas": 2, "maxReplicas": 10, "cpuPercent": 70, "memoryPercent": 0},
        "route": {"exposure": "ingress", "hosts": ["api.ml.example.com"], "ingress": {"tlsSecret": "resnet50-tls"}},
    }
    told = {note.split(": ")[1].split(" ")[0].rstrip(":") for note in notes}
    assert told == {
        "replicaCount",
        "model.storageSizeGi",
        "ingress.tls",
        *(f"probes.{probe}.initialDelaySeconds" for probe in ("startup", "liveness", "readiness")),
    }


def test_values_of_an_environment_are_an_overlay(tmp_path: Path) -> None:
    shutil.copy(SOURCE / "helm/model-server/values.yaml", tmp_path)
    (tmp_path / "values-dev.yaml").write_text("autoscaling: {maxReplicas: 3}\nimage: {tag: v2}\n")
    (tmp_path / "values-prod.yaml").write_text("autoscaling: {enabled: false}\nreplicaCount: 4\n")
    found = import_helm_values(tmp_path)
    name = tmp_path.name
    assert found.overlays["dev"]["models"][name] == {
        "image": "registry.example.com/ml-images/inference:v2",
        "scaling": {"maxReplicas": 3},
    }
    assert found.overlays["prod"]["models"][name]["scaling"] == {
        "minReplicas": 4,
        "maxReplicas": 4,
        "cpuPercent": None,
        "memoryPercent": None,
    }
    for stack, overlay in found.overlays.items():
        load(found.base, overlay, stack)


def test_a_pace_of_its_own_is_carried() -> None:
    behavior = {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "policies": [
                {"type": "Percent", "value": 50, "periodSeconds": 30},
                {"type": "Pods", "value": 4, "periodSeconds": 30},
            ],
        },
        "scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}] * 2, "selectPolicy": "Min"},
    }
    autoscaler = FieldReader("HorizontalPodAutoscaler", "bert", {"spec": {"maxReplicas": 3, "behavior": behavior}})
    assert scaling(autoscaler)["up"] == {
        "pods": 4,
        "percent": 50,
        "periodSeconds": 30,
        "stabilizationSeconds": 0,
    }
    left = [line.split(": ")[1] for line in autoscaler.unread()]
    assert left[0].startswith("spec.behavior.scaleDown.policies[0].type Pods")
    assert left[-1] == "spec.behavior.scaleDown.selectPolicy Min"


def test_a_pace_by_percent_alone_stays_so() -> None:
    policies = [{"type": "Percent", "value": 100, "periodSeconds": 15}]
    spec = {"maxReplicas": 3, "behavior": {"scaleUp": {"policies": policies}}}
    found = Scaling.from_config(scaling(FieldReader("HorizontalPodAutoscaler", "bert", {"spec": spec})))
    assert found.up.rules["policies"] == policies


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}
RATE = {"type": "Pods", "pods": {"metric": {"name": "rate"}, "target": {"type": "AverageValue", "averageValue": "9"}}}


@pytest.mark.parametrize(
    ("of_autoscaler", "percents"),
    [
        ([CPU], {"cpuPercent": 60, "memoryPercent": 0}),
        ([RATE], {"cpuPercent": 0, "memoryPercent": 0}),
        # What Kubernetes itself holds where nothing is said.
        ([], {"cpuPercent": 80, "memoryPercent": 0}),
    ],
)
def test_what_an_autoscaler_does_not_look_at_is_ignored_by_the_import_too(
    of_autoscaler: list[dict[str, Any]], percents: dict[str, int]
) -> None:
    found = scaling(
        FieldReader("HorizontalPodAutoscaler", "bert", {"spec": {"maxReplicas": 3, "metrics": of_autoscaler}})
    )
    assert {key: value for key, value in found.items() if key.endswith("Percent")} == percents


@pytest.mark.parametrize(
    ("target", "patch", "key", "result"),
    [
        ({"a": 1, "b": 2}, {"b": None, "c": 3}, "", {"a": 1, "c": 3}),
        ([{"name": "a", "x": 1}], [{"name": "b"}], "env", [{"name": "a", "x": 1}, {"name": "b"}]),
        ([{"name": "a"}, {"name": "b"}], [{"name": "a", "$patch": "delete"}], "containers", [{"name": "b"}]),
        ([{"name": "a"}], [{"$patch": "replace"}, {"name": "c"}], "volumes", [{"name": "c"}]),
        ([{"key": "a"}], [{"key": "b"}], "tolerations", [{"key": "b"}]),
        ({"a": {"b": 1}}, {"a": {"$patch": "replace", "c": 2}}, "", {"a": {"c": 2}}),
        ({"a": 1}, {"$patch": "delete"}, "", None),
        ([{"port": 80, "x": 1}], [{"port": 80, "x": 2}], "ports", [{"port": 80, "x": 2}]),
    ],
)
def test_strategic_merge(target: Any, patch: Any, key: str, result: Any) -> None:
    assert strategic_merge(target, patch, key) == result


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "replace", "path": "/a/0/b", "value": 2}, {"a": [{"b": 2}]}),
        ({"op": "add", "path": "/a/0", "value": 1}, {"a": [1, {"b": 1}]}),
        ({"op": "remove", "path": "/a/0"}, {"a": []}),
        ({"op": "add", "path": "/x~1y", "value": 3}, {"a": [{"b": 1}], "x/y": 3}),
    ],
)
def test_json_patch(operation: dict[str, Any], result: Any) -> None:
    assert json_patch({"a": [{"b": 1}]}, [operation]) == result


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({"op": "move", "path": "/a"}, "unknown operation, got 'move', allowed: add, replace, remove"),
        ({"op": "replace", "path": "/b/c", "value": 1}, "no such path, got '/b/c'"),
    ],
)
def test_a_json_patch_that_cannot_be_says_why(operation: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        json_patch({"a": 1}, [operation])
    assert str(caught.value) == message


PLAIN = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), PLAIN, max_size=3)


@settings(max_examples=200, deadline=None)
@given(base=MAPS, whole=MAPS)
def test_the_difference_makes_the_whole_of_the_base(base: dict[str, Any], whole: dict[str, Any]) -> None:
    assert merge(base, difference(base, whole)) == whole


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["import", "kustomize", "gone"],
            "gone: no kustomization.yaml here or below, fix: name the folder that has it",
        ),
        (["import", "helm-values", "gone"], "gone: no such file, fix: name a chart's values.yaml or its folder"),
        (["config", "-s", "pord"], "Pulumi.pord.yaml: no such stack, nearest: prod"),
        (["doctor", "-s", "pord"], "Pulumi.pord.yaml: no such stack, nearest: prod"),
        (["init", "qa", "--from", "pord"], "Pulumi.pord.yaml: no such stack, nearest: prod"),
    ],
)
def test_a_wrong_use_of_a_command_is_one_line_and_status_2(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["gpuplane", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"error: {said}\n"

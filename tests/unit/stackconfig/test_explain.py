"""Where each value of a stack's config comes from."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.cli.main import app
from gpuplane.plain.merge_patch import compose
from gpuplane.program.project import Project
from gpuplane.stackconfig import load
from gpuplane.stackconfig.explain import Origin, explain
from gpuplane.stackconfig.files.stack_files import StackFiles
from gpuplane.stackconfig.files.yaml_document import YamlDocument
from projects import ROOT, project_with

BASE = """\
name: acme
runtime: python
config:
  base:
    type: object
    value:
      tenants:
        serving: { namespace: shared, labels: { team: a, cost: b } }
      models:
        bert:
          tenant: serving
          image: example.com/bert:v1
          command: [serve, --slow]
          cpu: { request: "1", limit: "2" }
          memory: { request: 1Gi, limit: 2Gi }
          scaling: { maxReplicas: 3, cpuPercent: 50 }
"""
OVERLAY = """\
config:
  acme:token: { secure: v1:aaaa:bbbb }
  acme:overlay:
    cluster:
      kubeconfig: { context: kind }
    tenants:
      serving: { labels: null }
    models:
      bert:
        command: [serve]
        cpu: { request: 500m }
        scaling: { cpuPercent: null }
        transforms: { service: { spec: { type: null } } }
        secrets: { TOKEN: token }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(BASE)
    (tmp_path / "Pulumi.dev.yaml").write_text(OVERLAY)
    return tmp_path


def origins(root: Path) -> dict[str, Origin]:
    layers = Project.at(root).layers("dev")
    config = load(layers.base, layers.overlay, "dev", layers.files)
    found = explain(layers.base, layers.overlay, layers.files, config)
    assert len({origin.path for origin in found}) == len(found)
    return {origin.path: origin for origin in found}


@pytest.mark.parametrize(
    ("path", "value", "source"),
    [
        ("models.bert.image", "example.com/bert:v1", "Pulumi.yaml:12"),
        ("models.bert.cpu.request", "500m", "Pulumi.dev.yaml:11"),
        ("models.bert.cpu.limit", "2", "Pulumi.yaml:14"),
        ("models.bert.command", ["serve"], "Pulumi.dev.yaml:10"),
        ("models.bert.secrets.TOKEN", "token", "Pulumi.dev.yaml:14"),
        ("models.bert.scaling.minReplicas", 2, "default"),
        ("models.bert.scaling.cpuPercent", 70, "default, Pulumi.dev.yaml:12 deletes the base's"),
        ("models.bert.transforms.service.spec.type", None, "Pulumi.dev.yaml:13"),
        ("models.bert.probes.loadSeconds", 300, "default"),
        ("tenants.serving.labels", None, "Pulumi.dev.yaml:7 deletes the base's"),
        ("cluster.kubeconfig.context", "kind", "Pulumi.dev.yaml:5"),
    ],
)
def test_a_value_comes_from_the_last_that_says_it(root: Path, path: str, value: Any, source: str) -> None:
    assert origins(root)[path] == Origin(path, value, source)


def test_a_deleted_map_leaves_nothing_behind(root: Path) -> None:
    assert not [path for path in origins(root) if path.startswith("tenants.serving.labels.")]


def test_what_is_empty_by_default_is_not_told(root: Path) -> None:
    assert not {"pools", "pools.gke", "models.bert.transforms", "models.bert.env"} & origins(root).keys()


@pytest.mark.parametrize("stack", ["local", "dev", "staging", "prod"])
def test_every_value_of_the_merged_config_is_explained_once(stack: str) -> None:
    layers = Project.at(ROOT).layers(stack)
    config = load(layers.base, layers.overlay, stack, layers.files)
    found = explain(layers.base, layers.overlay, layers.files, config)
    said = {o.path: o.value for o in found if not o.source.startswith("default") and "deletes" not in o.source}
    assert said == dict(leaves(layers.merged))


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{key}" if path else key)]
    return [(path, value)]


def test_an_encrypted_value_is_never_printed(root: Path) -> None:
    for arguments in (["config", "-s", "dev", "-C", str(root)], ["config", "-s", "dev", "-C", str(root), "--explain"]):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0
        assert "aaaa" not in done.output
        assert "token" in done.output


def test_the_merged_config_is_printed_as_yaml_that_says_the_same() -> None:
    done = CliRunner().invoke(app, ["config", "-s", "staging", "-C", str(ROOT)])
    layers = Project.at(ROOT).layers("staging")
    assert yaml.safe_load(done.output) == layers.merged


KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(base=st.dictionaries(KEYS, VALUES, max_size=3), patch=st.dictionaries(KEYS, VALUES, max_size=3))
def test_the_source_of_a_value_says_that_value(base: dict[str, Any], patch: dict[str, Any]) -> None:
    """For any two layers: a value that is the overlay's is in the overlay, any other is the base's."""
    # `transforms` takes any JSON: the two layers go there.
    common = {
        "cluster": {"kubeconfig": {"context": "kind"}},
        "tenants": {"t": {"namespace": "t", "transforms": {"namespace": base}}},
    }
    over = {"tenants": {"t": {"transforms": {"namespace": patch}}}}
    files = StackFiles.unread("dev")
    config = load(common, over, "dev", files)
    merged = compose(base, patch)
    prefix = "tenants.t.transforms.namespace."
    for origin in explain(common, over, files, config):
        path = origin.path.removeprefix(prefix)
        if path == origin.path or "deletes" in origin.source:
            continue
        said = at(patch, path) if origin.source == "Pulumi.dev.yaml" else at(base, path)
        assert said == at(merged, path) == origin.value


def at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value[key]
    return value


def test_a_wrong_config_is_not_explained_but_told(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text(OVERLAY.replace("cpu: {", "cpus: {"))
    done = CliRunner().invoke(app, ["config", "-s", "dev", "-C", str(root)])
    assert isinstance(done.exception, InvalidArgumentsError)
    assert "  Pulumi.dev.yaml:11: overlay.models.bert.cpus: unknown key, nearest: cpu" in str(done.exception)


def test_a_copy_of_the_project_explains_itself_by_its_own_lines(tmp_path: Path) -> None:
    project = project_with(tmp_path, "prod", {"models": {"resnet50": {"port": 9000}}})
    document = YamlDocument.read(tmp_path / "Pulumi.prod.yaml")
    line = document.line(["config", "gpuplane:overlay", "models", "resnet50", "port"])
    layers = project.layers("prod")
    config = load(layers.base, layers.overlay, "prod", layers.files)
    (port,) = [o for o in explain(layers.base, layers.overlay, layers.files, config) if o.path.endswith(".port")]
    assert port == Origin("models.resnet50.port", 9000, f"Pulumi.prod.yaml:{line}")


@pytest.mark.parametrize("stack", Project.at(ROOT).stacks)
def test_the_table_of_every_stack_is_printed(stack: str) -> None:
    done = CliRunner().invoke(app, ["config", "-s", stack, "-C", str(ROOT), "--explain"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("PATH")

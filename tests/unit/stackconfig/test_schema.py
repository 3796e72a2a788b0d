"""The schemas that editors check stack files with."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from gpuplane.stackconfig.schema import SCHEMAS, project_schema, stack_schema, text
from projects import ROOT

STACKS = ["local", "dev", "staging", "prod"]


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    jsonschema.Draft7Validator.check_schema(schema)
    return [deepest(error).message for error in jsonschema.Draft7Validator(schema).iter_errors(value)]


def deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    return jsonschema.exceptions.best_match([error])


def own(stack: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_is_valid(stack: str) -> None:
    assert errors(stack_schema(), own(stack)) == []


@pytest.mark.parametrize("path", [ROOT, *(ROOT / "examples").glob("*")], ids=lambda path: path.name)
def test_every_project_file_is_valid(path: Path) -> None:
    assert errors(project_schema(), yaml.safe_load((path / "Pulumi.yaml").read_text())) == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("models.resnet50.cpus", {}, "Additional properties are not allowed ('cpus' was unexpected)"),
        ("modles", {}, "Additional properties are not allowed ('modles' was unexpected)"),
        ("models.resnet50.scaling.minReplicas", "few", "'few' is not of type 'integer', 'null'"),
        ("models.resnet50.env.A", 3, "3 is not of type 'string', 'null'"),
        ("tenants.serving.quota.gpu", 1, "Additional properties are not allowed ('gpu' was unexpected)"),
    ],
)
def test_what_is_misspelt_in_an_overlay_is_refused(path: str, value: Any, message: str) -> None:
    stack = own("prod")
    put(stack["config"]["gpuplane:overlay"], path, value)
    assert errors(stack_schema(), stack) == [message]


@pytest.mark.parametrize(
    "path",
    [
        "models.resnet50",
        "models.resnet50.gpu",
        "models.resnet50.gpu.pool",
        "models.resnet50.env.LOG_LEVEL",
        "models.resnet50.scaling",
        "models.resnet50.port",
        "tenants",
        "tenants.serving.quota.gpus",
    ],
)
def test_an_overlay_may_delete_whatever_the_base_has(path: str) -> None:
    stack = own("prod")
    put(stack["config"]["gpuplane:overlay"], path, None)
    assert errors(stack_schema(), stack) == []


def test_a_base_may_not_delete() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    put(project["config"]["base"]["value"], "models.resnet50.scaling.minReplicas", None)
    assert errors(project_schema(), project) == ["None is not of type 'integer'"]


def test_a_misspelt_key_of_a_stacks_file_is_refused() -> None:
    assert errors(stack_schema(), {"confg": {}}) == ["Additional properties are not allowed ('confg' was unexpected)"]


def test_every_key_says_what_it_is() -> None:
    """Editors show the docstring of an argument beside it, or that of the model it is."""
    for schema in (stack_schema(), project_schema()):
        for name, part in schema["$defs"].items():
            silent = [key for key, value in part.get("properties", {}).items() if not described(value, schema)]
            assert not silent, f"{name}: {silent}"


def described(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    parts = [value, *value.get("anyOf", [])]
    models = [schema["$defs"][part["$ref"].rpartition("/")[2]] for part in parts if "$ref" in part]
    return any("description" in part for part in (*parts, *models))


def put(value: dict[str, Any], path: str, new: Any) -> None:
    *above, last = path.split(".")
    for key in above:
        value = value.setdefault(key, {})
    value[last] = new


@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi*.yaml")), ids=lambda path: path.name)
def test_every_stack_file_leads_editors_to_its_schema(path: Path) -> None:
    name = "project" if path.name == "Pulumi.yaml" else "stack"
    line, _, _ = path.read_text().partition("\n")
    assert line == f"# yaml-language-server: $schema=schemas/{name}.schema.json"
    assert (ROOT / "schemas" / f"{name}.schema.json").exists()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_that_of_the_models(name: str) -> None:
    """To mend it: gpuplane schema."""
    assert (ROOT / "schemas" / name).read_text() == text(SCHEMAS[name]())

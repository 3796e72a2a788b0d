"""JSON Schemas of the stack files, by which editors complete and explain keys and mark wrong ones.

Source: https://json-schema.org/draft-07/json-schema-validation
"""

import json
from collections.abc import Callable
from typing import Any, cast

from gpuplane.stackconfig.files.stack_files import STACK_FILE_KEYS
from gpuplane.stackconfig.model import StackConfig

# The one that every editor knows.
_DIALECT = "http://json-schema.org/draft-07/schema#"
_ANYTHING: dict[str, Any] = {}


def stack_schema() -> dict[str, Any]:
    """Return the schema of a `Pulumi.<stack>.yaml`, whose overlay may omit any key, or delete the base's with null.

    Other config keys are Pulumi's and the project's, and are not checked.
    """
    half = _partial(can_delete=True)
    return {
        "$schema": _DIALECT,
        "title": "A stack's file: what is different there from the base",
        "type": "object",
        "properties": {
            **dict.fromkeys(STACK_FILE_KEYS, _ANYTHING),
            "config": {
                "type": ["object", "null"],
                "patternProperties": {"^([^:]+:)?overlay$": {"$ref": "#/$defs/Overlay"}},
            },
        },
        "additionalProperties": False,
        "$defs": {**half.pop("$defs"), "Overlay": half},
    }


def project_schema() -> dict[str, Any]:
    """Return the schema of Pulumi.yaml, whose base may leave any key to the overlays; the rest is Pulumi's own."""
    half = _partial(can_delete=False)
    base = {"$ref": "#/$defs/Base"}
    typed = {"type": "object", "required": ["value"], "properties": {"type": {"const": "object"}, "value": base}}
    return {
        "$schema": _DIALECT,
        "title": "A project's file: what all stacks share",
        "type": "object",
        "required": ["name", "runtime"],
        "properties": {"config": {"type": "object", "patternProperties": {"^([^:]+:)?base$": typed}}},
        "$defs": {**half.pop("$defs"), "Base": half},
    }


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "stack.schema.json": stack_schema,
    "project.schema.json": project_schema,
}
"""The schemas by the names of their files."""


def text(schema: dict[str, Any]) -> str:
    """Return the text of a schema's file."""
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _partial(*, can_delete: bool) -> dict[str, Any]:
    """Return the config's schema with nothing required, since another file may have it."""
    schema = StackConfig.model_json_schema(by_alias=True)
    return cast(dict[str, Any], _relaxed(schema, can_delete=can_delete))


def _relaxed(value: Any, *, can_delete: bool) -> Any:
    if isinstance(value, list):
        return [_relaxed(item, can_delete=can_delete) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    known = cast(dict[str, Any], value)
    relaxed: dict[str, Any] = {}
    for key, inner in known.items():
        if key in ("required", "title"):
            continue
        if key == "default":
            if inner not in (None, {}, []):
                relaxed[key] = inner
        elif key in ("properties", "$defs"):
            optional = can_delete and key == "properties"
            members = cast(dict[str, Any], inner).items()
            parts = {name: _relaxed(part, can_delete=can_delete) for name, part in members}
            relaxed[key] = {name: _nullable(part) if optional else part for name, part in parts.items()}
        elif key == "additionalProperties" and isinstance(inner, dict):
            part = _relaxed(inner, can_delete=can_delete)
            relaxed[key] = _nullable(part) if can_delete else part
        else:
            relaxed[key] = _relaxed(inner, can_delete=can_delete)
    return relaxed


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with null allowed, and its description where editors look for it."""
    spoken = {key: schema[key] for key in ("description", "default") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in spoken}
    choices = rest["anyOf"] if rest.keys() == {"anyOf"} else [rest]
    if {"type": "null"} in choices or not rest:
        return schema
    if rest.keys() == {"type"} and isinstance(rest["type"], str):
        return {**spoken, "type": [rest["type"], "null"]}
    return {**spoken, "anyOf": [*choices, {"type": "null"}]}

"""Arguments of components as stack files spell them."""

from typing import Any

from pydantic.alias_generators import to_camel


def camel_case(value: Any) -> Any:
    """The value with every key of it in camelCase, for arguments without maps by name or objects of Kubernetes."""
    if isinstance(value, dict):
        return {to_camel(key): camel_case(inner) for key, inner in value.items()}
    return [camel_case(inner) for inner in value] if isinstance(value, list) else value

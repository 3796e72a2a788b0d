"""The encrypted config keys that a config names; never their values."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

SECRETS_KEY = "secrets"


def named_secrets(merged: Any, path: str = "") -> dict[str, str]:
    """Return the encrypted config keys that a merged config names, each with the first path that names it.

    They are the values of every map `secrets`, from environment variable to key.

    Example:
        >>> named_secrets({"models": {"bert": {"secrets": {"TOKEN": "hub-token"}}}})
        {'hub-token': 'models.bert.secrets.TOKEN'}
    """
    found: dict[str, str] = {}
    for key, where in _named(merged, path):
        found.setdefault(key, where)
    return found


def _named(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, item in enumerate(cast(list[Any], value)):
            yield from _named(item, f"{path}[{index}]")
    if not isinstance(value, Mapping):
        return
    for key, inner in cast(Mapping[str, Any], value).items():
        where = f"{path}.{key}" if path else key
        if key == SECRETS_KEY and isinstance(inner, Mapping):
            for variable, name in cast(Mapping[str, Any], inner).items():
                if isinstance(name, str):
                    yield name, f"{where}.{variable}"
        else:
            yield from _named(inner, where)

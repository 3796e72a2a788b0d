"""Secrets: only in Secret objects, never in variables, arguments and ConfigMaps."""

import re
from collections.abc import Iterator
from typing import Any, cast

from gpuplane.plain.nested import field
from gpuplane.policy.model import ALWAYS, Rule, Violation
from gpuplane.policy.subjects.subject import UNKNOWN, Subject, maps

_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?)$", re.IGNORECASE
)
# The location or lifetime of a secret is not a secret.
_HARMLESS = re.compile(r"^(/|https?://|\d+$|true$|false$|$)", re.IGNORECASE)
_VALUE = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_-]{20,}|xox[abp]-[0-9A-Za-z-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."
)


def looks_secret(name: str, value: Any) -> bool:
    """Return whether a literal looks like a secret, by its name or its form.

    Example:
        >>> looks_secret("WANDB_API_KEY", "0a1b2c"), looks_secret("TOKEN_LIMIT", "4096")
        (True, False)
    """
    if not isinstance(value, str) or value == UNKNOWN:
        return False
    return bool(_VALUE.search(value)) or bool(_NAME.search(name) and not _HARMLESS.search(value))


def _literals(subject: Subject) -> Iterator[Violation]:
    if subject.kind == "ConfigMap":
        for key, value in sorted(field(subject.body, "data", {}).items()):
            if looks_secret(key, value) or subject.is_secret(f"data.{key}"):
                yield Violation(subject, f"data.{key}", "must not be in a ConfigMap")
    for container in subject.containers():
        for index, variable in enumerate(maps(container.body.get("env"))):
            path, name = f"{container.path}.env[{index}].value", str(variable.get("name", ""))
            if looks_secret(name, variable.get("value")) or ("value" in variable and subject.is_secret(path)):
                yield Violation(subject, path, f"must not be a literal, got one for {name}")
        for key in ("command", "args"):
            for index, word in enumerate(_words(container.body.get(key))):
                path = f"{container.path}.{key}[{index}]"
                if looks_secret("", word) or subject.is_secret(path):
                    yield Violation(subject, path, "must not be an argument")


def _words(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


RULES = (
    Rule(
        id="secret-not-literal",
        reason="everyone who may read pods, ConfigMaps or their logs can read it",
        fix="use a Secret from encrypted config, with secretRef or secretKeyRef",
        levels=ALWAYS,
        check=_literals,
    ),
)

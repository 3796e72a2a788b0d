"""A Pulumi project on disk: its program, and what each stack's config says, without the CLI."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from gpuplane.errors import nearest
from gpuplane.merge_patch import merge

SECRET_PLACEHOLDER = "placeholder-for-a-secret"


class ProjectError(Exception):
    """A project or stack file that is missing or cannot be read: what, where, and the fix, in one line."""


@dataclass(frozen=True)
class StackSettings:
    """What one stack's program is run with.

    Attributes:
        project: Name of the project.
        stack: Name of the stack.
        config: Every config key with its namespace, such as `gpuplane:base`, to its text as Pulumi keeps it.
        secret_keys: The keys whose values are secret.
        placeholders: The secret keys whose real value is not known here and was made up.
    """

    project: str
    stack: str
    config: Mapping[str, str]
    secret_keys: frozenset[str]
    placeholders: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml.

    Attributes:
        root: The folder.
        name: The project's name.
        main: The program's folder or file.
        settings: Pulumi.yaml as it is.
    """

    root: Path
    name: str
    main: Path
    settings: Mapping[str, Any]

    @classmethod
    def at(cls, root: Path) -> "Project":
        """The project of a folder.

        Raises:
            ProjectError: There is no Pulumi.yaml, or it is no project.
        """
        settings = _read(root / "Pulumi.yaml")
        name = settings.get("name")
        if not isinstance(name, str):
            raise ProjectError(f"{root / 'Pulumi.yaml'}: name: must be a text, got {name!r}")
        main = root / str(settings.get("main", "."))
        if not main.exists():
            raise ProjectError(f"{root / 'Pulumi.yaml'}: main: no such file or folder, got {settings.get('main')!r}")
        return cls(root=root, name=name, main=main, settings=settings)

    @property
    def stacks(self) -> list[str]:
        """The names of the stacks that have a file."""
        return sorted(path.name.split(".", 1)[1].rsplit(".", 1)[0] for path in self.root.glob("Pulumi.*.yaml"))

    def stack(self, name: str) -> StackSettings:
        """What the stack's program is run with: the project's own values, and the stack's over them.

        Secrets cannot be decrypted without the CLI: each gets a placeholder.

        Raises:
            ProjectError: The stack has no file, or one that cannot be read.
        """
        if name not in self.stacks:
            close = nearest(name, self.stacks)
            hint = f"nearest: {', '.join(close)}" if close else f"allowed: {', '.join(self.stacks) or 'none'}"
            raise ProjectError(f"{self.root}: unknown stack, got {name!r}, {hint}")
        shared = {self._qualified(key): _value(entry) for key, entry in _mapping(self.settings.get("config")).items()}
        stack_file = _read(self.root / f"Pulumi.{name}.yaml")
        own = {self._qualified(key): value for key, value in _mapping(stack_file.get("config")).items()}
        values = {key: value for key, value in {**shared, **own}.items() if value is not None}
        encrypted = {key for key, value in values.items() if isinstance(value, dict) and "secure" in value}
        made_up = {*encrypted, *(self._qualified(key) for key in self._named_secrets(values))} - (
            values.keys() - encrypted
        )
        config = {key: _text(value) for key, value in values.items() if key not in made_up}
        return StackSettings(
            project=self.name,
            stack=name,
            config={**config, **dict.fromkeys(sorted(made_up), SECRET_PLACEHOLDER)},
            secret_keys=frozenset(made_up),
            placeholders=tuple(sorted(made_up)),
        )

    def _named_secrets(self, values: Mapping[str, Any]) -> set[str]:
        """The config keys that the stack's models name as their secrets."""
        merged = merge(values.get(f"{self.name}:base") or {}, values.get(f"{self.name}:overlay") or {})
        models = _mapping(_mapping(merged).get("models")).values()
        return {str(key) for model in models for key in _mapping(_mapping(model).get("secrets")).values()}

    def _qualified(self, key: str) -> str:
        return key if ":" in key else f"{self.name}:{key}"


def _value(entry: Any) -> Any:
    """A value of Pulumi.yaml's `config`: written bare, or under `value` or `default` beside its type."""
    fields = _mapping(entry)
    if {"value", "default", "type", "description", "secret", "items"} & fields.keys():
        return fields.get("value", fields.get("default"))
    return entry


def _mapping(value: Any) -> dict[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(f"{path}: no such file, fix: run in the folder of a Pulumi project") from None
    except yaml.YAMLError as error:
        raise ProjectError(f"{path}: not valid YAML, {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise ProjectError(f"{path}: must be a map, got {type(found).__name__}")
    return cast(dict[str, Any], found)

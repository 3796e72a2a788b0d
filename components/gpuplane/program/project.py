"""A Pulumi project on disk: its program and the config of each stack, read without the CLI."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpuplane.arguments.errors import InvalidArgumentsError, nearest
from gpuplane.arguments.merging import merge_config
from gpuplane.hardware import Catalogue
from gpuplane.plain.nested import mapping
from gpuplane.stackconfig.files.secrets import named_secrets
from gpuplane.stackconfig.files.stack_files import BASE_KEY, OVERLAY_KEY, StackFiles, file_problems, stack_file
from gpuplane.stackconfig.files.yaml_document import YamlDocument
from gpuplane.stackconfig.model import StackConfig
from gpuplane.stackconfig.sections.machines import catalogue_of

SECRET_PLACEHOLDER = "placeholder-for-a-secret"


class ProjectError(Exception):
    """A project or stack file that is missing or cannot be read: what, where, and the fix, in one line."""


@dataclass(frozen=True)
class StackSettings:
    """Settings that one stack's program runs with.

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

    @property
    def catalogue(self) -> Catalogue:
        """The machine types and accelerators of the stack: gpuplane's, and those of its config."""
        return config_catalogue(self.project, self.config)


@dataclass(frozen=True)
class ConfigLayers:
    """A stack's base and overlay, as its files say them.

    Attributes:
        base: The base.
        overlay: The overlay.
        files: Where they are written.
        encrypted_keys: The config keys, with their namespace, whose values are encrypted.
    """

    base: Mapping[str, Any]
    overlay: Mapping[str, Any]
    files: StackFiles
    encrypted_keys: frozenset[str]

    @property
    def merged(self) -> dict[str, Any]:
        """The two as one."""
        return merge_config(StackConfig, self.base, self.overlay)


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml.

    Attributes:
        root: The folder.
        name: The project's name.
        main: The program's folder or file.
        document: Pulumi.yaml as it is.
    """

    root: Path
    name: str
    main: Path
    document: YamlDocument

    @classmethod
    def at(cls, root: Path) -> "Project":
        """Read the project of a folder.

        Raises:
            ProjectError: There is no Pulumi.yaml, or it is no project.
            InvalidArgumentsError: It is not valid YAML.
        """
        document = _read(root / "Pulumi.yaml")
        settings = mapping(document.value)
        name = settings.get("name")
        if not isinstance(name, str):
            raise ProjectError(f"{root / 'Pulumi.yaml'}: name: must be a text, got {name!r}")
        main = root / str(settings.get("main", "."))
        if not main.exists():
            raise ProjectError(f"{root / 'Pulumi.yaml'}: main: no such file or folder, got {settings.get('main')!r}")
        return cls(root=root, name=name, main=main, document=document)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The content of Pulumi.yaml."""
        return mapping(self.document.value)

    @property
    def stacks(self) -> list[str]:
        """The names of the stacks that have a file. `Pulumi.<stack>.deploy.yaml` is none: it has a stack's settings for
        Pulumi Deployments.

        Source: https://www.pulumi.com/docs/iac/cli/commands/pulumi_deployment_settings/
        """
        files = (path.name for path in self.root.glob("Pulumi.*.yaml"))
        return sorted(file[len("Pulumi.") : -len(".yaml")] for file in files if not file.endswith(".deploy.yaml"))

    def stack(self, name: str) -> StackSettings:
        """Return the settings that the stack's program runs with: the project's values with the stack's over them.

        Secrets cannot be decrypted without the CLI: each gets a placeholder.

        Raises:
            ProjectError: The stack has no file, or one that cannot be read.
            InvalidArgumentsError: It is not valid YAML, or has keys that nobody reads.
        """
        values = self._values(self._stack_document(name))
        encrypted = {key for key, value in values.items() if _is_encrypted(value)}
        base, overlay = (mapping(values.get(f"{self.name}:{layer}")) for layer in (BASE_KEY, OVERLAY_KEY))
        made_up = {*encrypted, *map(self._qualified, named_secrets(merge_config(StackConfig, base, overlay)))} - (
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

    def layers(self, name: str) -> ConfigLayers:
        """Return the stack's base and overlay, and where they are written.

        Raises:
            ProjectError: The stack has no file, or one that cannot be read.
            InvalidArgumentsError: It is not valid YAML, or has keys that nobody reads.
        """
        own = self._stack_document(name)
        files = StackFiles.of(self.name, self.document, own)
        encrypted = frozenset(key for key, value in self._values(own).items() if _is_encrypted(value))
        return ConfigLayers(base=files.base.value, overlay=files.overlay.value, files=files, encrypted_keys=encrypted)

    def _stack_document(self, name: str) -> YamlDocument:
        if name not in self.stacks:
            close = nearest(name, self.stacks)
            hint = f"nearest: {', '.join(close)}" if close else f"allowed: {', '.join(self.stacks) or 'none'}"
            raise ProjectError(f"{self.root / stack_file(name)}: no such stack, {hint}")
        own = _read(self.root / stack_file(name))
        problems = file_problems(self.name, self.document, own)
        if problems:
            raise InvalidArgumentsError(f'stack "{name}"', problems)
        return own

    def _values(self, own: YamlDocument) -> dict[str, Any]:
        """Return every config key with its namespace: the project's values with the stack's over them."""
        declared = mapping(self.settings.get("config"))
        shared = {self._qualified(key): _value(entry) for key, entry in declared.items()}
        stacks = {self._qualified(key): value for key, value in mapping(mapping(own.value).get("config")).items()}
        return {key: value for key, value in {**shared, **stacks}.items() if value is not None}

    def _qualified(self, key: str) -> str:
        return key if ":" in key else f"{self.name}:{key}"


def _value(entry: Any) -> Any:
    """Return a value of Pulumi.yaml's `config`: written bare, or under `value` or `default` beside its type."""
    fields = mapping(entry)
    if {"value", "default", "type", "description", "secret", "items"} & fields.keys():
        return fields.get("value", fields.get("default"))
    return entry


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def config_catalogue(project: str, config: Mapping[str, str]) -> Catalogue:
    """Return the machine types and accelerators of a stack by its config keys with their texts."""
    base, overlay = (_json(config.get(f"{project}:{half}", "")) for half in (BASE_KEY, OVERLAY_KEY))
    return catalogue_of(merge_config(StackConfig, base, overlay))


def _json(text: str) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(text))
    except ValueError:
        return {}


def _is_encrypted(value: Any) -> bool:
    return "secure" in mapping(value)


def _read(path: Path) -> YamlDocument:
    try:
        found = YamlDocument.read(path)
    except FileNotFoundError:
        raise ProjectError(f"{path}: no such file, fix: run in the folder of a Pulumi project") from None
    if found.problems:
        raise InvalidArgumentsError(str(path), found.problems)
    if not isinstance(found.value, dict):
        raise ProjectError(f"{path}: must be a map, got {type(found.value).__name__}")
    return found

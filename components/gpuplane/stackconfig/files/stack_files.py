"""The files of a stack's config: Pulumi.yaml with the base, Pulumi.<stack>.yaml with the overlay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gpuplane.arguments.errors import Problem, nearest
from gpuplane.plain.nested import mapping
from gpuplane.stackconfig.files.yaml_document import Step, YamlDocument, at, spelt

BASE_KEY = "base"
OVERLAY_KEY = "overlay"
PROJECT_FILE = "Pulumi.yaml"

# Source: the fields of a project and of a stack in
# https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/project.go
STACK_FILE_KEYS = ("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt")


def stack_file(stack: str) -> str:
    """Return the name of a stack's file."""
    return f"Pulumi.{stack}.yaml"


@dataclass(frozen=True)
class ConfigLayer:
    """The base or the overlay.

    Attributes:
        key: `base` or `overlay`.
        file: The name of the file it is in.
        document: That file, None if it was not read.
        steps: The keys that lead to it in the file.
    """

    key: str
    file: str
    document: YamlDocument | None = None
    steps: tuple[Step, ...] = ()

    @property
    def value(self) -> Mapping[str, Any]:
        """Its content in the file."""
        return mapping(at(self.document.value, self.steps)) if self.document and self.steps else {}

    def place(self, steps: Sequence[Step]) -> str:
        """Return the file and the line of a value, or of the nearest key around it.

        Example:
            >>> ConfigLayer("overlay", "Pulumi.prod.yaml").place(["models"])
            'Pulumi.prod.yaml'
        """
        line = self.document.line([*self.steps, *steps]) if self.document else None
        return f"{self.file}:{line}" if line else self.file


@dataclass(frozen=True)
class StackFiles:
    """The base and the overlay of a stack, in their files.

    Attributes:
        base: The base.
        overlay: The overlay.
    """

    base: ConfigLayer
    overlay: ConfigLayer

    @classmethod
    def unread(cls, stack: str) -> "StackFiles":
        """Return the layers with the names of their files only."""
        return cls(ConfigLayer(BASE_KEY, PROJECT_FILE), ConfigLayer(OVERLAY_KEY, stack_file(stack)))

    @classmethod
    def of(cls, project: str, shared: YamlDocument, own: YamlDocument) -> "StackFiles":
        """Find the layers in the project's file and the stack's; a base in the stack's file replaces the project's."""
        base = _layer(BASE_KEY, project, own) or _layer(BASE_KEY, project, shared)
        overlay = _layer(OVERLAY_KEY, project, own) or _layer(OVERLAY_KEY, project, shared)
        return cls(
            base or ConfigLayer(BASE_KEY, shared.name, shared), overlay or ConfigLayer(OVERLAY_KEY, own.name, own)
        )

    @classmethod
    def near(
        cls, folder: Path, project: str, stack: str, base: Mapping[str, Any], overlay: Mapping[str, Any]
    ) -> "StackFiles":
        """Find the files of the project that a folder is in, for a program that already has its config.

        A layer whose file has other content comes from elsewhere, such as Pulumi ESC, and has no lines.
        """
        for root in (folder, *folder.parents):
            try:
                shared, own = YamlDocument.read(root / PROJECT_FILE), YamlDocument.read(root / stack_file(stack))
            except OSError:
                continue
            if mapping(shared.value).get("name") == project:
                found, unread = cls.of(project, shared, own), cls.unread(stack)
                return cls(
                    found.base if found.base.value == base else unread.base,
                    found.overlay if found.overlay.value == overlay else unread.overlay,
                )
        return cls.unread(stack)


def _layer(key: str, project: str, document: YamlDocument) -> ConfigLayer | None:
    config = mapping(mapping(document.value).get("config"))
    for spelling in (f"{project}:{key}", key):
        if spelling in config:
            # A project's own config keys are declared: what they are is beside their type.
            declared: Mapping[str, Any] = mapping(config[spelling]) if document.name == PROJECT_FILE else {}
            typed = [inner for inner in ("value", "default") if inner in declared]
            return ConfigLayer(key, document.name, document, ("config", spelling, *typed[:1]))
    return None


def file_problems(project: str, shared: YamlDocument, own: YamlDocument) -> list[Problem]:
    """Find problems of a stack's file outside its overlay.

    Pulumi ignores keys it does not know: a misspelt `overlay` would deploy the base alone.

    Args:
        project: Name of the project.
        shared: Pulumi.yaml.
        own: The stack's file.
    """
    return [*_stranger_problems(own), *_spelling_problems(project, shared, own), *_encrypted_problems(project, own)]


def _stranger_problems(own: YamlDocument) -> Iterator[Problem]:
    for key in mapping(own.value):
        if key not in STACK_FILE_KEYS:
            close = nearest(key, STACK_FILE_KEYS, 1)
            hint = f"nearest: {close[0]}" if close else f"allowed: {', '.join(STACK_FILE_KEYS)}"
            yield Problem(_place(own, [key]), f"{key}: unknown key, {hint}")


def _spelling_problems(project: str, shared: YamlDocument, own: YamlDocument) -> Iterator[Problem]:
    config = mapping(mapping(own.value).get("config"))
    wanted = f"{project}:{OVERLAY_KEY}"
    declared = mapping(mapping(shared.value).get("config"))
    if wanted in config or OVERLAY_KEY in config or not {BASE_KEY, f"{project}:{BASE_KEY}"} & declared.keys():
        return
    for key, value in config.items():
        known = key in declared or key.removeprefix(f"{project}:") in declared
        if isinstance(value, dict) and not known and nearest(key, [wanted, OVERLAY_KEY], 1):
            yield Problem(_place(own, ["config", key]), f"config.{key}: unknown key, nearest: {wanted}")


def _encrypted_problems(project: str, own: YamlDocument) -> Iterator[Problem]:
    for key in (BASE_KEY, OVERLAY_KEY):
        layer = _layer(key, project, own)
        if not layer:
            continue
        for steps in _encrypted(layer.value, ()):
            yield Problem(
                layer.place(steps),
                f"{spelt([key, *steps])}: must not be encrypted here, where it would be decrypted into plain config, "
                "fix: pulumi config set --secret KEY, and name KEY under `secrets`",
            )


def _encrypted(value: Any, above: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if isinstance(value, dict):
        known = cast(dict[str, Any], value)
        if known.keys() == {"secure"}:
            yield above
            return
        for key, inner in known.items():
            yield from _encrypted(inner, (*above, key))
    elif isinstance(value, list):
        for index, inner in enumerate(cast(list[Any], value)):
            yield from _encrypted(inner, (*above, index))


def _place(document: YamlDocument, steps: Sequence[Step]) -> str:
    line = document.line(steps)
    return f"{document.name}:{line}" if line else document.name

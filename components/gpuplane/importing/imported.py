"""The result of an import: a base, an overlay for each environment, and notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.importing.errors import ImportingError
from gpuplane.plain.merge_patch import difference, merge
from gpuplane.plain.nested import mapping
from gpuplane.platforms import Platform
from gpuplane.stackconfig.files.write import project_text, stack_text
from gpuplane.stackconfig.load import load

PROJECT = "gpuplane"
TENANT = "serving"

_CLUSTERS: dict[Platform, dict[str, Any]] = {
    Platform.GKE: {"existingGke": {"cluster": "my-cluster", "project": "my-project", "location": "us-central1"}},
    Platform.EKS: {"existingEks": {"cluster": "my-cluster", "region": "us-east-1"}},
    Platform.KUBECONFIG: {"kubeconfig": {"context": "my-context"}},
}


@dataclass(frozen=True)
class Imported:
    """A base and its overlays.

    Attributes:
        base: The config that all environments share.
        overlays: The differences, by environment.
        notes: A line for each field that was not imported or has to be filled in.
    """

    base: dict[str, Any]
    overlays: dict[str, dict[str, Any]]
    notes: list[str]

    @property
    def files(self) -> dict[str, str]:
        """The files by name."""
        own = {f"Pulumi.{stack}.yaml": stack_text(PROJECT, overlay) for stack, overlay in self.overlays.items()}
        return {"Pulumi.yaml": project_text(PROJECT, self.base), **own}

    def write(self, folder: Path) -> list[Path]:
        """Write the files.

        Raises:
            ImportingError: One of them exists already.
        """
        there = [name for name in self.files if (folder / name).exists()]
        if there:
            raise ImportingError(f"{folder}: has {', '.join(there)} already, fix: choose a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return [folder / name for name in self.files]


def imported(base: Mapping[str, Any], stacks: Mapping[str, Mapping[str, Any]], notes: Sequence[str]) -> Imported:
    """Return the overlays of the environments over the base, each with a cluster and a namespace to fill in.

    Args:
        base: The config that they share.
        stacks: The whole config of each environment, without a cluster.
        notes: Notes so far.
    """
    told = list(notes)
    overlays: dict[str, dict[str, Any]] = {}
    for stack, config in stacks.items():
        whole = {"cluster": _CLUSTERS[_platform(config)], **config}
        told.append(f"{stack}: cluster: no manifest names it, fix: set it in Pulumi.{stack}.yaml")
        if not mapping(mapping(config.get("tenants")).get(TENANT)).get("namespace"):
            whole = merge(whole, {"tenants": {TENANT: {"namespace": f"ml-{stack}"}}})
            told.append(f"{stack}: namespace: not set, chose ml-{stack}, fix: change it in Pulumi.{stack}.yaml")
        overlays[stack] = difference(base, whole)
        told.extend(f"{stack}: fix by hand: {problem}" for problem in _problems(base, overlays[stack], stack))
    return Imported({**base}, overlays, told)


def in_common(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """Merge the notes of several environments; a note that is not about all of them names those it is about.

    Example:
        >>> in_common({"dev": ["a", "b"], "prod": ["a"]})
        ['a', 'dev: b']
    """
    merged: list[str] = []
    for note in dict.fromkeys(note for own in notes.values() for note in own):
        about = [stack for stack, own in notes.items() if note in own]
        merged.append(note if len(about) == len(notes) else f"{', '.join(about)}: {note}")
    return merged


def shared(configs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the values that all of the configs have.

    Example:
        >>> shared([{"a": 1, "b": {"c": 2}}, {"a": 3, "b": {"c": 2}}])
        {'b': {'c': 2}}
    """
    first, *others = configs
    common: dict[str, Any] = {}
    for key, value in first.items():
        if not all(key in other for other in others):
            continue
        if all(isinstance(config[key], dict) for config in configs):
            inner = shared([mapping(config[key]) for config in configs])
            if inner:
                common[key] = inner
        elif all(other[key] == value for other in others):
            common[key] = value
    return common


def _platform(config: Mapping[str, Any]) -> Platform:
    gpus = [mapping(mapping(model).get("gpu")) for model in mapping(config.get("models")).values()]
    if not any(gpus):
        return Platform.KUBECONFIG
    # NVIDIA's names are GKE's spelling; EKS labels its nodes with bare ones.
    names = [str(gpu.get("accelerator", "")) for gpu in gpus]
    return Platform.EKS if any(name and not name.startswith("nvidia-") for name in names) else Platform.GKE


def _problems(base: Mapping[str, Any], overlay: Mapping[str, Any], stack: str) -> list[str]:
    try:
        load(base, overlay, stack)
    except InvalidArgumentsError as error:
        return [str(problem) for problem in error.problems]
    return []

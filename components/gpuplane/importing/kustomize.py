"""Import of Kustomize overlays."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from gpuplane.importing.errors import ImportingError
from gpuplane.importing.imported import Imported, imported, in_common, shared
from gpuplane.importing.kustomization import FILE_NAMES, Built, build, documents
from gpuplane.importing.objects import convert
from gpuplane.importing.transformers import Objects
from gpuplane.plain.nested import mapping

STRAYS = ("ResourceQuota", "Secret")
"""The kinds that are also read from manifests in no kustomization, since these are often applied by hand."""

BUILD_TIMEOUT_SECONDS = 60


def import_kustomize(path: Path) -> Imported:
    """Import the overlays below a folder as one environment each, over the base that they share.

    They are built by `kustomize` or `kubectl kustomize` where that is on PATH and can build them, else without.

    Args:
        path: A folder with a kustomization, or one above several.

    Raises:
        ImportingError: There is no kustomization, or a file is not valid YAML.
    """
    folders = sorted({file.parent.resolve() for name in FILE_NAMES for file in path.rglob(name)})
    if not folders:
        raise ImportingError(f"{path}: no kustomization.yaml here or below, fix: name the folder that has it")
    builds = {folder: build(folder) for folder in folders}
    bases = {base for built in builds.values() for base in built.bases}
    tops = {folder.name: built for folder, built in builds.items() if folder not in bases}
    places = [path.resolve(), *bases]
    strays = _strays(places, {file for built in builds.values() for file in built.files})
    configs: dict[str, dict[str, Any]] = {}
    notes: dict[str, list[str]] = {}
    for stack, built in tops.items():
        folder = next(folder for folder, one in builds.items() if one is built)
        objects, said = _objects(folder, built)
        beside, read = _beside(strays, objects)
        configs[stack], left = convert([*objects, *beside])
        notes[stack] = [*said, *read, *left]
    return imported(_base(builds, tops, configs, strays), configs, in_common(notes))


def _objects(folder: Path, built: Built) -> tuple[Objects, list[str]]:
    """Return the objects as Kustomize builds them; if it cannot, as gpuplane does, with notes."""
    for command in (["kustomize", "build"], ["kubectl", "kustomize"]):
        if not shutil.which(command[0]):
            continue
        try:
            done = subprocess.run(
                [*command, str(folder)], capture_output=True, text=True, check=True, timeout=BUILD_TIMEOUT_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return [mapping(found) for found in yaml.safe_load_all(done.stdout) if found], []
    return built.objects, built.notes


def _base(
    builds: dict[Path, Built], tops: dict[str, Built], configs: dict[str, dict[str, Any]], strays: dict[Path, Objects]
) -> dict[str, Any]:
    """Return the config of the base that all overlays are built on; without one, of what they have in common."""
    common = [base for base in next(iter(tops.values())).bases if all(base in built.bases for built in tops.values())]
    if not common:
        alone = shared(list(configs.values()))
        return {key: value for key, value in alone.items() if key != "tenants" or len(configs) > 1}
    objects = builds[common[0]].objects if common[0] in builds else build(common[0]).objects
    beside, _ = _beside(strays, objects)
    return convert([*objects, *beside])[0]


def _strays(places: list[Path], known: set[Path]) -> dict[Path, Objects]:
    found: dict[Path, Objects] = {}
    for place in places:
        for file in sorted([*place.rglob("*.yaml"), *place.rglob("*.yml")]):
            if file not in known:
                objects = [obj for obj in documents(file) if obj.get("kind") in STRAYS]
                if objects:
                    found[file] = objects
    return found


def _beside(strays: dict[Path, Objects], objects: Objects) -> tuple[Objects, list[str]]:
    """Return the objects in no kustomization that have the namespace of these objects, or none."""
    namespaces = {mapping(obj.get("metadata")).get("namespace") for obj in objects} | {None}
    beside: Objects = []
    notes: list[str] = []
    for file, found in strays.items():
        for obj in found:
            if mapping(obj.get("metadata")).get("namespace") in namespaces:
                beside.append(obj)
                notes.append(f"{file.name}: {obj['kind']}: in no kustomization, imported anyway")
    return beside, notes

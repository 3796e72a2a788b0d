"""Kustomizations without Kustomize: the parts of its format that overlays of model servers use."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gpuplane.importing.errors import ImportingError
from gpuplane.importing.strategic_merge import json_patch, strategic_merge
from gpuplane.importing.transformers import TRANSFORMERS, Objects
from gpuplane.plain.nested import items, mapping

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass
class Built:
    """The result of a kustomization.

    Attributes:
        objects: The objects.
        bases: The folders of the kustomizations it is built on.
        files: The files it reads.
        notes: A line for each part that could not be read.
    """

    objects: Objects = field(default_factory=Objects)
    bases: list[Path] = field(default_factory=list[Path])
    files: list[Path] = field(default_factory=list[Path])
    notes: list[str] = field(default_factory=list[str])


def file_of(folder: Path) -> Path | None:
    """Return the kustomization file of a folder, None where it has none."""
    return next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)


def build(folder: Path) -> Built:
    """Build the objects of a folder's kustomization.

    Missing files and unsupported keys are noted and the rest is built: a person has to read the notes.

    Raises:
        ImportingError: There is no kustomization, or a file is not valid YAML.
    """
    path = file_of(folder)
    if not path:
        raise ImportingError(f"{folder}: no kustomization.yaml, fix: name the folder that has it, or one above")
    found = documents(path)
    said = found[0] if found else {}
    built = Built(files=[path.resolve()])
    known = {*_ABOUT, *_READERS, *TRANSFORMERS}
    built.notes.extend(f"{path}: {key}: not supported" for key in said if key not in known)
    for key, read in _READERS.items():
        if key in said:
            read(built, folder, said[key])
    for key, transform in TRANSFORMERS.items():
        if key in said:
            transform(built.objects, said[key])
    return built


def documents(path: Path) -> Objects:
    """Read the objects of a manifest.

    Raises:
        ImportingError: It is not valid YAML.
    """
    return [found for found in _loaded(path.read_text(encoding="utf-8"), path) if isinstance(found, dict)]


def _loaded(text: str, path: Path) -> list[Any]:
    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        raise ImportingError(f"{path}: not valid YAML, {' '.join(str(error).split())}") from None


def _resources(built: Built, folder: Path, value: Any) -> None:
    for entry in map(str, items(value)):
        path = (folder / entry).resolve()
        if path.is_dir():
            inner = build(path)
            built.bases.extend([path, *inner.bases])
            built.objects.extend(inner.objects)
            built.files.extend(inner.files)
            built.notes.extend(inner.notes)
        elif path.is_file():
            built.files.append(path)
            for obj in documents(path):
                obj.setdefault("metadata", {})
                built.objects.append(obj)
        else:
            built.notes.append(f"{folder / entry}: no such file or folder, left out")


def _patches(built: Built, folder: Path, value: Any) -> None:
    for entry in items(value):
        patch = {"path": entry} if isinstance(entry, str) else mapping(entry)
        path = folder / str(patch.get("path", "kustomization.yaml"))
        if "path" in patch and not path.is_file():
            built.notes.append(f"{path}: no such file, patch left out")
            continue
        built.files.append(path.resolve())
        text = path.read_text(encoding="utf-8") if "path" in patch else str(patch.get("patch", ""))
        loaded = _loaded(text, path)
        # A JSON Patch is one list; strategic merge patches are one or more objects.
        for change in loaded:
            try:
                _apply(built.objects, change, mapping(patch.get("target")))
            except ValueError as error:
                built.notes.append(f"{path}: {error}, patch left out")


def _apply(objects: Objects, change: Any, target: Mapping[str, Any]) -> None:
    wanted = target or _identity(mapping(change))
    hit = [index for index, obj in enumerate(objects) if _matches(obj, wanted)]
    if not hit:
        raise ValueError(f"no object to patch, got {wanted.get('kind')} {wanted.get('name')}")
    for index in reversed(hit):
        if isinstance(change, list):
            objects[index] = json_patch(objects[index], [mapping(operation) for operation in items(change)])
            continue
        patched = strategic_merge(objects[index], mapping(change))
        if patched is None:
            del objects[index]
        else:
            # A patch with a target need not be called as what it patches.
            patched["metadata"]["name"] = objects[index]["metadata"].get("name")
            objects[index] = patched


def _identity(obj: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": obj.get("kind"), "name": mapping(obj.get("metadata")).get("name")}


def _matches(obj: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    own = _identity(obj)
    return all(own[key] == wanted[key] for key in ("kind", "name") if key in wanted)


def _generator(kind: str, key: str) -> "Reader":
    def read(built: Built, folder: Path, value: Any) -> None:
        for entry in map(mapping, items(value)):
            data = dict(_pairs(map(str, items(entry.get("literals")))))
            for name in map(str, items(entry.get("envs"))):
                data.update(_pairs((folder / name).read_text(encoding="utf-8").splitlines()))
            for item in map(str, items(entry.get("files"))):
                name, _, path = item.rpartition("=")
                data[name or Path(path).name] = (folder / path).read_text(encoding="utf-8")
            metadata = {"name": entry.get("name")}
            built.objects.append({"apiVersion": "v1", "kind": kind, "metadata": metadata, key: data})

    return read


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            yield name.strip(), value.strip("\"'")


Reader = Callable[[Built, Path, Any], None]

_ABOUT = ("apiVersion", "kind", "metadata", "generatorOptions")
# In the order Kustomize goes by, whatever the file's is.
_READERS: dict[str, Reader] = {
    "resources": _resources,
    "bases": _resources,
    "configMapGenerator": _generator("ConfigMap", "data"),
    "secretGenerator": _generator("Secret", "stringData"),
    "patchesStrategicMerge": _patches,
    "patches": _patches,
    "patchesJson6902": _patches,
}

"""What the device plugins of a cluster make known of a node's GPUs, by the configs that their pods would read there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import yaml

from gpuplane.capacity.fit import admits
from gpuplane.fields import field
from gpuplane.hardware import MigStrategy, Sharing, resource_name
from gpuplane.rehearsal.api import condition
from gpuplane.rehearsal.clouds.pool import (
    ADVERTISER_ANNOTATION,
    COUNT_ANNOTATION,
    DRIVER_ANNOTATION,
    MIG_PROFILE_ANNOTATION,
    NO_DRIVER,
    NVIDIA_DEVICE_PLUGIN,
    PARTITIONS_ANNOTATION,
)
from gpuplane.rehearsal.operators import Operator
from gpuplane.rehearsal.snapshot import Snapshot

Object = dict[str, Any]
Shown = Mapping[str, str]

_CONFIG_MANAGER_LABEL = "NODE_LABEL"


@dataclass(frozen=True)
class DevicePlugins:
    """The plugins of a cluster at one moment.

    Attributes:
        snapshot: What the API server shows.
        operators: The GPU operators among the Helm releases, whose objects are not there.
    """

    snapshot: Snapshot
    operators: Sequence[Operator] = ()

    def shown(self, node: Object) -> Shown:
        """What the plugins that run on the node make known by now, amounts by extended resource; empty for nodes that
        show their GPUs by themselves.
        """
        pods = [
            pod
            for pod in self.snapshot.pods
            if field(pod, "spec.nodeName") == node["metadata"]["name"]
            and condition(pod, "Ready").get("status") == "True"
        ]
        return self._by(node, [(pod["spec"], pod["metadata"].get("namespace", "")) for pod in pods])

    def expected(self, node: Object) -> Shown:
        """What the node will show once the pods of all DaemonSets that it admits run there."""
        own = _own(node)
        sets = [one for one in self.snapshot.daemon_sets if admits(node, one["spec"]["template"]["spec"])]
        specs = [(one["spec"]["template"]["spec"], one["metadata"].get("namespace", "")) for one in sets]
        return {**own, **self._by(node, specs)}

    def problems(self, node: Object) -> Iterable[str]:
        """Why a plugin that runs on the node makes nothing known, or should not be there."""
        name, annotations = node["metadata"]["name"], _annotations(node)
        pods = [pod for pod in self.snapshot.pods if field(pod, "spec.nodeName") == name and is_plugin(pod["spec"])]
        for pod in pods:
            owner = f"{pod['metadata'].get('namespace', '')}/{pod['metadata'].get('name', '')}"
            advertiser = annotations.get(ADVERTISER_ANNOTATION, "")
            if advertiser not in ("", NVIDIA_DEVICE_PLUGIN):
                yield f"{owner} is a second advertiser of the GPUs of {name}, after {advertiser}'s own"
            elif annotations.get(DRIVER_ANNOTATION) == NO_DRIVER and not self._has_driver(node, self._specs_on(name)):
                yield f"{owner} finds no GPU on {name}: nobody installs a driver there"
            elif isinstance(found := self._config(node, pod["spec"], pod["metadata"].get("namespace", "")), str):
                yield f"{owner} cannot start on {name}: {found}"

    def _by(self, node: Object, specs: Sequence[tuple[Object, str]]) -> Shown:
        if _annotations(node).get(ADVERTISER_ANNOTATION) != NVIDIA_DEVICE_PLUGIN:
            return {}
        if not self._has_driver(node, [spec for spec, _ in specs]):
            return {}
        for spec, namespace in specs:
            if is_plugin(spec):
                config = self._config(node, spec, namespace)
                if not isinstance(config, str):
                    return amounts(node, config)
        for operator in self.operators:
            config = operator.config(node)
            if config is not None:
                return amounts(node, config)
        return {}

    def _has_driver(self, node: Object, specs: Iterable[Object]) -> bool:
        is_there = _annotations(node).get(DRIVER_ANNOTATION) != NO_DRIVER
        return is_there or any(map(_installs_driver, specs)) or any(one.installs_driver for one in self.operators)

    def _specs_on(self, node_name: str) -> list[Object]:
        return [pod["spec"] for pod in self.snapshot.pods if field(pod, "spec.nodeName") == node_name]

    def _config(self, node: Object, spec: Object, namespace: str) -> Mapping[str, Any] | str:
        """The config that a plugin's pod reads on the node, or why there is none."""
        plugin = next(one for one in spec["containers"] if _mounts_plugins(one, spec))
        env = _env(plugin)
        if "CONFIG_FILE" not in env:
            return {"flags": {"migStrategy": env.get("MIG_STRATEGY", "none")}}
        manager = next((one for one in _containers(spec) if _CONFIG_MANAGER_LABEL in _env(one)), None)
        if manager:
            return self._chosen(node, spec, namespace, _env(manager))
        folder = env["CONFIG_FILE"].rpartition("/")[0]
        volume = next((one["name"] for one in field(plugin, "volumeMounts", []) if one["mountPath"] == folder), "")
        source = _config_map_of(spec, volume)
        items = field(source, "items", [])
        file = env["CONFIG_FILE"].rpartition("/")[2]
        key = next((item["key"] for item in items if item["path"] == file), file)
        return self._read(namespace, str(field(source, "name", "")), key)

    def _chosen(self, node: Object, spec: Object, namespace: str, env: Mapping[str, str]) -> Mapping[str, Any] | str:
        label = env[_CONFIG_MANAGER_LABEL]
        said = field(node, "metadata.labels", {}).get(label)
        name = said or env.get("DEFAULT_CONFIG", "")
        maps = [one for volume in field(spec, "volumes", []) if (one := field(volume, "configMap.name"))]
        found = next((self._read(namespace, config_map, name) for config_map in maps), f"no ConfigMap for {name!r}")
        if isinstance(found, str) and said:
            return f"{found}, which its label {label} asks for"
        return found

    def _read(self, namespace: str, name: str, key: str) -> Mapping[str, Any] | str:
        for config_map in self.snapshot.config_maps:
            metadata = config_map["metadata"]
            if (metadata.get("namespace"), metadata["name"]) == (namespace, name):
                text = field(config_map, "data", {}).get(key)
                return _parsed(text) if text is not None else f"no config {key!r} in ConfigMap {namespace}/{name}"
        return f"no ConfigMap {namespace}/{name}"


def amounts(node: Object, config: Mapping[str, Any]) -> Shown:
    """What a plugin with this config makes known of the node's GPUs.

    Source: https://github.com/NVIDIA/k8s-device-plugin/blob/main/README.md#shared-access-to-gpus
    """
    annotations = _annotations(node)
    gpus = int(annotations.get(COUNT_ANNOTATION, "0"))
    if not gpus:
        return {}
    strategy = MigStrategy(str(field(config, "flags.migStrategy", "none")))
    profile = "" if strategy is MigStrategy.NONE else annotations.get(MIG_PROFILE_ANNOTATION, "")
    per_gpu = int(annotations.get(PARTITIONS_ANNOTATION, "1")) if profile else 1
    whole = resource_name(Sharing(mig_profile=profile, mig_strategy=strategy))
    shared: Mapping[str, Any] = field(config, "sharing.timeSlicing") or field(config, "sharing.mps") or {}
    replicas = next((int(one["replicas"]) for one in field(shared, "resources", []) if one["name"] == whole), 1)
    name = f"{whole}.shared" if field(shared, "renameByDefault", False) and replicas > 1 else whole
    return {name: str(gpus * per_gpu * replicas)}


def is_plugin(spec: Object) -> bool:
    """Whether a pod can register devices with the kubelet: one of its containers mounts the folder for it."""
    return any(_mounts_plugins(container, spec) for container in spec["containers"])


def _mounts_plugins(container: Object, spec: Object) -> bool:
    mounted = {mount["name"] for mount in field(container, "volumeMounts", [])}
    return any(
        str(field(volume, "hostPath.path", "")).rstrip("/").endswith("/device-plugins")
        for volume in field(spec, "volumes", [])
        if volume["name"] in mounted
    )


def _installs_driver(spec: Object) -> bool:
    """Whether the pod is one of GKE's driver installers, by what they are told to write."""
    return any("NVIDIA_INSTALL_DIR_HOST" in _env(container) for container in _containers(spec))


def _own(node: Object) -> Shown:
    """What the node shows without anything being installed."""
    annotations = _annotations(node)
    if annotations.get(ADVERTISER_ANNOTATION, "") in ("", NVIDIA_DEVICE_PLUGIN):
        return {}
    return {name: amount for name, amount in node["status"]["allocatable"].items() if name.startswith("nvidia.com/")}


def _containers(spec: Object) -> list[Object]:
    return [*field(spec, "initContainers", []), *spec["containers"]]


def _env(container: Object) -> dict[str, str]:
    return {one["name"]: str(one.get("value", "")) for one in field(container, "env", [])}


def _annotations(node: Object) -> Mapping[str, str]:
    return field(node, "metadata.annotations", {})


def _config_map_of(spec: Object, volume_name: str) -> Object:
    nothing: Object = {}
    volumes: list[Object] = [one for one in field(spec, "volumes", []) if one["name"] == volume_name]
    return field(volumes[0], "configMap", nothing) if volumes else nothing


def _parsed(text: str) -> Mapping[str, Any]:
    loaded = yaml.safe_load(text)
    return cast(Mapping[str, Any], loaded) if isinstance(loaded, Mapping) else {}

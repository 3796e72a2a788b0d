"""Stands in for device plugins: the EFA interfaces and GPUs of a node by the configs that the plugins' pods mount."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import yaml

from gpuplane.hardware import EFA_RESOURCE, MigStrategy, Sharing, resource_name
from gpuplane.plain.merge_patch import merge
from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import condition
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.gpu_operator import GpuOperator
from gpuplane.rehearsal.controllers.plugin_pods import (
    containers,
    environment,
    installs_driver,
    is_efa_plugin,
    is_gpu_plugin,
    plugin_container,
)
from gpuplane.simulation.nodes import mig_manager
from gpuplane.simulation.nodes.node import (
    ADVERTISER_ANNOTATION,
    COUNT_ANNOTATION,
    DRIVER_ANNOTATION,
    EFA_ANNOTATION,
    MIG_PROFILE_ANNOTATION,
    NO_DRIVER,
    NVIDIA_DEVICE_PLUGIN,
    PARTITIONS_ANNOTATION,
)
from gpuplane.sizing.fit import admits

Object = dict[str, Any]
Shown = Mapping[str, str]

_CONFIG_MANAGER_LABEL = "NODE_LABEL"


@dataclass(frozen=True)
class DeviceProblem:
    """A problem of a plugin's pod on its node: its effect and its reason."""

    pod: Object
    what: str
    reason: str


@dataclass(frozen=True)
class DevicePlugins:
    """The device plugins of a cluster at one moment.

    Attributes:
        snapshot: The snapshot of the cluster.
        operators: The GPU operators among the Helm releases.
    """

    snapshot: Snapshot
    operators: Sequence[GpuOperator] = ()

    @cached_property
    def _pods(self) -> Mapping[str, list[Object]]:
        """The pods by their node."""
        found: dict[str, list[Object]] = {}
        for pod in self.snapshot.pods:
            found.setdefault(field(pod, "spec.nodeName", ""), []).append(pod)
        return found

    def shown(self, node: Object) -> Shown:
        """Return what the plugins on the node advertise now, amounts by extended resource, without GPUs that the node
        advertises by itself.
        """
        here = self._pods.get(node["metadata"]["name"], [])
        pods = [pod for pod in here if condition(pod, "Ready").get("status") == "True"]
        return self._by(node, [(pod["spec"], field(pod, "metadata.namespace", "")) for pod in pods])

    def expected(self, node: Object) -> Shown:
        """Return what the node will advertise once the pods of all DaemonSets that it admits run there."""
        own = _own(node)
        sets = [one for one in self.snapshot.daemon_sets if admits(node, one["spec"]["template"]["spec"])]
        specs = [(one["spec"]["template"]["spec"], field(one, "metadata.namespace", "")) for one in sets]
        return {**own, **self._by(node, specs)}

    def with_devices(self, node: Object) -> Object:
        """Return the node with all devices that will be advertised."""
        return merge(node, _patch(self.expected(node)))

    def is_done(self, node: Object) -> bool:
        """Return whether the node advertises all it will; so does a node without devices."""
        shown = node["status"]["allocatable"]
        return all(shown.get(name) == amount for name, amount in self.expected(node).items())

    def change(self, node: Object) -> Object:
        """Return the patch to the node's status that advertises what its plugins do; empty if it is up to date.

        While no plugin advertises any, GPUs stay on the node, as with a real kubelet; EFA interfaces go.
        """
        shown, known = self.shown(node), node["status"]["allocatable"]
        gone = [name for name in known if name not in shown]
        shows_gpus = any(map(_is_gpu, shown))
        stale = {name: None for name in gone if name == EFA_RESOURCE or (shows_gpus and _is_gpu(name))}
        return _patch({name: amount for name, amount in {**stale, **shown}.items() if known.get(name) != amount})

    def problems(self, node: Object) -> Iterable[DeviceProblem]:
        """Return the problems of the plugins on the node."""
        annotations = _annotations(node)
        advertiser = annotations.get(ADVERTISER_ANNOTATION, "")
        pods = self._pods.get(node["metadata"]["name"], [])
        for pod in (one for one in pods if is_gpu_plugin(one["spec"])):
            config = self._config(node, pod["spec"], field(pod, "metadata.namespace", ""))
            if advertiser not in ("", NVIDIA_DEVICE_PLUGIN):
                yield DeviceProblem(
                    pod,
                    "a second advertiser of GPUs",
                    f"{advertiser}'s own plugin already advertises them, allowed: one per node",
                )
            elif not self._has_driver(node, [one["spec"] for one in pods]):
                yield DeviceProblem(pod, "advertises no GPUs", "nothing installs a driver on the node")
            elif isinstance(config, str):
                yield DeviceProblem(pod, "advertises no GPUs", config)

    def _by(self, node: Object, specs: Sequence[tuple[Object, str]]) -> Shown:
        return {**self._gpus_by(node, specs), **_efa_by(node, [spec for spec, _ in specs])}

    def _gpus_by(self, node: Object, specs: Sequence[tuple[Object, str]]) -> Shown:
        if _annotations(node).get(ADVERTISER_ANNOTATION) != NVIDIA_DEVICE_PLUGIN:
            return {}
        if not self._has_driver(node, [spec for spec, _ in specs]):
            return {}
        for spec, namespace in specs:
            if is_gpu_plugin(spec):
                config = self._config(node, spec, namespace)
                if not isinstance(config, str):
                    return amounts(node, config, self._is_cut(node))
        for operator in self.operators:
            config = operator.config(node)
            if config is not None:
                return amounts(node, config, self._is_cut(node))
        return {}

    def _is_cut(self, node: Object) -> bool:
        """Return whether GPUs that are to be partitioned are: a label alone has no effect without a MIG manager."""
        labels: Mapping[str, str] = field(node, "metadata.labels", {})
        return mig_manager.CONFIG_LABEL not in labels or any(operator.cuts(node) for operator in self.operators)

    def _has_driver(self, node: Object, specs: Iterable[Object]) -> bool:
        is_there = _annotations(node).get(DRIVER_ANNOTATION) != NO_DRIVER
        return is_there or any(map(installs_driver, specs)) or any(one.installs_driver for one in self.operators)

    def _config(self, node: Object, spec: Object, namespace: str) -> Mapping[str, Any] | str:
        """Return the config that a plugin's pod reads on the node, or why there is none."""
        plugin = plugin_container(spec)
        env = environment(plugin)
        if "CONFIG_FILE" not in env:
            return {"flags": {"migStrategy": env.get("MIG_STRATEGY", "none")}}
        manager = next((one for one in containers(spec) if _CONFIG_MANAGER_LABEL in environment(one)), None)
        if manager:
            return self._chosen(node, spec, namespace, environment(manager))
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
            return f"{found}, which the node's label {label} selects"
        return found

    def _read(self, namespace: str, name: str, key: str) -> Mapping[str, Any] | str:
        for config_map in self.snapshot.config_maps:
            metadata = config_map["metadata"]
            if (metadata.get("namespace"), metadata["name"]) == (namespace, name):
                text = field(config_map, "data", {}).get(key)
                return _parsed(text) if text is not None else f"no config {key!r} in ConfigMap {namespace}/{name}"
        return f"no ConfigMap {namespace}/{name}"


def amounts(node: Object, config: Mapping[str, Any], is_cut: bool = True) -> Shown:
    """Return what a plugin with this config advertises for the node's GPUs.

    Source: https://github.com/NVIDIA/k8s-device-plugin/blob/main/README.md#shared-access-to-gpus
    """
    annotations = _annotations(node)
    gpus = int(annotations.get(COUNT_ANNOTATION, "0"))
    if not gpus:
        return {}
    strategy = MigStrategy(str(field(config, "flags.migStrategy", "none")))
    profile = "" if strategy is MigStrategy.NONE or not is_cut else annotations.get(MIG_PROFILE_ANNOTATION, "")
    per_gpu = int(annotations.get(PARTITIONS_ANNOTATION, "1")) if profile else 1
    whole = resource_name(Sharing(mig_profile=profile, mig_strategy=strategy))
    shared: Mapping[str, Any] = field(config, "sharing.timeSlicing") or field(config, "sharing.mps") or {}
    replicas = next((int(one["replicas"]) for one in field(shared, "resources", []) if one["name"] == whole), 1)
    name = f"{whole}.shared" if field(shared, "renameByDefault", False) and replicas > 1 else whole
    return {name: str(gpus * per_gpu * replicas)}


def _efa_by(node: Object, specs: Iterable[Object]) -> Shown:
    interfaces = _annotations(node).get(EFA_ANNOTATION)
    return {EFA_RESOURCE: interfaces} if interfaces and any(map(is_efa_plugin, specs)) else {}


def _patch(amounts: Mapping[str, str | None]) -> Object:
    return {"status": {"capacity": dict(amounts), "allocatable": dict(amounts)}} if amounts else {}


def _own(node: Object) -> Shown:
    """Return the GPUs that the node advertises without a plugin being installed."""
    annotations = _annotations(node)
    if annotations.get(ADVERTISER_ANNOTATION, "") in ("", NVIDIA_DEVICE_PLUGIN):
        return {}
    return {name: amount for name, amount in node["status"]["allocatable"].items() if _is_gpu(name)}


def _is_gpu(name: str) -> bool:
    return name.startswith("nvidia.com/")


def _annotations(node: Object) -> Mapping[str, str]:
    return field(node, "metadata.annotations", {})


def _config_map_of(spec: Object, volume_name: str) -> Object:
    nothing: Object = {}
    volumes: list[Object] = [one for one in field(spec, "volumes", []) if one["name"] == volume_name]
    return field(volumes[0], "configMap", nothing) if volumes else nothing


def _parsed(text: str) -> Mapping[str, Any]:
    loaded = yaml.safe_load(text)
    return cast(Mapping[str, Any], loaded) if isinstance(loaded, Mapping) else {}

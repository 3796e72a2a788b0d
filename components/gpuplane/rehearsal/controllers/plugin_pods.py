"""Recognizes device plugins and driver installers by what their pods mount and set, whoever wrote them."""

from typing import Any

from gpuplane.plain.nested import field

Object = dict[str, Any]

_REGISTRATION = "/device-plugins"
_EFA_DEVICES = "/dev/infiniband"


def is_gpu_plugin(spec: Object) -> bool:
    """Return whether a pod can advertise GPUs: it mounts the registration folder of plugins, and no RDMA devices."""
    return bool(_registering_volumes(spec)) and not is_efa_plugin(spec)


def is_efa_plugin(spec: Object) -> bool:
    """Return whether a pod can advertise EFA interfaces: it mounts that folder, and the node's RDMA devices."""
    return bool(_registering_volumes(spec)) and any(path == _EFA_DEVICES for path in _host_paths(spec).values())


def plugin_container(spec: Object) -> Object:
    """Return the container that registers devices."""
    volumes = _registering_volumes(spec)
    mounting = (one for one in spec["containers"] if volumes & {m["name"] for m in field(one, "volumeMounts", [])})
    return next(mounting, spec["containers"][0])


def installs_driver(spec: Object) -> bool:
    """Return whether the pod is one of GKE's driver installers."""
    return any("NVIDIA_INSTALL_DIR_HOST" in environment(container) for container in containers(spec))


def containers(spec: Object) -> list[Object]:
    """Return all containers of a pod, init containers first."""
    return [*field(spec, "initContainers", []), *spec["containers"]]


def environment(container: Object) -> dict[str, str]:
    """Return the environment variables of a container that have literal values."""
    return {one["name"]: str(one.get("value", "")) for one in field(container, "env", [])}


def _registering_volumes(spec: Object) -> set[str]:
    return {name for name, path in _host_paths(spec).items() if path.endswith(_REGISTRATION)}


def _host_paths(spec: Object) -> dict[str, str]:
    """Return the paths on the node that a pod mounts, by volume."""
    return {one["name"]: str(field(one, "hostPath.path", "")).rstrip("/") for one in field(spec, "volumes", [])}

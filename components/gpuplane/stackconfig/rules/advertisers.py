"""One GPU advertiser for each node, over all pools and devices."""

from collections.abc import Iterable, Mapping, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.gpu_operator.rules import second_advertiser
from gpuplane.nodepools.facts import GPU_PRESENT_LABEL, MIG_CONFIG_LABEL, PoolFacts
from gpuplane.plain.nested import field
from gpuplane.platforms import Platform
from gpuplane.stackconfig.sections.cluster import ClusterConfig
from gpuplane.stackconfig.sections.devices import DevicesConfig
from gpuplane.stackconfig.sections.pools import Pools


def advertiser_problems(devices: DevicesConfig, pools: Pools) -> Iterable[Problem]:
    """Check that the GPUs of every pool are advertised, and by one plugin only.

    Args:
        devices: The stack's devices, without problems of their own.
        pools: Its pools, without problems of their own.
    """
    facts = pools.facts
    waiting = {path: pool for path, pool in facts.items() if pool.advertiser == NVIDIA}
    paths = {pool.name: path for path, pool in facts.items()}
    if waiting and not devices.nvidias:
        yield _missing(list(waiting.values()))
    if facts and not waiting:
        yield from _idle(devices, list(facts.values()))
    if devices.nvidias:
        for name, message in devices.nvidias.pool_problems(list(waiting.values())):
            yield Problem(paths[name], message)
    yield from (Problem(paths[name], message) for name, message in _second(devices, list(facts.values())))
    yield from _drivers(devices, waiting)


def _missing(waiting: Sequence[PoolFacts]) -> Problem:
    names = ", ".join(pool.name for pool in waiting)
    is_cut = any(MIG_CONFIG_LABEL in pool.selector for pool in waiting)
    key = "gpuOperator" if is_cut or any(pool.platform is Platform.GKE for pool in waiting) else "nvidiaDevicePlugin"
    value = "{configs: {default: {migStrategy: mixed}}}" if is_cut else "{}"
    return Problem(
        f"devices.{key}",
        f"required by pools whose nodes do not advertise their GPUs, got {names}, fix: {key}: {value}",
    )


def _idle(devices: DevicesConfig, pools: Sequence[PoolFacts]) -> Iterable[Problem]:
    got = ", ".join(f"{pool.name} by {pool.advertiser}" for pool in pools)
    for name in ("nvidia_device_plugin", "gpu_operator"):
        if getattr(devices, name):
            yield Problem(
                f"devices.{name}",
                f"no pool needs it, GPUs are already advertised, got {got}, allowed: one advertiser a node, "
                "fix: set it to null",
            )


def _second(devices: DevicesConfig, pools: Sequence[PoolFacts]) -> Iterable[tuple[str, str]]:
    if devices.gpu_operator and any(pool.advertiser == NVIDIA for pool in pools):
        yield from second_advertiser(pools)
    if devices.nvidia_device_plugin:
        for pool in pools:
            if pool.advertiser != NVIDIA and pool.labels.get(GPU_PRESENT_LABEL) == "true":
                message = (
                    f"GPUs are already advertised by {pool.advertiser!r}, and label {GPU_PRESENT_LABEL} schedules "
                    "NVIDIA's plugin as well, allowed: one advertiser a node, fix: remove the label"
                )
                yield pool.name, message


def _drivers(devices: DevicesConfig, waiting: Mapping[str, PoolFacts]) -> Iterable[Problem]:
    driverless = [path for path, pool in waiting.items() if pool.platform is Platform.GKE]
    is_installed = devices.gke_driver_installer or (devices.gpu_operator and devices.gpu_operator.driver)
    if driverless and devices.nvidias and not is_installed:
        yield Problem(
            "devices.gke_driver_installer",
            f"required by GKE pools with driver: disabled, got {', '.join(driverless)}, "
            "fix: gkeDriverInstaller: {}, or gpuOperator: {driver: true} on Ubuntu nodes",
        )
    if devices.gke_driver_installer and not driverless:
        yield Problem(
            "devices.gke_driver_installer",
            "requires a GKE pool with driver: disabled, got none, fix: set it to null",
        )


def exporter_problems(devices: DevicesConfig, cluster: ClusterConfig) -> Iterable[Problem]:
    """Find a DCGM exporter on a new GKE cluster, whose managed DCGM would conflict with it.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/dcgm-metrics
    """
    if not devices.dcgm_exporter or not cluster.gke:
        return
    said: list[str] | None = field(cluster.gke.transforms, "cluster.monitoringConfig.enableComponents")
    if said is None or "DCGM" in said:
        yield Problem(
            "devices.dcgm_exporter",
            "must be left out on a new GKE cluster, whose managed DCGM runs on the same nodes, fix: set it to null, or "
            "cluster.gke.transforms: {cluster: {monitoringConfig: {enableComponents: [SYSTEM_COMPONENTS]}}}",
        )

"""Serves a simulated cloud to the real Pulumi engine in place of a provider plugin."""

import stat
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path

import grpc  # pyright: ignore[reportMissingTypeStubs]
from pulumi.runtime.proto import provider_pb2_grpc

from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.provider_plugin.servicer import CloudServicer
from gpuplane.simulation.resource import Resource

OnChange = Callable[[str, Resource], None]
"""Called with `create`, `update` or `delete` and the resource, before the engine is told that it is done."""

_THREADS = 16
_MAX_MESSAGE_BYTES = 400 * 1024 * 1024


@dataclass(frozen=True)
class PluginServer:
    """A provider that runs in this process and keeps its resources between engine operations.

    Attributes:
        package: Its Pulumi package, `gcp` or `aws`.
        port: Its port on the local host.
        stop: Stops it.
    """

    package: str
    port: int
    stop: Callable[[], None]

    def write_executable(self, directory: Path) -> Path:
        """Write the plugin executable for an engine that has the directory on its PATH.

        It prints the port of this process for the engine and waits until the engine kills it. The engine accepts it for
        any version of the package, with a warning.

        Returns:
            The path of `pulumi-resource-<package>`.
        """
        path = directory / f"pulumi-resource-{self.package}"
        path.write_text(f"#!/bin/sh\necho {self.port}\nexec sleep 86400\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path


def serve(package: str, cloud: SimulatedCloud, on_change: OnChange) -> PluginServer:
    """Serve the cloud as the provider of a package, until it is stopped.

    Args:
        package: `gcp` or `aws`; several servers may share one cloud.
        cloud: The cloud to serve.
        on_change: Called with each resource that was created, updated or deleted, such as a pool whose nodes come or
            go. If it raises, the operation fails with its message.

    Example:
        >>> server = serve("gcp", SimulatedCloud("127.0.0.1:6443", "Q0E="), lambda what, resource: None)
        >>> server.port > 0
        True
        >>> server.stop()
    """
    options = [(f"grpc.max_{way}_message_length", _MAX_MESSAGE_BYTES) for way in ("send", "receive")]
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(CloudServicer(package, cloud, on_change), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def stop() -> None:
        server.stop(None).wait()

    return PluginServer(package, port, stop)

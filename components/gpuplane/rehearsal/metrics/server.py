"""The server of the metrics APIs, and its registration with the API server."""

import contextlib
import json
import ssl
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.metrics.load import Load
from gpuplane.rehearsal.metrics.usage import answer

GROUPS = {
    "metrics.k8s.io": ("v1beta1",),
    "custom.metrics.k8s.io": ("v1beta2", "v1beta1"),
    "external.metrics.k8s.io": ("v1beta1",),
}
SERVICE = {"name": "rehearsal-metrics", "namespace": "kube-system"}


@contextlib.contextmanager
def served(
    api: KubernetesApi, controllers: CloudControllers, certificate: Path, key: Path
) -> Generator[Load, None, None]:
    """Serve the metrics APIs over the controllers' snapshots, for as long as the context lasts.

    Args:
        api: The API server to register with.
        controllers: The source of snapshots.
        certificate: The server's certificate, which the API server does not verify.
        key: Its key.
    """
    load = Load()
    server = _Server(controllers, load)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="metrics", daemon=True)
    thread.start()
    try:
        for obj in _registration(server.server_address[1]):
            api.apply(obj)
        yield load
    finally:
        server.shutdown()
        server.server_close()


def _registration(port: int) -> Generator[dict[str, Any], None, None]:
    """Yield the objects that register the server. The aggregation layer dials an external name itself, without DNS or
    endpoints.
    """
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": SERVICE,
        "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"name": "https", "port": port}]},
    }
    for group, versions in GROUPS.items():
        for priority, version in enumerate(reversed(versions), start=100):
            yield {
                "apiVersion": "apiregistration.k8s.io/v1",
                "kind": "APIService",
                "metadata": {"name": f"{version}.{group}"},
                "spec": {
                    "group": group,
                    "version": version,
                    "service": {**SERVICE, "port": port},
                    "insecureSkipTLSVerify": True,
                    "groupPriorityMinimum": 100,
                    "versionPriority": priority,
                },
            }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, controllers: CloudControllers, load: Load) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.controllers = controllers
        self.load = load

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore connections that break off."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        selector = parse_qs(asked.query).get("labelSelector", [""])[0]
        server: Any = self.server
        found = answer(unquote(asked.path), selector, server.controllers.latest, server.load.factor)
        body = json.dumps(found or {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the rehearsal's output is the verdict."""

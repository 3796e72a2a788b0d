"""The reference model server as a process: it drains on SIGTERM, and ends by itself when it cannot serve."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import onnx_model
from projects import ROOT

pytestmark = pytest.mark.processes


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def process(**variables: str) -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "serving"), **variables}
    command = [sys.executable, "-m", "inference_server"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until_ready(port: int, running: subprocess.Popen[str]) -> None:
    for _ in range(300):
        assert running.poll() is None
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection, suppress(OSError):
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("not ready within 30 seconds")


def test_it_answers_what_has_come_before_it_ends(tmp_path: Path) -> None:
    port = free_port()
    path = onnx_model.write(tmp_path / "model.onnx", "Neg", ["batch", 2])
    with process(MODEL_PATH=str(path), PORT=str(port)) as running:
        wait_until_ready(port, running)
        # Half of a request has come when it is told to end, the other half comes after that.
        body = json.dumps({"instances": [[1, 2]]})
        head = ["POST /predict HTTP/1.1", "Host: a", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall("\r\n".join([*head, "", body[:5]]).encode())
            time.sleep(0.2)
            running.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert running.poll() is None
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=1)
            client.sendall(body[5:].encode())
            answer = client.makefile().read()
        assert answer.startswith("HTTP/1.1 200 OK")
        assert '"predictions":[[-1.0,-2.0]]' in answer
        logs = lines(running)
    assert running.returncode == -signal.SIGTERM
    assert {"model loaded", "draining", "request"} <= {line["message"] for line in logs}


def test_a_model_that_is_not_there_ends_it_with_the_reason(tmp_path: Path) -> None:
    with process(MODEL_PATH=str(tmp_path / "bert.onnx"), PORT=str(free_port())) as running:
        logs = lines(running)
        assert running.wait(10) == 1
    assert f"{tmp_path}/bert.onnx: no such file" in [line.get("reason") for line in logs]


def test_nonsense_in_its_variables_ends_it_at_once() -> None:
    with process(MODEL_PATH="", BATCH_SIZE="many") as running:
        logs = lines(running)
        assert running.wait(10) == 2
    assert [line["message"] for line in logs] == [
        "MODEL_PATH: required, got nothing, such as /models/resnet50.onnx",
        "BATCH_SIZE: must be a whole number from 1, got 'many'",
    ]


def lines(running: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """All that it logs until it ends, each line an object."""
    assert running.stdout
    return [json.loads(line) for line in running.stdout]

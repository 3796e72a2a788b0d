"""The reference model server: what it answers on its way from loading to its end, and how it batches."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

import onnx_model
from gpuplane.serving.artefacts.plan import FETCH_IMAGE
from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime
from gpuplane.serving.runtimes.template import TemplateValues
from inference_server.answers import predictions
from inference_server.app import Server, State
from inference_server.batching import BatchQueue, QueueFullError
from inference_server.logs import JsonFormatter
from inference_server.model import InputError, Load, ModelError, load
from inference_server.settings import Settings, SettingsError
from projects import ROOT

REFERENCE = runtime(RuntimeName.REFERENCE)


class Doubling:
    """A model that doubles numbers, and holds every batch back while its gate is closed."""

    max_batch = None

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.batches: list[int] = []

    def tensor(self, instances: list[Any]) -> Any:
        return np.asarray(instances, dtype="float32")

    def predict(self, batch: Any) -> Any:
        self.gate.wait(10)
        self.batches.append(len(batch))
        if (batch < 0).any():
            raise ValueError("negative")
        return batch * 2


def settings(**variables: str) -> Settings:
    return Settings.of({"MODEL_PATH": "/models/double.onnx", **variables})


@contextmanager
def serving(
    load: Load, failed: Callable[[], None] = lambda: None, **variables: str
) -> Iterator[tuple[TestClient, Server]]:
    server = Server(settings(**variables), load, failed)
    with TestClient(server.app(), raise_server_exceptions=False) as client:
        yield client, server


def until(condition: Callable[[], bool]) -> None:
    deadline = threading.Event()
    for _ in range(500):
        if condition():
            return
        deadline.wait(0.01)
    raise AssertionError("it did not happen within 5 seconds")


def is_ready(client: TestClient) -> bool:
    return client.get(REFERENCE.readiness_path).status_code == 200


def metric(client: TestClient, name: str) -> float:
    lines = client.get(REFERENCE.metrics_path).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


def test_it_is_alive_while_it_loads_and_ready_when_it_has_loaded() -> None:
    gate = threading.Event()

    def slowly(_: Path) -> Doubling:
        gate.wait(10)
        return Doubling()

    with serving(slowly) as (client, _):
        assert client.get(REFERENCE.liveness_path).json() == {"status": "alive"}
        loading = client.get(REFERENCE.readiness_path)
        assert (loading.status_code, loading.json()) == (503, {"status": "not_ready", "reason": "model loading"})
        refused = client.post("/predict", json={"instances": [[1]]})
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        gate.set()
        until(lambda: is_ready(client))
        assert client.get(REFERENCE.readiness_path).json() == {"status": "ready"}


def test_it_answers_in_the_order_of_the_instances_with_the_models_name_and_version() -> None:
    with serving(lambda _: Doubling(), MODEL_NAME="double", MODEL_VERSION="v2") as (client, _):
        until(lambda: is_ready(client))
        answer = client.post("/predict", json={"instances": [[1, 2], [3, 4]]})
        assert answer.json() == {"model": "double", "version": "v2", "predictions": [[2.0, 4.0], [6.0, 8.0]]}


def test_a_model_that_cannot_be_loaded_ends_the_server_and_is_never_ready() -> None:
    ended = threading.Event()

    def broken(_: Path) -> Doubling:
        raise ModelError("no such file")

    with serving(broken, ended.set) as (client, server):
        assert ended.wait(5)
        assert client.get(REFERENCE.readiness_path).json()["reason"] == "model failed to load"
        server.drain()
        assert server.state is State.FAILED


def test_a_server_that_drains_is_not_ready_and_still_answers() -> None:
    with serving(lambda _: Doubling()) as (client, server):
        until(lambda: is_ready(client))
        server.drain()
        assert client.get(REFERENCE.readiness_path).json() == {"status": "not_ready", "reason": "draining"}
        assert client.get(REFERENCE.liveness_path).status_code == 200
        assert client.post("/predict", json={"instances": [[1]]}).json()["predictions"] == [[2.0]]


def test_a_full_queue_is_told_at_once_and_counted() -> None:
    model = Doubling()
    model.gate.clear()
    with serving(lambda _: model, QUEUE_SIZE="2", BATCH_SIZE="1") as (client, _), ThreadPoolExecutor(3) as threads:
        until(lambda: is_ready(client))

        def ask(number: int) -> int:
            return client.post("/predict", json={"instances": [[number]]}).status_code

        first = threads.submit(ask, 0)
        until(lambda: metric(client, "inference_queue_length") == 0 and not first.done())
        others = [threads.submit(ask, number) for number in (1, 2)]
        until(lambda: metric(client, "inference_queue_length") == 2)
        refused = client.post("/predict", json={"instances": [[3]]})
        assert (refused.status_code, refused.json()["detail"]) == (503, "2 requests are waiting already")
        model.gate.set()
        assert [one.result(10) for one in (first, *others)] == [200, 200, 200]
        assert metric(client, "inference_queue_length") == 0
        assert metric(client, 'inference_requests_total{code="200"}') == 3
        assert metric(client, 'inference_requests_total{code="503"}') == 1
        assert metric(client, "inference_request_duration_seconds_count") == 4


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ({"instances": []}, 422, "at least 1 item"),
        ({}, 422, "Field required"),
        ({"instances": [[1]] * 3}, 422, "instances: must be at most 2, got 3"),
        ({"instances": [[-1]]}, 500, "Internal Server Error"),
    ],
)
def test_what_the_model_does_not_take_is_told_and_the_server_goes_on(body: Any, code: int, said: str) -> None:
    with serving(lambda _: Doubling(), BATCH_SIZE="2") as (client, _):
        until(lambda: is_ready(client))
        answer = client.post("/predict", json=body)
        assert (answer.status_code, said in answer.text) == (code, True)
        assert metric(client, f'inference_requests_total{{code="{code}"}}') == 1
        assert client.post("/predict", json={"instances": [[1]]}).status_code == 200


def test_requests_that_gathered_while_a_worker_was_busy_go_together_up_to_a_batch() -> None:
    model = Doubling()
    model.gate.clear()

    async def ask() -> list[Any]:
        queue = BatchQueue(model.predict, batch_size=4, workers=1, limit=10, changed=lambda _: None)
        first = asyncio.create_task(queue.submit(np.ones((1, 1))))
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(queue.submit(np.full((size, 1), size))) for size in (2, 1, 3)]
        await asyncio.sleep(0)
        model.gate.set()
        answers = await asyncio.gather(first, *others)
        await queue.close()
        return [one.tolist() for one in answers]

    assert asyncio.run(ask()) == [[[2]], [[4], [4]], [[2]], [[6], [6], [6]]]
    assert model.batches == [1, 3, 3]


def test_requests_of_different_shapes_are_computed_apart() -> None:
    model = Doubling()
    model.gate.clear()

    async def ask() -> list[Any]:
        queue = BatchQueue(model.predict, batch_size=8, workers=1, limit=10, changed=lambda _: None)
        tasks = [asyncio.create_task(queue.submit(np.ones((1, width)))) for width in (1, 2, 2, 3)]
        await asyncio.sleep(0.05)
        model.gate.set()
        answers = await asyncio.gather(*tasks)
        await queue.close()
        return [one.shape for one in answers]

    assert asyncio.run(ask()) == [(1, 1), (1, 2), (1, 2), (1, 3)]
    assert model.batches == [1, 2, 1]


def test_a_request_whose_client_is_gone_is_not_computed_and_one_too_many_is_refused() -> None:
    model = Doubling()
    model.gate.clear()

    async def ask() -> None:
        queue = BatchQueue(model.predict, batch_size=1, workers=1, limit=2, changed=lambda _: None)
        busy = asyncio.create_task(queue.submit(np.ones((1, 1))))
        await asyncio.sleep(0.05)
        gone, stays = (asyncio.create_task(queue.submit(np.ones((1, 1)))) for _ in range(2))
        await asyncio.sleep(0)
        with pytest.raises(QueueFullError):
            await queue.submit(np.ones((1, 1)))
        gone.cancel()
        await asyncio.sleep(0)
        model.gate.set()
        await asyncio.gather(busy, stays)
        await queue.close()

    asyncio.run(ask())
    assert model.batches == [1, 1]


def test_an_onnx_model_is_loaded_from_its_file_or_folder_and_computes(tmp_path: Path) -> None:
    onnx_model.write(tmp_path / "model.onnx", "Neg", ["batch", 2])
    for path in (tmp_path, tmp_path / "model.onnx"):
        model = load(path)
        assert model.predict(model.tensor([[1, 2], [3, 4]])).tolist() == [[-1.0, -2.0], [-3.0, -4.0]]
        assert (model.max_batch, model.provider) == (None, "CPUExecutionProvider")


@pytest.mark.parametrize(
    ("instances", "said"),
    [
        ([[1, 2, 3]], "instances: must be of shape [2], got [3]"),
        ([1], "instances: must be of shape [2], got []"),
        ([[1, 2], [3]], "instances: must be float32 of one shape, "),
        ([["a", "b"]], "instances: must be float32 of one shape, "),
    ],
)
def test_instances_that_an_onnx_model_does_not_take(tmp_path: Path, instances: list[Any], said: str) -> None:
    model = load(onnx_model.write(tmp_path / "model.onnx", "Neg", ["batch", 2]))
    with pytest.raises(InputError) as caught:
        model.tensor(instances)
    assert str(caught.value).startswith(said)


def test_a_dimension_that_the_model_leaves_free_may_be_any(tmp_path: Path) -> None:
    model = load(onnx_model.write(tmp_path / "model.onnx", "Neg", ["batch", "length"]))
    assert model.predict(model.tensor([[1, 2, 3]])).tolist() == [[-1.0, -2.0, -3.0]]


def test_a_model_without_a_free_batch_computes_one_instance_at_a_time(tmp_path: Path) -> None:
    path = onnx_model.write(tmp_path / "model.onnx", "Neg", [1, 2])
    with serving(load, MODEL_PATH=str(path)) as (client, _):
        until(lambda: is_ready(client))
        assert client.post("/predict", json={"instances": [[1, 2]]}).json()["predictions"] == [[-1.0, -2.0]]
        two = client.post("/predict", json={"instances": [[1, 2], [3, 4]]})
        assert two.json()["detail"] == "instances: must be at most 1, got 2"


@pytest.mark.parametrize(
    ("operator", "shape", "inputs", "said"),
    [
        ("Add", ["batch", 2], 2, "must have one input, got in0, in1"),
        ("Neg", [4, 2], 1, "input in0: must have a batch size that is free, or 1, got 4"),
        ("NoSuchOperator", ["batch", 2], 1, "NoSuchOperator"),
    ],
)
def test_a_model_that_cannot_be_served_is_told(
    tmp_path: Path, operator: str, shape: list[int | str], inputs: int, said: str
) -> None:
    path = onnx_model.write(tmp_path / "model.onnx", operator, shape, inputs)
    with pytest.raises(ModelError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"bert\.onnx: no such file"):
        load(tmp_path / "bert.onnx")


@pytest.mark.parametrize(
    ("outputs", "threshold", "said"),
    [
        ([[0.9, 0.1]], None, [[0.9, 0.1]]),
        (
            [[0.3, 0.7], [0.5, 0.5]],
            0.5,
            [[{"class": 1, "score": 0.7}], [{"class": 0, "score": 0.5}, {"class": 1, "score": 0.5}]],
        ),
        ([[0.4, 0.3, 0.3]], 0.5, [[]]),
        ([[0.0, 1000.0]], 0.5, [[{"class": 1, "score": 1.0}]]),
    ],
)
def test_predictions_are_the_output_or_the_classes_that_are_likely_enough(
    outputs: Any, threshold: float | None, said: Any
) -> None:
    assert predictions(np.array(outputs), threshold) == said


def test_the_variables_of_the_source_documents_are_understood() -> None:
    found = settings(
        MODEL_NAME="resnet50", MODEL_VERSION="v1.2.0", BATCH_SIZE="8", NUM_WORKERS="4", LOG_LEVEL="info",
        CONFIDENCE_THRESHOLD="0.5",
    )  # fmt: skip
    assert found == Settings(Path("/models/double.onnx"), "resnet50", "v1.2.0", 8, 4, 64, 0.5, "INFO", 8000)
    assert settings() == Settings(Path("/models/double.onnx"), "double", "", 8, 1, 64, None, "INFO", 8000)


def test_all_variables_that_are_wrong_are_told_at_once() -> None:
    wrong = {"BATCH_SIZE": "0", "NUM_WORKERS": "four", "QUEUE_SIZE": "-1", "CONFIDENCE_THRESHOLD": "2", "PORT": "0"}
    with pytest.raises(SettingsError) as caught:
        Settings.of({**wrong, "LOG_LEVEL": "loud"})
    assert str(caught.value).splitlines() == [
        "MODEL_PATH: required, got nothing, such as /models/resnet50.onnx",
        "BATCH_SIZE: must be a whole number from 1, got '0'",
        "NUM_WORKERS: must be a whole number from 1, got 'four'",
        "QUEUE_SIZE: must be a whole number from 1, got '-1'",
        "CONFIDENCE_THRESHOLD: must be a number from 0 to 1, got '2'",
        "LOG_LEVEL: must be one of DEBUG, INFO, WARNING, ERROR, got 'loud'",
        "PORT: must be a port from 1 to 65535, got '0'",
    ]


def test_a_log_is_an_object_a_line_with_its_fields_and_its_error() -> None:
    record = logging.LogRecord("a", logging.ERROR, "", 0, "no %s", ("model",), None)
    record.fields = {"code": 503}
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["message"], line["code"]) == ("ERROR", "no model", 503)
    assert line["time"].endswith("+00:00")


def test_the_runtimes_preset_and_the_server_agree() -> None:
    values = TemplateValues("/models/a.onnx", "a", REFERENCE.port, REFERENCE.metrics_port, 1)
    env = {name: values.fill(text) for name, text in REFERENCE.env.items()}
    found = Settings.of(env)
    assert (found.model_path, found.port) == (Path("/models/a.onnx"), REFERENCE.port)
    assert Settings.of({**env, "PORT": "9000"}).port == 9000
    assert Settings.of({"MODEL_PATH": "/a"}).port == REFERENCE.port == REFERENCE.metrics_port

    routes = {route.path for route in Server(found, load, lambda: None).app().routes if hasattr(route, "path")}
    assert {REFERENCE.liveness_path, REFERENCE.readiness_path, REFERENCE.metrics_path, "/predict"} <= routes
    with serving(lambda _: Doubling()) as (client, _):
        shown = client.get(REFERENCE.metrics_path).text
    names = REFERENCE.metrics
    for name, kind in (
        (names.requests, "counter"),
        (names.latency_histogram, "histogram"),
        (names.queue, "gauge"),
    ):
        assert f"# TYPE {name} {kind}" in shown


def test_the_image_is_pinned_not_root_and_listens_where_the_preset_says() -> None:
    lines = (ROOT / "serving" / "Dockerfile").read_text().splitlines()
    assert f"FROM {FETCH_IMAGE}" in lines
    assert "USER 1000:1000" in lines
    assert f"EXPOSE {REFERENCE.port}" in lines
    for variant in ("cpu", "gpu"):
        text = (ROOT / "serving" / f"requirements-{variant}.txt").read_text()
        packages = [line for line in text.splitlines() if line and not line.startswith(" ")]
        assert packages
        assert all("==" in line and line.endswith("\\") for line in packages)

"""The server's routes, and its states from loading to draining."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_server.answers import predictions
from inference_server.batching import BatchQueue, QueueFullError
from inference_server.logs import LOG
from inference_server.metrics import Metrics
from inference_server.model import InputError, Load, Model, ModelError
from inference_server.settings import Settings

PREDICT = "/predict"


class State(str, Enum):
    """State of the server; it answers requests while it is ready or draining."""

    LOADING = "model loading"
    READY = "ready"
    DRAINING = "draining"
    FAILED = "model failed to load"


class Instances(BaseModel):
    """The body of a request."""

    instances: list[Any] = Field(min_length=1)
    """Inputs of the predictions, each a nested list of the model's input shape without its batch dimension."""


class Server:
    """A server of one model.

    Args:
        settings: Its settings.
        load: Loads the model, in a thread.
        failed: Called when the model could not be loaded.

    Attributes:
        state: Its state.
    """

    def __init__(self, settings: Settings, load: Load, failed: Callable[[], None]) -> None:
        self.state = State.LOADING
        self._settings, self._load, self._failed = settings, load, failed
        self._metrics = Metrics()
        self._model: Model | None = None
        self._queue: BatchQueue | None = None

    def app(self) -> FastAPI:
        """Create the ASGI application."""
        app = FastAPI(title=self._settings.model_name, docs_url=None, redoc_url=None, lifespan=self._life)
        app.add_middleware(Measured, metrics=self._metrics)
        app.add_api_route("/health", self.health)
        app.add_api_route("/health/ready", self.ready)
        app.add_api_route("/metrics", self.metrics)
        app.add_api_route(PREDICT, self.predict, methods=["POST"])
        return app

    def drain(self) -> None:
        """Stop being ready; requests that have arrived are still answered."""
        if self.state is not State.FAILED:
            self.state = State.DRAINING
        LOG.info("draining")

    async def health(self) -> dict[str, str]:
        """Answer the liveness probe."""
        return {"status": "alive"}

    async def ready(self, response: Response) -> dict[str, str]:
        """Answer the readiness probe."""
        if self.state is State.READY:
            return {"status": "ready"}
        response.status_code = 503
        return {"status": "not_ready", "reason": self.state.value}

    async def metrics(self) -> Response:
        """Answer with the metrics."""
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def predict(self, body: Instances) -> dict[str, Any]:
        """Answer with the model's predictions, in the order of the instances."""
        if not self._model or not self._queue:
            raise HTTPException(503, self.state.value, {"Retry-After": "1"})
        most = self._batch_size(self._model)
        if len(body.instances) > most:
            raise HTTPException(422, f"instances: must be at most {most}, got {len(body.instances)}")
        try:
            outputs = await self._queue.submit(self._model.tensor(body.instances))
        except InputError as error:
            raise HTTPException(422, str(error)) from None
        except QueueFullError:
            raise HTTPException(
                503, f"{self._settings.queue_size} requests are waiting already", {"Retry-After": "1"}
            ) from None
        return {
            "model": self._settings.model_name,
            "version": self._settings.model_version,
            "predictions": predictions(outputs, self._settings.confidence_threshold),
        }

    @asynccontextmanager
    async def _life(self, _: FastAPI) -> AsyncGenerator[None]:
        loading = asyncio.create_task(self._prepare())
        yield
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        if self._queue:
            await self._queue.close()

    async def _prepare(self) -> None:
        began = time.monotonic()
        try:
            model = await asyncio.to_thread(self._load, self._settings.model_path)
        except ModelError as error:
            LOG.error("model not loaded", extra={"fields": {"reason": str(error)}})
            self.state = State.FAILED
            self._failed()
            return
        settings = self._settings
        self._queue = BatchQueue(
            model.predict,
            self._batch_size(model),
            settings.num_workers,
            settings.queue_size,
            self._metrics.waiting,
        )
        self._model = model
        if self.state is State.LOADING:
            self.state = State.READY
        seconds = round(time.monotonic() - began, 3)
        provider = getattr(model, "provider", "")
        LOG.info("model loaded", extra={"fields": {"seconds": seconds, "provider": provider}})

    def _batch_size(self, model: Model) -> int:
        return min(self._settings.batch_size, model.max_batch or self._settings.batch_size)


class Measured:
    """Middleware that counts, times and logs requests for predictions, failed ones included."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] != PREDICT:
            await self._app(scope, receive, send)
            return
        began, code = time.monotonic(), 500

        async def sent(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            seconds = time.monotonic() - began
            self._metrics.answered(code, seconds)
            LOG.info("request", extra={"fields": {"code": code, "seconds": round(seconds, 6)}})

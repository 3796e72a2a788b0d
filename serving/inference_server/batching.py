"""Batching: a bounded queue of requests, from which each worker takes as many as fit a batch."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from inference_server.model import Tensor


class QueueFullError(Exception):
    """The queue has reached its limit."""


@dataclass(frozen=True)
class _Request:
    instances: Tensor
    answer: asyncio.Future[Tensor]


class BatchQueue:
    """The queue and its workers, from construction to `close()`.

    No request waits for a batch to fill up: an idle worker takes what is queued. Under load, requests gather while all
    workers are busy.

    Args:
        predict: Computes a batch; called in a thread.
        batch_size: Maximum of instances in a batch.
        workers: Number of batches computed at once.
        limit: Maximum of waiting requests.
        changed: Called with the number of waiting requests whenever it changes.
    """

    def __init__(
        self,
        predict: Callable[[Tensor], Tensor],
        batch_size: int,
        workers: int,
        limit: int,
        changed: Callable[[int], None],
    ) -> None:
        self._predict = predict
        self._batch_size = batch_size
        self._limit = limit
        self._changed = changed
        self._waiting: deque[_Request] = deque()
        self._arrived = asyncio.Event()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="model")
        self._workers = [asyncio.create_task(self._work()) for _ in range(workers)]

    async def submit(self, instances: Tensor) -> Tensor:
        """Return the model's output for the instances of one request, at most a batch.

        Raises:
            QueueFullError: The queue is full.
        """
        if len(self._waiting) >= self._limit:
            raise QueueFullError
        request = _Request(instances, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self._changed(len(self._waiting))
        self._arrived.set()
        return await request.answer

    async def close(self) -> None:
        """Stop the workers and cancel the requests that still wait."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        for request in self._waiting:
            request.answer.cancel()
        self._threads.shutdown()

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            if batch := self._take():
                await self._compute(batch)

    def _take(self) -> list[_Request]:
        batch: list[_Request] = []
        room = self._batch_size
        while self._waiting and len(self._waiting[0].instances) <= room and _alike(batch, self._waiting[0]):
            request = self._waiting.popleft()
            if not request.answer.done():  # else its client has disconnected
                batch.append(request)
                room -= len(request.instances)
        self._changed(len(self._waiting))
        if not self._waiting:
            self._arrived.clear()
        return batch

    async def _compute(self, batch: list[_Request]) -> None:
        instances = np.concatenate([request.instances for request in batch])
        try:
            outputs = await asyncio.get_running_loop().run_in_executor(self._threads, self._predict, instances)
        except Exception as error:
            for request in batch:
                if not request.answer.done():
                    request.answer.set_exception(error)
            return
        ends = np.cumsum([len(request.instances) for request in batch])
        for request, output in zip(batch, np.split(outputs, ends[:-1]), strict=True):
            if not request.answer.done():
                request.answer.set_result(output)


def _alike(batch: list[_Request], request: _Request) -> bool:
    """Tell whether the request fits the batch: with dynamic dimensions, shapes may differ."""
    return not batch or batch[0].instances.shape[1:] == request.instances.shape[1:]

"""Batches of samples shared out over threads, processes or machines: in order, and each worker is sent the model once.

A batch depends on nothing but the model and its number, so that who computes it changes nothing. A task names its model; a worker that does
not have it says so, and is then sent it with a task. Threads of this process have it already, and so do processes forked from it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import threading
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from typing import Generic, NamedTuple, Protocol, TypeVar

from ipmo.errors import OptionError

__all__ = ["Model", "cores", "on_threads", "shared_out"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
AT_ONCE = 16
"""Tasks that are under way at once at most, a worker that is known; two where none is known yet."""
KEPT = 2
"""Models that a worker keeps of those that it was sent."""
_own: dict[str, object] = {}
"""The models that this process shares out just now, by name."""
_sent: OrderedDict[str, object] = OrderedDict()
"""The models that this process was sent, by name; the last sent last."""
_keeping = threading.Lock()


class Model(Protocol[T_co]):
    """What batches are computed from."""

    def batch(self, first: int, last: int) -> T_co:
        """Groups of samples from one to another (not in it)."""


class _Reply(NamedTuple, Generic[T]):
    """What a worker answers.

    Args:
        worker: which one, whatever it is called.
        batch: what was asked for; None where it does not have the model.
    """

    worker: str
    batch: T | None


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def on_threads(count: int) -> Iterator[Executor | None]:
    """So many threads of this process; None where one is enough."""
    if count < 2:
        yield None
        return
    with ThreadPoolExecutor(count, thread_name_prefix="ipmo") as pool:
        yield pool


def _task(name: str, model: bytes | None, first: int, last: int, turn: int) -> _Reply[object]:
    """One batch, on whatever worker this runs; with the model where it was sent along."""
    worker = f"{socket.gethostname()} {os.getpid()}"
    found = _own.get(name, _sent.get(name))
    if found is None and model is not None:
        found = pickle.loads(model)
        _keep(name, found)
    return _Reply(worker, None if found is None else found.batch(first, last))  # type: ignore[attr-defined]


def _keep(name: str, model: object) -> None:
    """Keeps a model that was sent, and as many before it as there is room for."""
    with _keeping:
        _sent[name] = model
        while len(_sent) > KEPT:
            _sent.popitem(last=False)


def shared_out(model: Model[T], spans: Sequence[tuple[int, int]], executor: Executor) -> Iterator[T]:
    """The batches of a model in order.

    Args:
        model: is pickled at most once.
        spans: groups of samples of each batch, from one to another (not in it).
        executor: computes them.
    """
    name = uuid.uuid4().hex
    _own[name] = model
    try:
        yield from _Sharing(name, model, spans, executor).batches()
    finally:
        del _own[name]


class _Sharing(Generic[T]):
    """The tasks of one model that are under way."""

    def __init__(self, name: str, model: Model[T], spans: Sequence[tuple[int, int]], executor: Executor) -> None:
        self._name, self._model, self._spans, self._executor = name, model, spans, executor
        self._under_way: dict[Future[_Reply[T]], tuple[int, bool]] = {}
        self._waiting = deque(range(len(spans)))
        self._done: dict[int, T] = {}
        self._having: set[str] = set()
        self._lacking: set[str] = set()
        self._packed: bytes | None = None
        self._turn = 0

    def batches(self) -> Iterator[T]:
        """All of them, in order."""
        try:
            for number in range(len(self._spans)):
                while number not in self._done:
                    self._hand_out(number)
                    finished, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
                    for future in finished:
                        self._take(future)
                yield self._done.pop(number)
        finally:
            for future in self._under_way:
                future.cancel()

    def _hand_out(self, wanted: int) -> None:
        """Tasks as long as there is room for them; no more of them carry the model than workers lack it."""
        carrying = sum(carries for _, carries in self._under_way.values())
        most = AT_ONCE * max(len(self._having), 1) if self._having else 2
        while self._waiting and len(self._under_way) < most and self._waiting[0] < wanted + 4 * most:
            carries = carrying < len(self._lacking)
            if self._lacking and not carries and not self._having:
                return  # whoever asks without it would be told that it is not there
            self._send(self._waiting.popleft(), carries=carries)
            carrying += carries

    def _send(self, number: int, *, carries: bool) -> None:
        if carries and self._packed is None:
            self._packed = pickle.dumps(self._model, protocol=pickle.HIGHEST_PROTOCOL)
        self._turn += 1
        task: Callable[..., _Reply[T]] = _task  # type: ignore[assignment]
        try:
            future = self._executor.submit(task, self._name, self._packed if carries else None, *self._spans[number], self._turn)
        except BrokenExecutor:
            raise
        except RuntimeError as error:  # what a shut-down executor raises
            raise OptionError("executor", self._executor, takes="one that has not been shut down") from error
        self._under_way[future] = number, carries

    def _take(self, future: Future[_Reply[T]]) -> None:
        """The answer of a worker; what it could not do waits again, first."""
        number, _ = self._under_way.pop(future)
        worker, batch = future.result()
        if batch is None:
            self._lacking.add(worker)
            self._waiting.appendleft(number)
            return
        self._lacking.discard(worker)
        self._having.add(worker)
        self._done[number] = batch

"""Whoever computes the samples, threads, processes or machines, the answer is the same, and each worker is sent the model once."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples, run, spans_of
from ipmo.analysis.risk.sharing import on_threads, shared_out
from ipmo.network.compiled import available

PLAN = {
    "ipmo": 1,
    "portfolio": {"id": "all", "start": "2026-01-05"},
    "projects": [
        {
            "id": f"p{p}",
            "finish": "2026-08-01",
            "tasks": [
                {"id": f"t{i}", "duration": {"low": "2 d", "likely": "3 d", "high": "9 d"}, **({"after": f"t{i - 1}"} if i else {})}
                for i in range(12)
            ],
        }
        for p in range(3)
    ],
    "links": [{"from": "p0/t5", "to": "p1/t6"}, {"from": "p1/t11", "to": "p2/t11"}],
}
SAMPLES = 6_000


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(ipmo.from_dict(PLAN), SAMPLES, 1, "before", None, "beta", ())


class Wire(Executor):
    """Workers that share nothing with this process, and a count of the bytes that they are sent."""

    def __init__(self, workers: int) -> None:
        self.pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
        self.sent: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent.append(len(pickle.dumps((fn, args, kwargs))))
        return self.pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.pool.shutdown(wait=wait, cancel_futures=cancel_futures)


@pytest.mark.parametrize("workers", [1, 2])
def test_each_worker_is_sent_the_model_once(plan: Plan, workers: int) -> None:
    model = Samples(plan.setup, compiled=False)
    spans = spans_of(plan.setup, 1)
    alone = [model.batch(*span) for span in spans]
    size = len(pickle.dumps(model, protocol=pickle.HIGHEST_PROTOCOL))
    with Wire(workers) as wire:
        found = list(shared_out(model, spans, wire))
        large = [sent for sent in wire.sent if sent >= size]
        assert 1 <= len(large) <= workers
        assert sum(wire.sent) < workers * size + 400 * len(wire.sent)
    for one, other in zip(found, alone, strict=True):
        assert all(np.array_equal(mine, yours) for mine, yours in zip(one[:4], other[:4], strict=True))


class Single:
    """A model that says which groups it was asked for."""

    def batch(self, first: int, last: int) -> tuple[int, int]:
        return first, last


@pytest.mark.parametrize("count", [1, 2, 7])
def test_batches_come_in_order(count: int) -> None:
    spans = [(number, number + 1) for number in range(90)]
    with ThreadPoolExecutor(count) as threads:
        assert list(shared_out(Single(), spans, threads)) == spans
        model = Single()
        found = shared_out(model, spans, threads)
        assert [next(found), next(found)] == spans[:2]
        found.close()  # type: ignore[attr-defined]
    kept = weakref.ref(model)
    del model, found
    gc.collect()
    assert kept() is None  # nothing is kept of what nobody goes on with


class Failing:
    """A model that fails at one group."""

    def batch(self, first: int, last: int) -> int:
        if first == 3:
            raise ValueError(f"group {first}")
        return last


def test_what_a_batch_raises_is_raised() -> None:
    with ThreadPoolExecutor(2) as threads, pytest.raises(ValueError, match="group 3"):
        list(shared_out(Failing(), [(number, number + 1) for number in range(9)], threads))


class Unpicklable:
    """A model that cannot be sent, and goes on only when all of its kind are under way."""

    def __init__(self, together: threading.Barrier) -> None:
        self._together = together

    def batch(self, first: int, last: int) -> tuple[int, int]:
        if first == 0:
            self._together.wait(timeout=60)
        return first, last

    def __reduce__(self) -> str:
        raise AssertionError("it is sent")


def test_models_that_are_shared_out_at_once_on_threads_of_this_process_are_never_sent() -> None:
    """Each is there until it is done, however many others there are."""
    spans, count = [(number, number + 1) for number in range(9)], 7
    together = threading.Barrier(count)

    def whole(number: int) -> list[tuple[int, int]]:
        with ThreadPoolExecutor(2) as threads:
            return list(shared_out(Unpicklable(together), spans, threads))

    with ThreadPoolExecutor(count) as callers:
        assert list(callers.map(whole, range(count))) == [spans] * count


def test_an_executor_that_was_shut_down_is_named(plan: Plan) -> None:
    with ThreadPoolExecutor(2) as gone:
        pass
    with pytest.raises(ipmo.OptionError, match="executor=.*; write one that has not been shut down"):
        ipmo.simulate(plan.portfolio, samples=100, executor=gone)


def test_one_thread_is_none() -> None:
    with on_threads(1) as none, on_threads(2) as two:
        assert none is None
        assert isinstance(two, ThreadPoolExecutor)


@pytest.mark.skipif(not available(), reason="numba is not installed")
def test_threads_by_default_say_the_same(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def counting(count: int) -> Any:
        counts.append(count)
        return on_threads(count)

    monkeypatch.setattr("ipmo.analysis.risk.sampling.on_threads", counting)
    found = {}
    for number in (1, 2, 5):
        monkeypatch.setattr("ipmo.analysis.risk.sampling.cores", lambda number=number: number)
        found[number] = list(run(plan.setup, batch=1, compiled=True))
    assert counts == [1, 2, 5]
    for other in (found[2], found[5]):
        for one, two in zip(found[1], other, strict=True):
            assert all(np.array_equal(mine, yours) for mine, yours in zip(one[:4], two[:4], strict=True))
            assert one.ends == two.ends and (one.lengths == two.lengths).all()
    assert list(run(plan.setup, compiled=False)) and counts[-1] == 1


def test_a_cluster_says_the_same(plan: Plan) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra cluster (Dask) is not installed")
    model = Samples(plan.setup, compiled=False)
    spans = spans_of(plan.setup, 1)
    alone = [model.batch(*span) for span in spans]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = list(shared_out(model, spans, client.get_executor()))
    for one, other in zip(found, alone, strict=True):
        assert all(np.array_equal(mine, yours) for mine, yours in zip(one[:4], other[:4], strict=True))

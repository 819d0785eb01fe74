"""One joint simulation of the whole portfolio: planned, run, gathered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import get_args

import attrs

from ipmo.analysis.risk.again import Remade
from ipmo.analysis.risk.causes import RiskView
from ipmo.analysis.risk.distributions import PertRule
from ipmo.analysis.risk.gathering import Gathering
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Batch, run
from ipmo.analysis.risk.simulation import Simulation
from ipmo.analysis.risk.stopping import Convergence
from ipmo.errors import OptionError, UnknownItemError, close_matches, one_of
from ipmo.findings import Finding
from ipmo.model.dialects import Dialect
from ipmo.model.portfolio import Portfolio
from ipmo.progress import watched

__all__ = ["gathered", "simulate"]

MOST = 10_000_000
"""Samples in one simulation at most."""


def simulate(
    portfolio: Portfolio,
    *,
    samples: int = 10_000,
    seed: int = 1,
    risks: RiskView = "before",
    dialect: str | Dialect | None = None,
    pert: PertRule = "beta",
    keep: Sequence[str] = (),
    correlations: Mapping[tuple[str, str], float] | None = None,
    memory: float = 16,
    sketches: bool = False,
    executor: Executor | None = None,
    threshold: float | None = None,
    check_every: int | None = None,
    progress: bool | Callable[[str, int, int], object] | None = None,
) -> Simulation:
    """How sure dates, costs and benefits are: one joint simulation of the whole portfolio.

    Each sample is one schedule: lengths of open work are drawn from their estimates, shared drivers multiply them, risks happen or not.
    Costs and benefits are drawn and dated on the same samples. The same seed gives the same answer, bit for bit, however the samples
    are shared out. Source: AACE 57R-09; Hulett, Integrated Cost-Schedule Risk Analysis (2011); GAO Schedule Assessment Guide.

    Args:
        portfolio: the portfolio.
        samples: how many, 2 to ten million; the standard error of a share is at most 1 / (2 sqrt(samples)). With a threshold, at most so many.
        seed: names the streams of random numbers.
        risks: `before` their responses, `after` (their costs are counted too), or `none`.
        dialect: conventions of the schedule; the portfolio's own when left out.
        pert: `beta`, or `classic` with a sixth of the range as deviation.
        keep: tasks and summaries whose dates and costs are kept in any case.
        memory: megabytes that the samples of dates may take, 8 bytes each. Where those of all items take more, they are kept of the portfolio,
            programmes, projects, gates, milestones, outcomes and benefits, of what is committed or in `keep`, and, with sketches and as far as the budget allows, of
            work that links join; while answers are made, twice as much is taken. As much again may those of costs take: where they take more, they are kept
            of the portfolio, programmes, projects and of `keep`.
        sketches: moments and a sketch of the dates are kept of all other work (`q.sketch(id)`); it takes about as long again. Else it is left out.
        correlations: rank correlations of durations by pairs of tasks, from -1 to 1; what cannot hold together is repaired, with a
            finding. Each estimate stays as it is. Shared causes are better recorded as drivers.
        executor: what computes blocks of samples, any of `concurrent.futures` or Dask's `client.get_executor()`: each worker is sent the
            model once. When left out, threads where compiled kernels do it, one a core; else the calling thread.
        threshold: stop rule: in per cent, by how much a key figure of the portfolio and of its projects (mean, deviation, P10, P50, P80 and
            P90 of the time to the finish and of the cost) may differ from the check before. All samples are made when left out.
        check_every: samples between two checks of the stop rule, counted in whole groups of 512; 1,024 when left out.
        progress: True shows a bar, a function is told how far it has come.

    Raises:
        OptionError: an option is not what it takes.
        ModelError: a driver touches nothing or has no factor; a correlation is of work without an uncertain estimate.
        ScheduleError: nothing says when the portfolio starts, or a date lies past the year 9999.
        UnknownItemError: something in `keep` is no item.
    """
    if not 2 <= samples <= MOST:
        raise OptionError("samples", samples, takes=f"a whole number from 2 to {MOST:,}")
    one_of("risks", risks, get_args(RiskView))
    one_of("pert", pert, get_args(PertRule))
    if not 0 < memory <= 1e6:
        raise OptionError("memory", memory, takes="a number of megabytes above 0 and up to a million, such as 16")
    for name in keep:
        if name not in portfolio.items:
            raise UnknownItemError(name, close_matches(name, portfolio.items), f"portfolio {portfolio.id!r}")
    if threshold is None and check_every is not None:
        raise OptionError("check_every", check_every, takes="a threshold beside it, such as threshold=1: nothing is checked without one")
    stop = None if threshold is None else Convergence(threshold, 1024 if check_every is None else check_every)
    with watched(progress):
        plan = Plan(portfolio, samples, seed, risks, dialect, pert, keep, correlations or {}, memory, sketches=sketches)
        if stop is None:
            return gathered(plan, list(run(plan.setup, executor)))
        found = stop.run(plan.setup, plan.wholes, plan.since, executor)
        return gathered(plan, found.batches, found.samples, found.told, found.findings)


def gathered(
    plan: Plan, batches: Sequence[Batch], samples: int | None = None, told: str = "", findings: Sequence[Finding] = ()
) -> Simulation:
    """Samples as one answer.

    Args:
        plan: what was simulated.
        batches: its samples in order.
        samples: how many those are; all that were asked for when left out.
        told: how it came to that many samples, in words.
        findings: what was found on the way.
    """
    made = Gathering(plan, plan.setup if samples is None else attrs.evolve(plan.setup, samples=samples))
    return made.answer(batches, Remade(made), told, findings)

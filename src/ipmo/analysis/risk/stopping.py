"""When a simulation has run for long enough: the stop rule, with the two settings that users of Oracle Primavera Cloud know.

After every so many samples the key figures are found again; the simulation ends at the first check at which none of them differs from
the check before by more than a threshold. Source: Oracle Primavera Cloud help, Understanding Convergence, which asks it of some of its
figures of one project; here all figures of the portfolio and of all its projects must hold. That figures stay is no bound on their
error: the standard errors say that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.analysis.risk.precision import place
from ipmo.analysis.risk.sampling import Batch, groups_in_batch, run
from ipmo.analysis.risk.setup import Setup
from ipmo.analysis.risk.spending import cost_rows
from ipmo.errors import OptionError
from ipmo.findings import Finding, Severity
from ipmo.network.streams import GROUP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["Convergence", "Stopped"]

PERCENTILES = (10, 50, 80, 90)


class Stopped(NamedTuple):
    """Samples up to where a simulation ended.

    Args:
        batches: in order.
        samples: how many they are.
        told: why there are so many, in words.
        findings: that they did not converge, where that is so.
    """

    batches: list[Batch]
    samples: int
    told: str
    findings: tuple[Finding, ...]


class Convergence:
    """A stop rule.

    Args:
        threshold: by how much a key figure may differ from the check before, in per cent.
        check_every: samples between two checks.

    Raises:
        OptionError: the threshold is not above 0 and at most 100, or a check comes after no sample.
    """

    def __init__(self, threshold: float, check_every: int) -> None:
        if not 0 < threshold <= 100:
            raise OptionError("threshold", threshold, takes="a number of per cent above 0 and up to 100, such as 1")
        if check_every < 1:
            raise OptionError("check_every", check_every, takes="a whole number of samples of at least 1, such as 1024")
        self._threshold, self._groups = threshold, -(-check_every // GROUP)

    def run(self, setup: Setup, wholes: Sequence[str], since: int, executor: Executor | None) -> Stopped:
        """Samples in order, until they have converged or are as many as the setup says.

        Args:
            setup: what is simulated.
            wholes: the portfolio, its programmes and its projects.
            since: the instant from which the time to a finish counts.
            executor: what computes them.
        """
        every = self._groups * GROUP
        batches: list[Batch] = []
        before: dict[str, float] = {}
        done, moved = 0, ("", math.inf)
        room = groups_in_batch(setup)
        for one in run(setup, executor, max(size for size in range(1, room + 1) if self._groups % size == 0)):
            batches.append(one)
            done += one.dates.shape[1]
            if done % every:
                continue
            found = _key_figures(setup, wholes, batches, since)
            if before:
                moved = max(((name, _change(before[name], value)) for name, value in found.items()), key=lambda pair: pair[1])
                if moved[1] <= self._threshold:
                    told = f", stopped at {done:,} of at most {setup.samples:,}: no key figure moved by more than {self._threshold:g} % in {every:,}"
                    return Stopped(batches, done, told, ())
            before = found
        return Stopped(batches, done, "", (self._unsteady(setup, every, moved),))

    def _unsteady(self, setup: Setup, every: int, moved: tuple[str, float]) -> Finding:
        said = f"the last {every:,} moved {moved[0]} by {moved[1]:.2g} %" if moved[0] else f"they are fewer than two checks of {every:,}"
        return Finding(
            code="ipmo/not-converged",
            severity=Severity.WARNING,
            message=f"{setup.samples:,} samples have not converged to {self._threshold:g} %: {said}",
            hint="ask for more samples, or a wider threshold",
        )


def _change(before: float, now: float) -> float:
    """By how much a figure has changed, in per cent of what it is now."""
    return 0.0 if before == now else math.inf if now == 0 else abs(now - before) / abs(now) * 100


def _key_figures(setup: Setup, wholes: Sequence[str], batches: Sequence[Batch], since: int) -> dict[str, float]:
    """Mean, deviation and percentiles of the time to the finish and of the cost of each whole, as far as it has them."""
    out: dict[str, float] = {}
    money = np.concatenate([one.costs for one in batches], axis=1)
    place = {kept.full_id: number for number, kept in enumerate(setup.kept)}
    for name in wholes:
        if name in place:
            _figures_of(f"the finish of {name!r}", np.concatenate([one.dates[place[name]] for one in batches]) - since, out)
        rows = cost_rows(setup, name)
        if rows:
            _figures_of(f"the cost of {name!r}", money[rows].sum(axis=0), out)
    return out


def _figures_of(what: str, row: Row, out: dict[str, float]) -> None:
    out[f"the mean of {what}"] = float(row.mean())
    out[f"the deviation of {what}"] = float((row - row[0]).std())
    ordered = np.sort(row)
    for percent in PERCENTILES:
        out[f"P{percent} of {what}"] = float(ordered[place(len(row), percent / 100)])

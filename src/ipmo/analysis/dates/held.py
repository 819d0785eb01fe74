"""What holds an item back that no predecessor drives: the date that it states itself, where that is what its forecast rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Task
from ipmo.network.bounds import least_finish
from ipmo.network.clocks import Clock
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.units import When, as_day, minutes

__all__ = ["Held", "from_outside", "held_by", "not_before"]

STARTS: Mapping[str, str] = {
    "by_hand_start": "is scheduled by hand to start on",
    "mandatory_start": "must start on",
    "must_start_on": "must start on",
    "start_on": "is to start on",
    "not_before": "may not start before",
    "resumes": "goes on from",
}
FINISHES: Mapping[str, str] = {
    "by_hand_finish": "is scheduled by hand to finish on",
    "mandatory_finish": "must finish on",
    "must_finish_on": "must finish on",
    "finish_on": "is to finish on",
    "finish_not_before": "may not finish before",
}
"""Fields of a task and of its constraints, the stronger first."""


class Held(NamedTuple):
    """What holds an item back, in words.

    Args:
        clause: said of the item without naming it: `may not start before 2026-03-16`.
        field: the field that states it; empty where none of its own is it.
    """

    clause: str
    field: str

    @property
    def sentence(self) -> str:
        """The same as a sentence about the item: `it may not start before 2026-03-16`."""
        return f"it {self.clause}" if self.field else "a date of its own or of finished work holds it"


def not_before(when: When) -> Held:
    """What is said of an item that may not start before a day."""
    return Held(f"{STARTS['not_before']} {as_day(when)}", "not_before")


def held_by(portfolio: Portfolio | None, passes: Passes, node: int) -> Held:
    """What holds a node back whose forecast no link from open work sets and that starts after the status date.

    Args:
        portfolio: of the network; None where the network was made of plain columns.
        passes: its dates.
        node: the place of the item in the network.
    """
    net, q = passes.network, passes.lists
    place = q.pos[node]
    stated = _stated(portfolio, net, node)
    return next(
        (
            Held(f"{words} {as_day(when)}", field)
            for field, words, when in stated
            if _rests_on(net, node, field, when, q.x[place], q.finish[place])
        ),
        _outside(passes, node) or _levelled(portfolio, passes, node) or Held("held by a date of its own or of finished work", ""),
    )


def _outside(passes: Passes, node: int) -> Held | None:
    """What is said of work that waits for something outside the portfolio."""
    name = from_outside(passes, node)
    return Held(f"waits for {name}, whose date is stated", "external") if name else None


def from_outside(passes: Passes, node: int, *beside: int) -> str:
    """What comes from outside the portfolio, on a day that is known, and sets the forecast of a node; empty where nothing does."""
    net, q = passes.network, passes.lists
    binding = []
    for one in net.dated_externals:
        if one.node == node or one.node in beside:
            place = q.pos[one.node]
            asked = net.running_clock(one.node).work(one.instant) - (q.dur[place] if one.at_finish else 0)
            if asked == q.x[place]:
                binding.append(one.name)
    return min(binding, default="")


def _stated(portfolio: Portfolio | None, net: Network, node: int) -> Iterator[tuple[str, str, When]]:
    """(field, words, date) of each date that an item states of its own; last the start of its project."""
    named = reference(net.ids[node])
    task = portfolio.items.get(named.item) if portfolio is not None and not named.end else None
    if portfolio is None or not isinstance(task, Task):
        return
    for field, words in (*STARTS.items(), *FINISHES.items()):
        when = getattr(task, field, None) or getattr(task.constraints, field, None)
        if when is not None:
            yield field, words, when
    if (start := portfolio.items[named.project].start) is not None:
        yield "start", "waits for its project, which starts on", start


def _levelled(portfolio: Portfolio | None, passes: Passes, node: int) -> Held | None:
    """What is said of work that nothing holds back but its levelling delay: without it, it would start at once."""
    net, q = passes.network, passes.lists
    task = portfolio.items.get(net.ids[node]) if portfolio is not None else None
    delay = task.delay if isinstance(task, Task) else None
    if delay is None:
        return None
    place = q.pos[node]
    beside = [u for u in q.src[q.ptr[place] : q.ptr[place + 1]] if q.order[u] in net.stands_for]
    at_once = any(q.x[u] <= net.running_clock(q.order[u]).work(net.base) for u in beside)
    return Held(f"is delayed by {delay} of levelling", "delay") if at_once else None


def _rests_on(net: Network, node: int, field: str, when: When, start: int, finish: int) -> bool:
    """Whether a forecast is what a stated date makes of it: a start on the working clock, a finish as an instant."""
    clock: Clock = net.running_clock(node)
    if field in FINISHES:
        return finish in (minutes(when, end=True), least_finish(clock, when))
    return start == clock.work(minutes(when))

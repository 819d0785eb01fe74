"""Work in pieces in Microsoft Project's XML (MSPDI): what assignments do by time, and the times in which work rests between."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ipmo.files.foreign import Intake
from ipmo.files.mspdi_elements import instant, iso_minutes
from ipmo.files.xml_elements import Element, tag
from ipmo.model.splitting import Interruption
from ipmo.network.clocks import Clock
from ipmo.units import minutes, moment

__all__ = ["NOBODY", "rests_between", "timephased", "worked_runs"]

WORK = ("1", "2")
"""Types of time-phased data: what an assignment has still to do, and what it has done."""
NOBODY = -65535
"""The resource of work that nobody is assigned to."""
Run = tuple[int, int]


def worked_runs(intake: Intake, node: Element) -> Iterator[Run]:
    """When an assignment works, by its time-phased data: what begins, what ends."""
    for row in node.all("TimephasedData"):
        if row.get("Type") in WORK and (iso_minutes(row.get("Value"), "Value") or 0) > 0:
            since, until = instant(intake, row, "Start"), instant(intake, row, "Finish")
            if since is not None and until is not None and since < until:
                yield minutes(since), minutes(until)


def rests_between(
    clock: Clock, start: datetime | None, finish: datetime | None, runs: Iterable[Run], length: int
) -> tuple[Interruption, ...]:
    """When work rests between its start and its finish; nothing where what is left is not as long as the work.

    Args:
        clock: what it is worked on.
        start: when it starts.
        finish: when it finishes.
        runs: when somebody works on it.
        length: minutes of its work.
    """
    if start is None or finish is None or finish <= start:
        return ()
    found, at, last = list[Run](), clock.work(minutes(start)), clock.work(minutes(finish))
    left = last - at
    for since, until in sorted(runs):
        begin, end = clock.work(since), clock.work(until)
        if begin > at:
            found.append((at, begin))
        at = max(at, end)
    if not found or at < last or left - sum(end - begin for begin, end in found) != length:
        return ()
    first = minutes(start)
    return tuple(Interruption(since=moment(max(clock.finish(begin), first)), until=moment(clock.start(end))) for begin, end in found)


def timephased(clock: Clock, start: datetime, finish: datetime, rests: Sequence[Interruption], units: float, *, done: bool) -> str:
    """What somebody does of work that rests in between, as time-phased data.

    Args:
        clock: what it is worked on.
        start: when it starts.
        finish: when it finishes.
        rests: when it rests.
        units: how many do it.
        done: it is done.
    """
    edges = [minutes(start), *(edge for one in rests for edge in one.period), minutes(finish)]
    out = []
    for place, (begin, end) in enumerate(itertools.pairwise(edges)):
        if begin < end:
            worked = 0 if place % 2 else round(clock.between(begin, end) * units)
            out.append(
                f"<TimephasedData>{tag('Type', 2 if done else 1)}{tag('Start', moment(begin).isoformat())}"
                f"{tag('Finish', moment(end).isoformat())}<Unit>2</Unit>{tag('Value', f'PT{worked // 60}H{worked % 60}M0S')}</TimephasedData>"
            )
    return "".join(out)

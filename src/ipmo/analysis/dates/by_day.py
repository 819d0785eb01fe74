"""By a day: the last instant at which something is still there by the day that was said; what hands over by starting does so on that day."""

from __future__ import annotations

from datetime import datetime

from ipmo.model.governance import Gate
from ipmo.model.items import alike
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project, Task
from ipmo.network.network import Network
from ipmo.units import When, minutes, moment, said_day
from ipmo.words import measured

DAY = 24 * 60

__all__ = ["agreed", "at_finish_of", "days_after", "gives_at_finish", "in_time", "last_instant", "last_start", "later_by"]


def gives_at_finish(portfolio: Portfolio, link: Link) -> bool:
    """Whether a link hands over when its source is done; a milestone and a gate are one instant, that of their finish."""
    if "@" in link.source:  # the end of a project that is named counts, whatever the type says
        named = reference(link.source)
        if isinstance(portfolio.items.get(named.item), Project):
            return named.end != "start"
    if link.type[0] == "F":
        return True
    noun = alike(portfolio.items, link.source)
    if noun is None:  # an end of a whole, or nothing
        noun = portfolio.items.get(reference(portfolio.resolve(link.source) or link.source).item)
    return at_finish_of(noun, link)


def at_finish_of(noun: object, link: Link) -> bool:
    """`gives_at_finish` of a link whose source is known."""
    return link.type[0] == "F" or isinstance(noun, Gate) or (isinstance(noun, Task) and noun.milestone and noun.milestone_of != "start")


def agreed(link: Link, *, at_finish: bool) -> tuple[int, str]:
    """The earlier of the dates on which the giver said, and the receiver needs, that it is there.

    Args:
        link: the hand-over.
        at_finish: it is for the giver's finish.

    Returns:
        The last instant that keeps it, and how it is stated.

    Raises:
        ValueError: neither is stated.
    """
    pairs = [
        (last_instant(when, at_finish=at_finish), word)
        for when, word in ((link.promised, "committed for"), (link.needed, "needed by"))
        if when is not None
    ]
    return min(pairs)


def last_instant(when: When, *, at_finish: bool) -> int:
    """The last instant by a day: its end for what finishes; for what starts the minute before, as midnight begins the next day."""
    return minutes(when, end=True) - (not at_finish and not isinstance(when, datetime))


def last_start(network: Network, node: int, instant: int) -> int:
    """The last instant at or before another at which work can start on the clock of a node."""
    clock = network.running_clock(node)
    done = clock.work(instant)
    return instant if clock.start(done) <= instant else int(clock.start(done - 1))


def days_after(reached: int, stated: int, *, at_finish: bool, from_morning: bool = False) -> float:
    """Elapsed days from the last instant by a day to when it is reached; of what begins a day, and was said for one, days of the calendar.

    Args:
        reached: the instant that is reached.
        stated: the last instant that keeps what was stated.
        at_finish: it is stated of a finish.
        from_morning: what is reached begins its day: midnight then is the day after the one that ends there.
    """
    if at_finish or stated % DAY != DAY - 1:
        return (reached - stated) / DAY + (from_morning and at_finish and not stated % DAY)
    return float(reached // DAY - stated // DAY)


def in_time(reached: int, limit: int, *, from_morning: bool = False) -> bool:
    """Whether what is reached keeps a limit: by the evening is not next morning, though both are midnight."""
    return reached < limit or (reached == limit and not from_morning)


def later_by(reached: int, limit: int, *, from_morning: bool = False) -> str:
    """How much later one finish is than another: by the days that are said of them, a part of one day as hours."""
    one, other = said_day(moment(reached), finish=not from_morning), said_day(moment(limit), finish=True)
    days = (one - other).days if one is not None and other is not None else 0
    return measured(float(days), "day") if days else measured(round((reached - limit) / 60, 1), "hour")

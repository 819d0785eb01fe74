"""When a risk can happen: between its own two days, and once what triggers it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import attrs

from ipmo.analysis.dates.schedule import schedule
from ipmo.errors import IpmoError
from ipmo.memory import remember
from ipmo.model.held import risks_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Risk
from ipmo.model.work import Programme, Project
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import EFFECTS, LIVE, State
from ipmo.units import Span, When, minutes, moment, said_day

__all__ = ["ENDLESS", "Past", "Trigger", "no_date", "nodes_in", "openings", "past", "trigger_of", "window_of"]

ENDLESS = 1 << 60
"""An instant after all others."""


@attrs.frozen(kw_only=True)
class Trigger:
    """What has to come before a risk can happen.

    Args:
        item: its full id.
        nodes: its open nodes, with the last of which it has come; empty where it has come already.
        others: its nodes that are done.
        done: the last finish of what is done of it, as an instant; -1 where nothing is.
        within: how long after it the risk can happen; for ever when left out.
    """

    item: str
    nodes: tuple[int, ...]
    others: tuple[int, ...]
    done: int
    within: Span | None

    def closes(self, network: Network, at: int) -> int:
        """The instant from which the risk can happen no more, where the trigger comes at another."""
        return ENDLESS if self.within is None else network.clock_of((*self.nodes, *self.others)[0]).shift(at, self.within)


class Past(NamedTuple):
    """Why an open risk cannot happen by today's plan.

    Args:
        why: in words.
        by_trigger: what triggers it comes outside its window or has no date; else its last day has gone.
    """

    why: str
    by_trigger: bool


def nodes_in(portfolio: Portfolio, network: Network, nodes: Mapping[str, int], item: str) -> list[int]:
    """The nodes of an item, in order.

    Args:
        portfolio: the portfolio.
        network: its network.
        nodes: the node of each item that is one.
        item: a full id.
    """
    noun = portfolio.items.get(item)
    if item == portfolio.id and noun is None:
        return list(range(network.n))
    if isinstance(noun, Programme):
        return [node for project in hierarchy(portfolio).projects(noun) for node in nodes_in(portfolio, network, nodes, project.id)]
    if isinstance(noun, Project):
        place = network.projects.index(noun.id)
        return [node for node in range(network.n) if network.project[node] == place and network.kinds[node] not in EFFECTS]
    project, _, inner = item.partition("/")
    if (project, inner) in network.summaries:
        return list(network.summaries[project, inner])
    return [nodes[item]] if item in nodes else []


def window_of(risk: Risk) -> tuple[int, int]:
    """From which instant to which a risk can happen by its own two days."""
    return 0 if risk.starts is None else minutes(risk.starts), ENDLESS if risk.ends is None else minutes(risk.ends, end=True)


def trigger_of(portfolio: Portfolio, network: Network, nodes: Mapping[str, int], risk: Risk) -> Trigger | None:
    """What triggers a risk, which names it by its full id; None where nothing does, or what does has no date: see `no_date`."""
    if risk.triggered_by is None:
        return None
    item = risk.triggered_by.partition("@")[0]
    found = [v for v in nodes_in(portfolio, network, nodes, item) if network.kinds[v] != "helper" and network.state[v] is not State.GONE]
    found = [v for v in found if network.state[v] is not State.SPANNED] or found  # a level of effort lasts as long as the work beside it
    live = tuple(v for v in found if network.state[v] in LIVE)
    others = tuple(v for v in found if network.state[v] not in LIVE)
    if not found or not all(v in network.finishes for v in others):
        return None
    done = max((network.finishes[v] for v in others), default=-1)
    return Trigger(item=item, nodes=live, others=others, done=done, within=risk.within)


def no_date(risk: Risk) -> str:
    """Why a risk never happens whose trigger has no date."""
    return f"what it is triggered by, {(risk.triggered_by or '').partition('@')[0]!r}, has no date"


def openings(portfolio: Portfolio) -> Mapping[str, int]:
    """From when on each open risk can happen by the schedule, as an instant: its first day, and what triggers it; of the others nothing says when."""
    return remember(portfolio, "openings of risks", lambda: _openings(portfolio))


def _openings(portfolio: Portfolio) -> dict[str, int]:
    open_ones = [one for one in risks_of(portfolio) if one.noun.state == "open"]
    passes = _passes(portfolio) if any(one.noun.triggered_by is not None for one in open_ones) else None
    out: dict[str, int] = {}
    for one in open_ones:
        found = [window_of(one.noun)[0]] if one.noun.starts is not None else []
        if one.noun.triggered_by is not None:
            trigger = None if passes is None else trigger_of(portfolio, passes.network, passes.nodes, one.noun)
            if trigger is None or passes is None:
                continue
            found.append(_comes(trigger, passes))
        if found:
            out[one.id] = max(found)
    return out


def _comes(trigger: Trigger, passes: Passes) -> int:
    """When a trigger comes, or has come, by the schedule."""
    q = passes.lists
    return max([trigger.done, *(q.finish[q.pos[node]] for node in trigger.nodes)])


def past(portfolio: Portfolio, as_of: When | None) -> Mapping[str, Past]:
    """The open risks that cannot happen by today's plan, by full id, and why: their window has closed, or what triggers them comes outside it.

    Args:
        portfolio: the portfolio.
        as_of: the day; None where nothing says what day it is.
    """
    today = None if as_of is None else minutes(as_of)
    return remember(portfolio, ("past risks", today), lambda: _past(portfolio, today))


def _past(portfolio: Portfolio, today: int | None) -> dict[str, Past]:
    open_ones = [one for one in risks_of(portfolio) if one.noun.state == "open"]
    passes = _passes(portfolio) if any(one.noun.triggered_by is not None for one in open_ones) else None
    out: dict[str, Past] = {}
    for one in open_ones:
        if why := _closed(one.noun, today):
            out[one.id] = Past(why, by_trigger=False)
        elif passes is not None and (why := _not_triggered(portfolio, passes, one.noun, today)):
            out[one.id] = Past(why, by_trigger=True)
    return out


def _passes(portfolio: Portfolio) -> Passes | None:
    """The schedule; None of a portfolio that cannot be scheduled, of which no trigger has a date."""
    try:
        return schedule(portfolio, on_cycle="cut").passes
    except IpmoError:
        return None


def _closed(risk: Risk, today: int | None) -> str:
    last = window_of(risk)[1]
    return f"it could happen until {_day(last)}" if today is not None and last <= today else ""


def _not_triggered(portfolio: Portfolio, passes: Passes, risk: Risk, today: int | None) -> str:
    """Why the schedule lets no trigger of a risk come in its window; empty where it does, or nothing triggers the risk."""
    if risk.triggered_by is None:
        return ""
    trigger = trigger_of(portfolio, passes.network, passes.nodes, risk)
    if trigger is None:
        return no_date(risk)
    q, at = passes.lists, _comes(trigger, passes)
    first, last = window_of(risk)
    end = trigger.closes(passes.network, at)
    verb = "comes" if trigger.nodes else "came"
    said = f"what it is triggered by, {trigger.item!r}, {verb} on {_day(at)}"
    if any(q.pos[node] in passes.lower_bounded for node in trigger.nodes):  # later than said, so that its window closes no sooner
        end, said = ENDLESS, f"{said} at the earliest"
    if max(at, first) >= last:
        return f"{said}, and it could happen until {_day(last)}"
    if first >= end:
        return f"{said}, and {risk.within} later it could not happen yet"
    return f"{said}, and its window closed {risk.within} later" if today is not None and min(last, end) <= today else ""


def _day(instant: int) -> str:
    return str(said_day(moment(instant), finish=True))

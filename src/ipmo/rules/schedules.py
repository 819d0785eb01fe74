"""What the schedule shows: work out of sequence, constraints, work without dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from ipmo.analysis.dates.reproduced import reproduced
from ipmo.analysis.dates.schedule import Schedule
from ipmo.errors import listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.governance import Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Task
from ipmo.network.holds import lacking, waiting_for
from ipmo.network.needs import without
from ipmo.network.states import LIVE, State
from ipmo.network.without import Without
from ipmo.rules.themes import Theme, fact
from ipmo.units import as_day, day_text, moment, said_day
from ipmo.words import agree, counted

__all__ = ["SCHEDULE_CHECKS"]

HEEDLESS = (
    *("start_on", "finish_on", "start_no_later", "must_start_on", "must_finish_on", "mandatory_start", "mandatory_finish"),
    *("as_late_as_possible", "expected_finish"),
)
"""Constraints that say nothing of what lies in a summary."""


def _find(context: CheckContext) -> Iterator[Finding]:
    """Bounds, work out of sequence, gates decided early or waiting, external dependencies."""
    portfolio, s = context.portfolio, context.schedule
    net = s.network
    for source, target, kind in s.cuts:
        yield fact(
            "loop-cut",
            target,
            f"the link {source!r} -{kind}-> {target!r} closes a loop and was cut to go on",
            "take one link out of the loop",
            Severity.ERROR,
        )
    if s.passes.lower_bounded:
        causes = ["has no duration"] * bool(net.unknown) + ["waits for something outside without a date"] * bool(net.outside)
        yield fact(
            "bounds",
            "",
            f"{counted(len(s.passes.lower_bounded), 'date')} {agree(len(s.passes.lower_bounded), 'is a lower bound', 'are lower bounds')} or unknown, because work before them {' or '.join(causes)}",
            "floats before that work may be smaller than shown",
            Severity.INFO,
        )
    for u, v, kind in net.out_of_sequence:
        source, full_id = net.ids[u], net.ids[v]
        item = portfolio.items.get(full_id)
        if isinstance(item, Gate) and item.decision is not None:
            done = None if u not in net.finishes else said_day(moment(net.finishes[u]), finish=True)
            if done is not None and done <= as_day(item.decision.date):
                continue  # it was finished on the day of the decision
            yield fact(
                "gate-before-inputs",
                full_id,
                f"gate {full_id!r} was decided on {item.decision.date} before {source!r} was finished",
                "check what the decision rested on",
            )
        elif isinstance(item, Task):
            yield fact(
                "out-of-sequence",
                full_id,
                f"{full_id!r} went ahead of {source!r}, which it should follow ({kind})",
                "correct the actual dates or the link",
                Severity.INFO,
            )
    if net.undated_externals:
        names = [portfolio.links[n].id or f"{portfolio.links[n].source} -> {portfolio.links[n].target}" for n in net.undated_externals]
        yield fact(
            "external-undated",
            "",
            f"{counted(len(names), 'link')} {agree(len(names), 'leads', 'lead')} out of the plan to something without a date: {listed(sorted(names))}",
            "write date: and as_of: on those that matter",
            Severity.INFO,
        )
    for start in net.circular_starts:
        yield fact(
            "circular-start",
            start.removesuffix("@start"),
            f"all that {start.removesuffix('@start')!r} holds waits for what leaves its start; that start is taken as the earliest the rest allows",
            "link what it leads to to one of its tasks",
        )
    if net.project_dependencies:
        names = [portfolio.links[n].id or f"{portfolio.links[n].source} -> {portfolio.links[n].target}" for n in net.project_dependencies]
        yield fact(
            "project-dependency",
            "",
            f"{counted(len(names), 'link')} {agree(len(names), 'joins', 'join')} whole projects and {agree(len(names), 'moves', 'move')} no date: {listed(sorted(names))}",
            "say which task gives and which receives",
            Severity.INFO,
        )
    yield from _constraints(s)
    yield from _of_summaries(portfolio, s)
    yield from _circles(portfolio)
    yield from _unmet(portfolio, s)
    yield from _holds(s)
    yield from _reproduced(portfolio, s)


def _reproduced(portfolio: Portfolio, s: Schedule) -> Iterator[Finding]:
    """What the file stored beside what was computed: one line about all rows, one about each that differs."""
    if not portfolio.source.stored:
        return
    found = reproduced(portfolio, s)
    hint = "each row that differs is listed with its cause" if found.differences or found.summaries_differing else ""
    yield fact("dates-reproduced", "", str(found), hint, Severity.INFO)
    for one in (*found.differences, *found.summaries_differing):
        yield fact("date-differs", one.item, one.message, severity=Severity.WARNING if one.root else Severity.INFO)


def _of_summaries(portfolio: Portfolio, s: Schedule) -> Iterator[Finding]:
    """Constraints of summaries that no date heeds: their dates are those of what lies in them."""
    for project, task in s.network.summaries:
        item = portfolio.items.get(f"{project}/{task}") if task else None
        if not isinstance(item, Task):
            continue
        tied = [name for name in HEEDLESS if item.constraints is not None and getattr(item.constraints, name)]
        if tied := ["finish_not_before"] * (item.finish_not_before is not None) + tied:
            names = listed([name.replace("_", " ") for name in tied])
            yield fact(
                "summary-constraint",
                f"{project}/{task}",
                f"summary {f'{project}/{task}'!r} has {agree(len(tied), 'a constraint', 'constraints')} that {agree(len(tied), 'moves', 'move')} nothing: {names}",
                "put it on the task that it is meant for; not before and finish no later hold for all that a summary holds",
            )


def _constraints(s: Schedule) -> Iterator[Finding]:
    """Constraints that override the logic, and those that the logic breaks."""
    net, q = s.network, s.passes.lists
    for node, high in net.high.items():
        place = q.pos[node]
        asked = max((s.passes.push(k, place, q.x[q.src[k]]) for k in range(q.ptr[place], q.ptr[place + 1])), default=high)
        if asked > high:
            days = s.passes.days(place, high, asked)
            yield fact(
                "constraint-conflict",
                net.ids[node],
                f"a constraint of {net.ids[node]!r} overrides its predecessors, which ask for a start {days:g} d later",
                "move the date, or make the constraint one that the dialect does not hold for hard",
            )
    for node, instant, at_finish in net.late_bounds:
        place = q.pos[node]
        if net.state[node] not in LIVE or node in s.passes.without_duration:
            continue
        clock = net.running_clock(node)
        reached = q.finish[place] if at_finish else clock.start(q.x[place])
        allowed = clock.start(clock.work(instant))
        morning = at_finish and reached >= instant and s.begins_day(net.ids[node], int(reached))
        if reached > max(instant, allowed if not at_finish else instant) or (morning and reached == instant):
            what = "finish" if at_finish else "start"
            bound = day_text(moment(int(instant)), finish=at_finish)
            expected = day_text(moment(int(reached)), finish=at_finish and not morning)
            yield fact(
                "constraint-missed",
                net.ids[node],
                f"{net.ids[node]!r} should {what} no later than {bound}, the schedule says {expected}",
                "float before it is negative",
            )


def _unmet(portfolio: Portfolio, s: Schedule) -> Iterator[Finding]:
    """Hand-overs whose giver was stopped or is paused, by link, enabler or `requires:`, and what waits for each."""
    net = s.network
    if not net.unmet and not any(project.requires for project in portfolio.projects):
        return
    found = without(portfolio)
    for number, source, target, why in net.unmet:
        link = portfolio.links[number] if number >= 0 else None
        holder = portfolio.items.get(why.item)
        held = isinstance(holder, Gate) and holder.decision is not None and holder.decision.outcome != "kill"
        paused = held or getattr(holder, "state", "") in ("paused", "closed")
        if link is None:
            noun = portfolio.items.get(target)
            kind = "benefit" if isinstance(noun, Benefit) else "outcome"
            text = f"{kind} {target!r} needs {source!r}, which never comes: {why.reason}"
            if why.item == target and isinstance(noun, Benefit | Outcome):  # its stand-ins are gone, all of them
                text = f"{kind} {target!r} needs one of {listed(sorted(one.source for one in noun.any_of))}, and none of them ever comes"
            hint = "name what enables it instead, or take it out of the plan"
        else:
            named = f"link {link.id!r}" if link.id else "the hand-over"
            comes = "has no date" if paused else "never comes"
            text = f"{named} from {source!r} to {target!r} {comes}: {why.reason}{_waiting(portfolio, found, target)}"
            lifted = "decide the gate" if held else "resume the giver"
            hint = f"{lifted}, take the link out, or name a substitute" if paused else "take the link out, or name a substitute"
        code = "paused-hand-over" if paused else "dead-hand-over"
        yield fact(code, target if link is None or link.id is None else link.id, text, hint, Severity.ERROR)
    for name, hold in lacking(portfolio).items():
        if portfolio[name].state == "proposed":
            continue
        text = f"{hold.reason}{_waiting(portfolio, found, name)}"
        yield fact("dead-hand-over", name, text, "take it out of requires:, or stop this project too", Severity.ERROR)
    for name, hold in waiting_for(portfolio).items():
        if portfolio[name].state not in ("approved", "active"):
            continue
        text = f"{hold.reason}: its dates hold, what it brings waits"
        yield fact("paused-hand-over", name, text, "resume what it requires, pause this project too, or take it out of requires:")


def _circles(portfolio: Portfolio) -> Iterator[Finding]:
    """Projects that require each other in a circle: one finding a circle."""
    asks = {one.id: set(one.requires) for one in portfolio.projects if one.requires and one.counted_as not in ("cancelled", "closed")}
    while asks:
        try:
            TopologicalSorter(asks).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1][::-1]  # each requires the next, the last is the first
            asks[circle[0]].discard(circle[1])
            least = min(range(len(circle) - 1), key=circle.__getitem__)
            named = [*circle[least:-1], *circle[: least + 1]]
            text = f"{' requires '.join(map(repr, named))}: none of them comes without the others"
            yield fact("requires-loop", named[0], text, "take one requires: out, or say under links: what each hands over and when")
        else:
            return


def _waiting(portfolio: Portfolio, found: Without, item: str) -> str:
    """What waits for an item besides itself, in words: how many items, and which benefits."""
    place = found.web.place.get(item)
    if place is None:
        return ""
    names = [found.web.ids[node] for node in found.hangs([place])]
    effects = sorted(name for name in names if isinstance(portfolio.items.get(name), Benefit))
    work = sum(isinstance(portfolio.items.get(name), Task | Gate) for name in names)
    parts = ([counted(work, "item")] if work else []) + (
        [f"{agree(len(effects), 'benefit', 'benefits')} {listed(effects)}"] if effects else []
    )
    return f"; {' and '.join(parts)} {agree(work + len(effects), 'waits', 'wait')} for it" if parts else ""


FOLLOWS = re.compile(r"^follows (['\"]).*?\1: ")
"""How the reason of what follows begins, before that of what it follows."""


def _holds(s: Schedule) -> Iterator[Finding]:
    """Undated work, counted by its reason."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for node, hold in s.network.holds.items():
        if s.network.state[node] == State.UNDATED and s.network.kinds[node] != "helper":
            if node not in s.network.finishes:  # a gate whose go has lapsed keeps the date of its decision
                key = hold.item, FOLLOWS.sub("", hold.reason)  # what follows has the reason of what it follows
                by_reason.setdefault(key, []).append(reference(s.network.ids[node]).item)
    for (item, reason), found in by_reason.items():
        names = sorted(
            set(found), key=lambda name: (name != item, "/" not in name, name)
        )  # what holds first, then work by id; a summary has a start and a finish, and is one item
        yield fact(
            "undated",
            item,
            f"{counted(len(names), 'item')} {agree(len(names), 'has')} no dates, because {reason or 'what they follow has none'}: {listed(names)}",
        )


_SCHEDULE = Theme(_find, "ipmo, critical path over all projects; GAO Schedule Assessment Guide (2015)")

SCHEDULE_CHECKS = (
    _SCHEDULE.check("loop-cut", "Links form no loop", "Links cut to break a loop"),
    _SCHEDULE.check("bounds", "What a date follows has a duration", "Dates that are bounds only"),
    _SCHEDULE.check(
        "gate-before-inputs", "A gate is decided when its inputs are finished", "Gates decided before their inputs were finished"
    ),
    _SCHEDULE.check("out-of-sequence", "Work follows what it is linked to", "Work that went ahead of what it should follow"),
    _SCHEDULE.check(
        "circular-start",
        "What leaves a start waits for nothing that follows it",
        "Projects and summaries all of whose tasks wait for what leaves their start",
    ),
    _SCHEDULE.check("external-undated", "What lies outside the plan has a date", "Links to something outside without a date"),
    _SCHEDULE.check("project-dependency", "A link says which task gives and which receives", "Links between whole projects"),
    _SCHEDULE.check("requires-loop", "Projects do not require each other in a circle", "Circles of projects that require each other"),
    _SCHEDULE.check("dead-hand-over", "What work waits for is still to come", "Hand-overs whose giver was stopped"),
    _SCHEDULE.check("paused-hand-over", "What work waits for is not paused", "Hand-overs whose giver is paused or closed"),
    _SCHEDULE.check("constraint-conflict", "Constraints agree with the logic", "Constraints that contradict the logic"),
    _SCHEDULE.check("constraint-missed", "Constraints are kept by the forecast", "Constraints that the forecast does not keep"),
    _SCHEDULE.check("summary-constraint", "A constraint stands on what it moves", "Constraints of summaries that move nothing"),
    _SCHEDULE.check(
        "dates-reproduced", "The schedule has the dates that the file stores", "Dates of the file that were reproduced", rule="SCH-R18"
    ),
    _SCHEDULE.check(
        "date-differs", "An item has the dates that the file stores", "Items whose dates differ from those in the file", rule="SCH-R18"
    ),
    _SCHEDULE.check("undated", "Open work has dates", "Work without dates"),
)

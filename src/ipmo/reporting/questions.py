"""The first screen: what must be decided, whether commitments are kept, what could hurt most, how sure all of it is."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import attrs

from ipmo.analysis.change.decisions import Due, fails
from ipmo.analysis.change.stated import Moved
from ipmo.analysis.control.exposure import Threat
from ipmo.analysis.control.status import Breach
from ipmo.analysis.dates.committed import Commitment, Standing
from ipmo.analysis.dependencies.handed_over import HandedOver
from ipmo.analysis.dependencies.handovers import link_name
from ipmo.analysis.dependencies.single_points import SinglePoint
from ipmo.analysis.risk.simulation import Simulated
from ipmo.findings import Finding, Severity
from ipmo.model.held import gates_of
from ipmo.model.later import size_of
from ipmo.model.work import Project
from ipmo.reporting.answers import FEW, Answers, waiting_text
from ipmo.reporting.blocks import Scale, capital, few, share
from ipmo.reporting.sureness import all_kept_said, chance_of, chance_text, fan, simulated_said, unsure_costs, unsure_dates
from ipmo.units import day_text, said_day
from ipmo.words import agree, counted, measured, rounded_text

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Line", "Question", "questions", "subtitle"]

SHOWN = 4
"""Lines of a question that stand open; the rest is folded."""
MOST = 24
"""Lines of a question at all; what is beyond is counted."""
HAND_OVERS, THREATS, NAMED = 3, 2, 3
KINDS = ("bad", "warn", "good", "")
"""The worst first."""
BLOCKED = ("ipmo/dead-hand-over", "ipmo/paused-hand-over", "ipmo/undated")
OVERDUE = ("ipmo/project-overdue", "ipmo/issue-overdue")
DOUBTED = ("ipmo/loop", "ipmo/loop-cut", "ipmo/gate-before-inputs", "ipmo/watermelon-computed-worse")
ALONE: Mapping[Standing, str] = {
    "missed": "is missed in this forecast",
    "overdue": "is overdue and has no forecast",
    "unknown": "has no forecast, so it is not known whether it is kept",
}
Later = Callable[[], "Line"]
"""A line that is written when the page has it."""
T = TypeVar("T")
LABELS = {
    **dict.fromkeys(BLOCKED[:2], "Blocked"),
    "ipmo/undated": "On hold",
    **dict.fromkeys(OVERDUE, "Overdue"),
    "ipmo/watermelon-computed-worse": "Check",
}


@attrs.frozen(kw_only=True)
class Line:
    """One thing to know, as a sentence.

    Args:
        text: the sentence.
        label: whom or what it is about, set apart before it.
        kind: `bad`, `warn`, or empty.
        hint: a second, quiet line: ids, reasons, what to do.
    """

    text: str
    label: str = ""
    kind: str = ""
    hint: str = ""


@attrs.frozen(kw_only=True)
class Question:
    """One of the four questions, with its answer.

    Args:
        id: where links lead.
        title: the question.
        answer: in a sentence.
        besides: what is to be said with it, in sentences.
        kind: `bad`, `warn`, `good` or empty, by the answer.
        lines: what the answer rests on, what matters most first.
        notes: what the answer is to be read with.
        of: how many lines there are at all.
        picture: a small one that shows the answer; None for none.
    """

    id: str
    title: str
    answer: str
    besides: Sequence[str] = ()
    kind: str = ""
    lines: Sequence[Line] = ()
    notes: Sequence[str] = ()
    of: int = 0
    picture: Markup | None = None

    @property
    def shown(self) -> Sequence[Line]:
        """Those that stand open."""
        return self.lines[:SHOWN]

    @property
    def folded(self) -> Sequence[Line]:
        """Those that are folded."""
        return self.lines[SHOWN:]

    @property
    def more(self) -> int:
        """How many are not listed here."""
        return self.of - len(self.lines)


def questions(a: Answers) -> tuple[Question, ...]:
    """The four questions of the first screen, answered; where two or more have nothing to say, the others stand on top, the worst first.

    What was promised to others and is broken stands before what waits for a decision.
    """
    first = (_decided(a), _kept(a))
    if any(one.kind == "hand-over" for one in a.commitments.broken):
        first = first[::-1]
    found = (*first, _hurts(a), _sure(a))
    said = sorted((one for one in found if one.lines), key=lambda one: KINDS.index(one.kind))
    silent = [one for one in found if one not in said]
    if len(silent) < 2 or not said:
        return found
    below = [*said[2:], *silent]
    return (said[0], below[0], *said[1:2], *below[1:])  # two columns: the first of each is on top


def subtitle(a: Answers) -> str:
    """How much there is, and from when it is seen."""
    pf = a.portfolio
    tasks = sum(size_of(p, "tasks") for p in pf.projects)
    parts = [counted(len(pf.projects), "project")]
    if tasks:
        parts.append(counted(tasks, "task or milestone", "tasks and milestones"))
    if pf.benefits:
        parts.append(counted(len(pf.benefits), "benefit"))
    seen = f"seen from the status date {a.today.isoformat()}" if a.today else "no status date is stated"
    return f"{', '.join(parts)}; {seen}"


def _question(id: str, title: str, answer: Sequence[str], lines: Sequence[Later], kind: str = "", notes: Sequence[str] = ()) -> Question:
    """A question with its answer; of its lines only those are written that the page has."""
    said = [f"{capital(sentence)}." for sentence in answer]
    written = [line() for line in lines[:MOST]]
    return Question(id=id, title=title, answer=said[0], besides=said[1:], kind=kind, lines=written, notes=notes, of=len(lines))


def _each(line: Callable[[Answers, T], Line], a: Answers, rows: Iterable[T]) -> list[Later]:
    """A line for each row, written when the page has it."""
    return [functools.partial(line, a, row) for row in rows]


def _stop(text: str, more: str) -> str:
    """Two parts of a sentence, the first of which may end as a question."""
    return f"{text}{' ' if text[-1:] in '?!.' else ', '}{more}" if more else text


# --------------------------------------------------------------------------------------------- what must be decided


def _decided(a: Answers) -> Question:
    """Gates, decisions and conditions that wait, by whom and by when; tolerances that are forecast to be exceeded, with their board."""
    queue = list(a.queue or ())
    late, waiting = [row for row in queue if _too_late(a, row)], [row for row in queue if not _too_late(a, row)]
    breaches = () if a.status is None else a.status.breaches
    lines = [*_each(_late, a, late), *_each(_exception, a, breaches), *_each(_due, a, waiting)]
    said = []
    if queue:
        said.append(f"{waiting_text(queue)} {agree(len(queue), 'waits', 'wait')}, {_lateness(a, len(late), len(queue))}")
    if breaches:
        said.append(f"{counted(len(breaches), 'tolerance')} {agree(len(breaches), 'is', 'are')} forecast to be exceeded")
    if a.queue is None:
        said.append(f"what waits cannot be said: {a.refused.get('decisions', '')}".rstrip(". "))
    recorded = a.portfolio.decisions or gates_of(a.portfolio)
    if not said:
        said.append("Nothing waits for a decision" if recorded else "No gate and no decision is recorded, so none is known to wait")
    answer = ["; ".join(said)]
    kind = "bad" if late or breaches else "warn" if queue or a.queue is None else "good" if recorded else ""
    return _question("decide", "What must be decided, by whom, by when?", answer, lines, kind)


def _lateness(a: Answers, late: int, total: int) -> str:
    """How many of what waits are late: without a status date no day has passed, and only what the schedule needs sooner is known to be."""
    of = " of them" if total > 1 else ""
    if not late and a.today is None:
        return f"whether {'any of them' if of else 'it'} is late is not known without a status date"
    return f"{late:,}{of} late" if late else f"none{of} late"


def _too_late(a: Answers, row: Due) -> bool:
    return row.too_late or row.overdue > 0 or _days_ago(a, row) > 0


def _days_ago(a: Answers, row: Due) -> int:
    """How many days ago it was needed as stated; 0 where it was not."""
    if row.stated is None or a.today is None:
        return 0
    stated = said_day(row.stated, finish=True)
    return max((a.today - stated).days, 0) if stated is not None else 0


def _exception(a: Answers, one: Breach) -> Line:
    """Which board hears of what."""
    who = a.name(one.escalate_to) if one.escalate_to else "Nobody is named"
    text = f"hears of an exception: {a.placed(one.item)}, {one.aspect}: {rounded_text(one.text)}"
    return Line(label=who, text=text, kind="bad", hint=one.item if a.name(one.item) != one.item else "")


def _late(a: Answers, row: Due) -> Line:
    return attrs.evolve(_due(a, row), kind="bad")


def _due(a: Answers, row: Due) -> Line:
    """Who decides what, and by when."""
    whose = a.placed(row.item)
    what = {"gate": f"decides on {whose}", "condition": f"{row.name}, a condition of {whose}"}.get(row.kind, row.name)
    stated, latest = day_text(row.stated, finish=True), day_text(row.latest, finish=True)
    risk = "its own date" if row.at_risk == row.item else a.placed(row.at_risk)
    if ago := _days_ago(a, row):
        when = f"needed by {stated}, {counted(ago, 'day')} ago"
    elif row.overdue and not row.too_late:
        when = f"needed by {latest}, {counted(row.overdue, 'day')} ago"
    elif row.too_late:
        when = (
            f"{measured(row.late_by, 'working day')} too late for {risk}"
            if row.late_by
            else f"too late for {risk}, reached {row.expected_day}"
        )
        when += f", overdue since {latest}" if row.overdue else ""
    elif row.latest is not None and row.float is not None:
        when = f"by {latest}, in {measured(row.float, 'working day')}, or {fails(row, risk, a.placed)}"
    else:
        when = f"needed by {stated}" if stated else row.undated or "no date is stated"
    hint = f"{row.kind} {row.item}" if row.kind != "condition" else f"condition of gate {row.item}"
    if row.kind == "gate" and row.expected is not None:
        reached = a.schedule.day_of(row.item, row.expected) or a.schedule.first_day
        hint += f", reached {max(reached, a.schedule.first_day)} {'if nothing held it' if row.held else 'by the logic'}"  # what may be reached at once is not reached the day before
    if stated and row.latest is not None and not ago:
        hint += f", needed by {stated}"
    if row.held:
        hint += f", without a date so far: {row.held}"
    return Line(label=a.name(row.who) if row.who else "Nobody is named", text=_stop(what, when), hint=hint)


# ------------------------------------------------------------------------------------------------ what is kept


def _kept(a: Answers) -> Question:
    """Commitments that are missed, those that nothing forecasts, what is blocked, and what is other than before."""
    found = list(a.commitments)
    by = Counter(one.standing for one in found)
    lines = _each(_missed, a, [one for one in a.commitments.broken if one.kind == "hand-over"])
    lines += [functools.partial(_most, a, one) for one in _most_moved(a)]
    lines += _each(_worsened, a, _worse_rated(a)[:NAMED])
    lines += _each(_call, a, [one for code in BLOCKED for one in a.ordered(code)])
    lines += _each(_missed, a, [one for one in a.commitments.missed if one.kind != "hand-over"])
    lines += _each(_red_report, a, [project for project in a.portfolio.projects if a.reported(project) == "red"])
    lines += _each(_call, a, [one for code in OVERDUE for one in a.ordered(code) if one.item not in a.overdue])
    lines += _each(_missed, a, [one for one in a.commitments.overdue if one.kind != "hand-over"])
    answer = [_kept_said(len(found), by, _why_unknown(found))] if found else ["No commitment is stated, so none can be missed"]
    forecast = len(found) > by["overdue"]  # what nobody closed is no answer to what is kept
    kind = "bad" if by["missed"] or (by["overdue"] and forecast) else "warn" if by["unknown"] or not forecast else "good"
    if since := _since(a):
        answer = [*answer, since] if forecast else [since, *answer]
    return _question("kept", "Are we keeping our commitments?", answer, lines, kind)


def _why_unknown(found: Sequence[Commitment]) -> str:
    """What most of the commitments wait for of which it is not known whether they are kept, in few words; empty where nothing is named."""
    unknown = [one for one in found if one.standing == "unknown"]
    causes = Counter(one.because for one in unknown if one.because)
    if not causes:
        return ""
    name, count = min(causes.items(), key=lambda cause: (-cause[1], cause[0]))
    return f", because of {name}" if count == len(unknown) else f", of {count:,} because of {name}"


def _kept_said(total: int, by: Mapping[Standing, int], why: str) -> str:
    if by["kept"] == total:
        return "The one commitment is kept in this forecast" if total == 1 else f"All {total:,} commitments are kept in this forecast"
    if total == 1:
        standing = next(name for name in by if by[name])
        return f"The one commitment {ALONE[standing]}"
    if by["overdue"] == total:
        return f"All {total:,} commitments are overdue and have no forecast"
    if by["missed"]:
        parts = [f"{by['missed']:,} of {total:,} commitments {agree(by['missed'], 'is', 'are')} missed in this forecast"]
    else:
        parts = [f"None of {total:,} commitments is missed as far as is known"]
    if by["overdue"]:
        parts.append(f"{by['overdue']:,} {agree(by['overdue'], 'is', 'are')} overdue and {agree(by['overdue'], 'has', 'have')} no forecast")
    if by["unknown"]:
        parts.append(f"of {by['unknown']:,} it is not known{why}")
    return "; ".join(parts)


def _since(a: Answers) -> str:
    """What is other than in the earlier state: commitments, ratings, dates, and money of what is in both."""
    found, before = a.changed, a.before
    if found is None or before is None:
        return ""
    parts = []
    newly = sum("missed" in one.after and "missed" not in one.before for one in found.commitments)
    again = sum("missed" in one.before and "missed" not in one.after for one in found.commitments)
    if newly or again:
        parts.append(f"{counted(newly, 'commitment')} newly missed, {again} no longer")
    parts += _moved("ratings", "worse", "better", [one.change for one in found.moved if one.what.startswith("confidence")])
    parts += _moved("finishes", "later", "earlier", [one.change for one in found.of("finish")])
    changes = [one.change for one in found.of("budget") if one.change is not None]
    if changes:
        total = sum(changes)
        scale = Scale.of([total], a.currency)
        sign = "+" if total > 0 else ""
        parts.append(f"{a.word('budget')} of projects in both {sign}{scale.said(total)} {scale.unit}")
    since = f"Since {before.status_date}" if before.status_date is not None else f"Against {before.name or before.id}"
    return f"{since}: {'; '.join(parts) or 'nothing that was committed, rated or budgeted is other'}"


def _most_moved(a: Answers) -> Iterator[Moved]:
    """Of the projects in both states: the largest rise of the budget, the largest slip of the finish."""
    if a.changed is None:
        return
    for what in ("budget", "finish"):
        up = [one for one in a.changed.of(what) if (one.change or 0) > 0]
        if up:
            yield max(up, key=lambda one: one.change or 0)


def _most(a: Answers, one: Moved) -> Line:
    """What rose or slipped most."""
    amount = one.change or 0
    if one.what == "budget":
        scale = Scale.of([amount], a.currency)
        text = f"{a.word(one.what)} +{scale.said(amount)} {scale.unit}{f', {share(one.share)}' if one.share is not None else ''}: the largest rise"
    else:
        text = f"finishes {one.after}, {measured(amount, 'day')} later: the largest slip"
    return Line(label=one.name or one.item, text=text, kind="warn", hint=f"{one.before} before")


def _worse_rated(a: Answers) -> list[Moved]:
    """Projects whose delivery confidence is worse than before: what is red now first, then the largest."""
    if a.changed is None:
        return []
    found = [one for one in a.changed.moved if one.what.startswith("confidence") and (one.change or 0) > 0]
    sizes = {project.id: a.size(project) for project in a.portfolio.projects}
    return sorted(found, key=lambda one: (not one.after.startswith("red"), -sizes.get(one.item, 0.0), one.item))


def _worsened(a: Answers, one: Moved) -> Line:
    """A rating that is worse than before."""
    size = next((a.size(project) for project in a.portfolio.projects if project.id == one.item), 0.0)
    scale = Scale.of([size], a.currency)
    text = f"is rated {one.after} instead of {one.before}" + (f", {a.word('budget')} {scale.said(size)} {scale.unit}" if size else "")
    hint = "; ".join(part for part in (one.item if one.name else "", one.what, one.note) if part)
    return Line(label=one.name or one.item, text=text, kind="bad" if one.after.startswith("red") else "warn", hint=hint)


def _moved(what: str, up: str, down: str, changes: Sequence[float | None]) -> list[str]:
    worse, better = sum((one or 0) > 0 for one in changes), sum((one or 0) < 0 for one in changes)
    return [f"{worse} {what} {up}, {better} {down}"] if worse or better else []


def _missed(a: Answers, one: Commitment) -> Line:
    """A broken commitment, and what it is late because of."""
    name, item = a.name(one.item), a.item(one.item)
    # a milestone at the beginning of a day says that day
    forecast = f"expected {item.finish_text}" if item is not None and one.kind == "deadline" else one.forecast
    text = (
        f"hands over to {a.placed(_receiver(a, one))}: {one.word} {one.stated_text}"
        if one.kind == "hand-over"
        else f"{one.word} {one.stated_text}"
    )
    if one.standing == "missed" and one.expected is None:
        text += ", and never comes"
    elif one.standing == "missed":
        text += f", {forecast}, {one.late} late"
    else:
        text += ", overdue: nothing says when it will come"
    hint = one.reason if one.because != one.item or one.standing == "missed" else "say when it will come, or that it is done"
    hint = _named(hint, one.because, a.placed(one.because, one.item)) if one.because else hint
    return Line(
        label=name,
        text=a.of(one.item) + text,
        kind="bad",
        hint="; ".join(part for part in (one.item if one.item != name else "", hint) if part),
    )


def _named(reason: str, item: str, name: str) -> str:
    """A reason with the name of an item for its id: where it stands quoted, or else as a word of its own, which ids of one letter are seldom."""
    if f"'{item}'" in reason:
        return reason.replace(f"'{item}'", name)
    return re.sub(rf"(?<![\w/@'-]){re.escape(item)}(?![\w/'-])", lambda _: name, reason, count=1)


def _receiver(a: Answers, one: Commitment) -> str:
    """What waits for a hand-over."""
    found = (link.target for link in a.portfolio.links if link_name(link) == one.name)
    return next((a.portfolio.resolve(target) or target for target in found), "")


def _red_report(a: Answers, project: Project) -> Line:
    last = a.last_report(project)
    note = last.note if last is not None else ""
    return Line(label=project.name or project.id, text=f"reports red{f': {note}' if note else ''}", kind="bad")


def _call(a: Answers, found: Finding) -> Line:
    """A finding that somebody is to look at."""
    noun = a.portfolio.items.get(found.item)
    name = getattr(noun, "name", "")
    quoted = rf"(?:\b(?:portfolio|programme|project|task|milestone|gate) )?'{re.escape(found.item)}'"
    said = re.sub(quoted, lambda _: name, found.message) if name else found.message
    text = f"{name}: {said}" if name and name not in said else said
    kind = "bad" if found.severity is Severity.ERROR else "warn"
    return Line(label=f"{LABELS.get(found.code, 'Look at')}:", text=rounded_text(text), kind=kind, hint=found.hint)


# --------------------------------------------------------------------------------------------- what could hurt


def _hurts(a: Answers) -> Question:
    """The hand-overs whose slip loses most, the dearest risks, and the item without which most fails."""
    given = [row for row in a.links.hand_overs if not row.calendar_date]
    marks = len(a.links.hand_overs) - len(given)
    tight = sum(row.commitment_float is not None and row.commitment_float <= 0 for row in given)
    threats = () if a.exposure is None else a.exposure.threats
    lines = [*_each(_hand_over, a, given[:HAND_OVERS]), *_each(_threat, a, threats[:THREATS])]
    lines += _each(_alone, a, itertools.islice(a.single_points or (), 1))
    answer = []
    if given:
        leading = sum(row.commitment_float is not None for row in given)
        free = (
            f"{leading} {agree(leading, 'leads', 'lead')} to a commitment, with float"
            if leading
            else "none of which leads to a stated commitment"
        )
        said = f"{tight:,} without float to a commitment" if tight else free
        answer.append(f"{counted(len(given), 'item')} still to be handed over across projects, {said}")
        if marks:
            answer.append(
                f"{counted(marks, 'milestone')} that only {agree(marks, 'marks', 'mark')} a date {agree(marks, 'is', 'are')} not counted"
            )
    if threats and a.exposure is not None:
        whole = a.exposure[a.portfolio.id]
        scale = Scale.of([whole.before, whole.after], a.exposure.currency)
        money = f": {'' if whole.complete else 'at least '}{scale.said(whole.before)} {scale.unit} on average"
        money += f", {scale.said(whole.after)} {scale.unit} after the responses" if whole.after != whole.before else ""
        answer.append(f"{counted(len(threats), 'open risk')}{money if whole.known else ', none with a known cost'}")
    if reason := a.refused.get("risk exposure"):
        answer.append(f"What open risks cost cannot be said: {reason}".rstrip(". "))
    if not answer:
        linked = (
            "No work with dates is still to be handed over across projects, and"
            if a.portfolio.links
            else "No hand-over across projects and"
        )
        answer.append(f"{linked} no open risk is recorded, so what could hurt is not known")
    found = _question("hurt", "What could hurt most?", answer, lines)
    return attrs.evolve(found, kind="bad" if any(line.kind == "bad" for line in found.lines) else "warn" if tight else "")


def _hand_over(a: Answers, row: HandedOver) -> Line:
    name, spare = a.name(row.item), row.commitment_float
    text = f"given {row.given_date or 'at no known date'} to {few((a.placed(target) for target in row.targets), 2)}"
    if spare is None:
        text += ", on which no commitment rests"
    else:
        left = f"{measured(abs(spare), 'working day')} {'too late' if spare < 0 else 'before it misses a commitment'}"
        text += f", {left if spare else 'without float to a commitment'}"
    if row.loss is not None and row.loss.amount:
        scale = Scale.of([row.loss], row.loss.currency)
        text += f"; {a.links.slip} later cost {scale.said(row.loss)} {scale.unit}"
    return Line(
        label=name,
        text=a.of(row.item) + text,
        kind="bad" if spare is not None and spare < 0 else "",
        hint=row.item if row.item != name else "",
    )


def _threat(a: Answers, one: Threat) -> Line:
    chance = "" if one.probability is None else f"{share(one.probability)} likely"
    if one.before is not None and a.exposure is not None:
        scale = Scale.of([one.before], a.exposure.currency)
        money = f"{scale.said(one.before)} {scale.unit} on average"
        if one.after is not None and one.after != one.before:
            money += f", {scale.said(one.after)} {scale.unit} after the response"
    else:
        money = "what it costs is not known"
    owner = f"watched by {a.name(one.noun.owner)}" if one.noun.owner else "nobody watches it"
    return Line(
        label=one.name,
        text=", ".join(part for part in (chance, money) if part),
        hint=f"{f'risk {one.item} {a.of(one.item)}'.rstrip()}; {owner}",
    )


def _alone(a: Answers, row: SinglePoint) -> Line:
    """The single point of failure that most depends on."""
    name = a.name(row.item)
    kinds = (("benefit", row.benefits), ("objective", row.objectives), ("gate", row.gates))
    lost = sum(len(ids) for _, ids in kinds)
    fails = " and ".join(counted(len(ids), word) for word, ids in kinds if ids)
    worth = ""
    if row.value is not None and row.value.amount:
        scale = Scale.of([row.value], row.value.currency)
        worth = f", {scale.said(row.value)} {scale.unit} in all"
    text = f"{fails} {agree(lost, 'fails', 'fail')} without it{worth}: nothing stands in for it"
    return Line(label=name, text=a.of(row.item) + text, hint=row.item if row.item != name else "")


# ------------------------------------------------------------------------------------------------- how sure


def _sure(a: Answers) -> Question:
    """The simulation where there is one; ratings of confidence, reports that their figures contradict, and what is not known."""
    answer, lines, notes = list[str](), list[Later](), list[str]()
    found = a.simulation
    if found is not None:
        answer += simulated_said(found, a.named)
        answer += all_kept_said(found)
        lines += _each(_unsure, a, unsure_dates(found.rows)[:NAMED])
        lines += _each(_dear, a, unsure_costs(found.rows)[:NAMED])
        made = f"{found.samples:,} samples, seed {found.seed}"
        notes.append(made if found.samples > FEW else f"{made}: the standard error of a chance is at most {share(0.5 / math.sqrt(FEW))}")
        said = f"no sample says it: {found[found.portfolio].doubt}"  # the answer says why already
        notes += [one.message for one in found.findings if one.severity is not Severity.INFO and not one.message.endswith(said)]
    elif "simulation" in a.refused:
        answer.append(f"Nothing says how sure the dates are: {a.refused['simulation']}".rstrip("."))
    red = [project for project in a.portfolio.projects if a.rating(project) == "red"]
    red.sort(key=lambda project: (-a.size(project), project.id))
    answer = [*_ratings(a, red), *answer] if found is None else [*answer, *_ratings(a, red)]
    lines += _each(_red, a, red[:NAMED])
    budget = a.money.get("budget")
    if budget is not None and budget.total.known < budget.total.total:
        gone = budget.total.total - budget.total.known
        answer.append(f"Of {gone:,} of {counted(budget.total.total, a.word('budget'))} nothing is known")
    lines += _each(_call, a, [one for code in DOUBTED for one in a.ordered(code)])
    asked = _question("sure", "How sure are we?", answer, lines, notes=notes)
    drawn = fan(a)
    asked = attrs.evolve(asked, picture=None if drawn is None else drawn.svg)
    return attrs.evolve(asked, kind="bad" if any(line.kind == "bad" for line in asked.lines) else "warn" if lines else "")


def _unsure(a: Answers, row: Simulated) -> Line:
    dates = row.dates
    why = a.named(row.doubt) if row.doubt else ("" if dates is None else f"P80 is {dates.p(80)}")
    said = f"{chance_text(chance_of(row))} sure to {'start' if dates is not None and dates.begins else 'come'} by {row.committed}; {why}"
    name = a.name(row.id)
    return Line(label=name, text=a.of(row.id) + said, kind="bad" if chance_of(row) < 0.5 else "warn", hint=row.id if row.id != name else "")


def _dear(a: Answers, row: Simulated) -> Line:
    costs = row.costs
    assert costs is not None  # chosen so
    assert costs.planned is not None
    plan, high = costs.money(costs.planned), costs.p(80)
    scale = Scale.of([plan, high], high.currency)
    said = f"{chance_text(costs.known_within(plan))} sure to cost at most its plan of {scale.said(plan)} {scale.unit}; P80 is {scale.said(high)} {scale.unit}"
    name = a.name(row.id)
    return Line(label=name, text=a.of(row.id) + said, kind="warn", hint=row.id if row.id != name else "")


def _ratings(a: Answers, red: Sequence[Project]) -> list[str]:
    """How many projects are rated red, and how much money they stand for."""
    rated = sum(bool(project.confidence) for project in a.portfolio.projects)
    if not rated:
        return []
    sizes = [a.size(project) for project in red]
    said = f"{counted(len(red), 'project')} {agree(len(red), 'is', 'are')} rated red"
    if sum(sizes):
        scale = Scale.of([sum(sizes)], a.currency)
        said += f", {a.word('budget')} {'at least ' if not all(sizes) else ''}{scale.said(sum(sizes))} {scale.unit}"
    nearly = sum(a.rating(project) == "amber-red" for project in a.portfolio.projects)
    said += f"; {nearly:,} {agree(nearly, 'is', 'are')} amber-red" if nearly else ""
    missing = len(a.portfolio.projects) - rated
    return [said + (f"; {missing:,} {agree(missing, 'has', 'have')} no rating" if missing else "")]


def _red(a: Answers, project: Project) -> Line:
    """A project whose delivery confidence is red."""
    last, size = a.last_confidence(project), a.size(project)
    scale = Scale.of([size], a.currency)
    text = "is rated red" + (f" by {last.assessor}" if last is not None and last.assessor else "")
    text += f", {a.word('budget')} {scale.said(size)} {scale.unit}" if size else f", {a.word('budget')} not known"
    return Line(label=project.name or project.id, text=text, kind="bad", hint=project.id if project.name else "")

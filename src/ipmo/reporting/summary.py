"""The top of the page: what needs somebody, and the key figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from ipmo.analysis.dates.commitments import Commitment
from ipmo.analysis.dates.several import tallied
from ipmo.analysis.dependencies.handovers import link_name
from ipmo.figures.svg import GLYPHS
from ipmo.findings import Finding, Severity
from ipmo.model.governance import Gate
from ipmo.model.work import Project
from ipmo.network.states import State
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Scale, number
from ipmo.units import as_day
from ipmo.words import agree, counted

__all__ = ["calls", "subtitle", "tiles"]

COMMITMENTS = 5
EXCEPTIONS = 5
CALL_CODES = (
    "ipmo/loop",
    "ipmo/loop-cut",
    "ipmo/dead-hand-over",
    "ipmo/paused-hand-over",
    "ipmo/decision-overdue",
    "ipmo/exception",
    "ipmo/condition-overdue",
    "ipmo/project-overdue",
    "ipmo/undated",
    "ipmo/gate-before-inputs",
    "ipmo/issue-overdue",
    "ipmo/watermelon-computed-worse",
)
LABELS = {
    "ipmo/dead-hand-over": "Blocked:",
    "ipmo/paused-hand-over": "Blocked:",
    "ipmo/decision-overdue": "Decide:",
    "ipmo/exception": "Escalate:",
    "ipmo/condition-overdue": "Overdue:",
    "ipmo/undated": "On hold:",
    "ipmo/project-overdue": "Overdue:",
    "ipmo/issue-overdue": "Overdue:",
    "ipmo/watermelon-computed-worse": "Check:",
}
BAD = ("ipmo/decision-overdue", "ipmo/exception")
MOST = {
    "ipmo/exception": (EXCEPTIONS, "tolerances are forecast to be exceeded"),
}


def subtitle(a: Answers) -> str:
    """How much there is, and from when it is seen."""
    pf = a.portfolio
    tasks = sum(len(p.tasks) for p in pf.projects)
    parts = [counted(len(pf.projects), "project")]
    if tasks:
        parts.append(counted(tasks, "task or milestone", "tasks and milestones"))
    if pf.benefits:
        parts.append(counted(len(pf.benefits), "benefit"))
    seen = f"seen from the status date {a.today.isoformat()}" if a.today else "no status date is stated"
    return f"{', '.join(parts)}; {seen}"


def calls(a: Answers) -> Iterator[dict[str, str]]:
    """What needs somebody: broken hand-overs, open gates and decisions by their need-by date, exceptions, what is missed, what is overdue."""
    yield from _broken(a, "Late:", "broken hand-overs", [c for c in a.commitments.missed if c.kind == "hand-over"])
    today = a.today
    waiting: list[tuple[date, dict[str, str]]] = []
    for project in a.portfolio.projects:
        for gate in project.gates:
            if gate.open and project.state != "closed" and not project.stopped:
                waiting.append(_open_gate(a, project, gate))
    for decision in a.portfolio.decisions:
        if decision.state == "open" and (decision.need_by is None or today is None or as_day(decision.need_by) >= today):
            due = as_day(decision.need_by) if decision.need_by else date.max
            text = f"{decision.question or decision.id} ({decision.id}" + (f", needed by {due})" if decision.need_by else ", no date)")
            board = f"{a.name(decision.body)} decides" if decision.body else ""
            waiting.append((due, _line("", "Decide:", text, board)))
    found = {code: a.ordered(code) for code in CALL_CODES}
    for one in found.pop("ipmo/decision-overdue"):
        yield _call(a, one)
    for one in found.pop("ipmo/exception")[:EXCEPTIONS]:
        yield _call(a, one)
    for _, call in sorted(waiting, key=lambda pair: pair[0]):
        yield call
    for code, ones in found.items():
        for one in ones[: MOST.get(code, (len(ones), ""))[0]]:
            yield _call(a, one)
    for code, (most, words) in MOST.items():
        if (rest := len(a.findings.of(code)) - most) > 0:
            yield _line("bad", LABELS[code], f"{rest} more {words}; all are listed under findings")
    yield from _broken(a, "Late:", "commitments are missed", [c for c in a.commitments.missed if c.kind != "hand-over"])
    yield from _broken(a, "Overdue:", "are overdue and have no forecast", list(a.commitments.overdue))
    for project in a.portfolio.projects:
        if a.reported(project) == "red":
            note = max((r for r in project.status if r.rag), key=lambda r: r.date).note
            yield _line("bad", "Red:", f"{project.name or project.id} reports red{f': {note}' if note else ''}")


def _line(kind: str, label: str, text: str, hint: str = "", item: str = "") -> dict[str, str]:
    return {"kind": kind, "label": label, "text": text, "item": item, "hint": hint}


def _call(a: Answers, found: Finding) -> dict[str, str]:
    kind = "bad" if found.severity is Severity.ERROR or found.code in BAD else "warn"
    noun = a.portfolio.items.get(found.item)
    name = getattr(noun, "name", "")
    text = f"{name}: {found.message}" if name and name not in found.message else found.message
    return _line(kind, LABELS.get(found.code, "Look at:"), text, found.hint)


def _broken(a: Answers, label: str, words: str, rows: Sequence[Commitment]) -> Iterator[dict[str, str]]:
    """The first few broken commitments, each with what it is late because of, and how many more there are."""
    for one in rows[:COMMITMENTS]:
        name, item = a.name(one.item), a.item(one.item)
        # a milestone at the beginning of a day says that day
        expected = item.finish_text if item is not None and one.kind == "deadline" else one.expected_text
        whose = f"{name} hands over to {a.name(_receiver(a, one))}" if one.kind == "hand-over" else name
        text = f"{whose}: {one.word} {one.stated_text}"
        if one.standing == "missed" and one.expected is None:
            text += ", and never comes"
        elif one.standing == "missed":
            text += f", expected {expected}, {one.late} late"
        else:
            text += ", open, without a forecast but the status date"
        hint = one.reason if one.because != one.item or one.standing == "missed" else "say when it will come, or that it is done"
        yield _line("bad", label, text, hint.replace(one.because, a.name(one.because)), one.item if name != one.item else "")
    if (rest := len(rows) - COMMITMENTS) > 0:
        yield _line("bad", label, f"{rest} more {words}; all are listed under findings")


def _receiver(a: Answers, one: Commitment) -> str:
    """What waits for a hand-over."""
    found = (link.target for link in a.portfolio.links if link_name(link) == one.name)
    return next((a.portfolio.resolve(target) or target for target in found), "")


def _open_gate(a: Answers, project: Project, gate: Gate) -> tuple[date, dict[str, str]]:
    full_id = f"{project.id}/{gate.id}"
    item = a.item(full_id)
    reached = item.finish_text if item is not None and item.early_finish is not None else ""
    due = as_day(gate.need_by) if gate.need_by is not None else date.max
    text = f"gate {gate.name or gate.id} ({full_id})"
    text += f", reached {reached} by the logic" if reached else ", no date by the logic"
    if gate.need_by is not None:
        text += f", needed by {due}"
    hint = f"{a.name(gate.body)} decides" if gate.body else "no board is named"
    if item is not None and item.commitment_float is not None:
        late = item.commitment_float < 0
        hint += f"; {abs(item.commitment_float):g} working days {'too late' if late else 'to spare'}"
    when = due if gate.need_by is not None else item.finish_date if item is not None and item.finish_date is not None else date.max
    return when, _line("", "Decide:", text, hint)


def _tile(kind: str, label: str, value: str, word: str = "", note: str = "") -> dict[str, str]:
    return {"kind": kind, "label": label, "value": value, "word": word, "note": note}


def tiles(a: Answers) -> Iterator[dict[str, str]]:
    """The key figures, each with how much of it is known."""
    yield from _commitment_tiles(a)
    yield from _time_tiles(a)
    for measure, roll in a.money.items():
        total = roll.total
        left = f"; left out: {len(total.left_out)} proposed or cancelled" if total.left_out else ""
        note = f"{total.known} of {total.total} known{left}"
        yield _tile("", a.word(measure), total.text, "", note)
    if a.earned is not None and a.earned.total.known > a.earned.total.floating:  # the current schedule is no baseline
        total_ev = a.earned.total
        cpi, spi = total_ev.indices.cpi, total_ev.indices.spi
        low = min((v for v in (cpi, spi) if v is not None), default=None)
        kind = "" if low is None else "bad" if low < 0.9 else "warn" if low < 1 else "good"
        whole = total_ev.known == total_ev.total and not total_ev.floating
        kind = kind if whole or kind != "good" else ""  # computed from a part of the packages: no green
        floating = f", {total_ev.floating} of them without a baseline" if total_ev.floating else ""
        value = f"{number(cpi, 2, keep=True, unknown='–')} / {number(spi, 2, keep=True, unknown='–')}"
        yield _tile(
            kind, "cost and schedule performance", value, "CPI / SPI", f"{total_ev.known} of {total_ev.total} packages known{floating}"
        )
    if a.benefits is not None and a.benefits.npv is not None:
        loss = a.benefits.loss
        lost = loss is not None and loss.amount > 0
        scale = Scale.of([loss], loss.currency) if loss is not None else None
        word = f"▲ {scale.text(loss)} {scale.unit} lost by delay" if lost and scale is not None else ""
        worth = Scale.of([a.benefits.npv], a.benefits.npv.currency)
        note = f"{a.benefits.known} of {counted(len(a.benefits), 'benefit')} known"
        yield _tile("warn" if lost else "", "benefits, present value", f"{worth.text(a.benefits.npv)} {worth.unit}", word, note)
    yield from _status_tiles(a)


def _commitment_tiles(a: Answers) -> Iterator[dict[str, str]]:
    """What is missed because of something, broken hand-overs named first; apart from that what is overdue and has no forecast."""
    found = [one for one in a.commitments if one.kind != "constraint"]
    if not found:
        return
    by = {name: [one for one in found if one.standing == name] for name in ("missed", "overdue", "unknown")}
    late, unknown = by["missed"], len(by["unknown"])
    broken = sum(one.kind == "hand-over" for one in late)
    parts = [f"{counted(broken, 'broken hand-over')}"] if broken else []
    parts += [f"of {unknown} it is not known"] if unknown else []
    kept = "● kept" if not unknown and not by["overdue"] else "as far as is known"
    word = "■ late" if late else kept
    kind = "bad" if late else "good" if kept.startswith("●") else "warn"
    note = "; ".join([*parts, "hand-overs, deadlines, gates, finishes, benefits"])
    yield _tile(kind, "commitments missed in this forecast", f"{len(late)} of {len(found)}", word, note)
    if by["overdue"]:
        yield _tile("bad", "overdue, without a forecast", str(len(by["overdue"])), "■ open", "their date is only the status date, or none")


def _time_tiles(a: Answers) -> Iterator[dict[str, str]]:
    s = a.schedule
    unknown = len(s.passes.without_duration)
    undated = sum(1 for node, hold in s.network.holds.items() if s.network.state[node] == State.UNDATED)
    parts = [f"{counted(unknown, 'item')} {agree(unknown, 'has')} no duration or no dates"] if unknown else []
    parts += [f"{undated} {agree(undated, 'is')} on hold"] if undated else []
    note = "; ".join(parts) or ("all open work has dates" if s.network.n else "no work is planned")
    yield _tile("", "last finish", "not known" if s.end_text == "unknown" else s.end_text, "at least" if parts and s.finish else "", note)
    work = tallied(s, ("task", "milestone"))
    if work.items:
        roll = a.roll("progress")
        total = roll.total if roll is not None and roll.total.value is not None else None
        note = f"progress {total.text}, {total.known} of {total.total} known" if total is not None else ""
        yield _tile("", "tasks and milestones done", f"{work.done} of {work.items}", "", note)
    if a.live:
        tight = sum(1 for link in a.live if link.commitment_float is not None and link.commitment_float <= 0)
        word = f"▲ {tight} without float" if tight else "● all have float"
        driving = sum(link.driving for link in a.live)
        note = f"{driving} {agree(driving, 'sets', 'set')} the date of what {agree(driving, 'it feeds', 'they feed')}"
        yield _tile("warn" if tight else "good", "open links across projects", str(len(a.live)), word, note)


def _status_tiles(a: Answers) -> Iterator[dict[str, str]]:
    projects = a.portfolio.projects
    reported = Counter(a.reported(project) for project in projects)
    if any(reported[word] for word in GLYPHS):
        text = " ".join(f"{GLYPHS[word]} {reported[word]}" for word in ("red", "amber", "green"))
        yield _tile("", "reported status", text, "red, amber, green", f"{counted(reported[None], 'project')} did not report")
        rows = a.status.items("project") if a.status is not None else ()
        worse = [row for row in rows if (row.gap or 0) > 0]
        computed = Counter(row.computed for row in rows)
        text = " ".join(f"{GLYPHS[word]} {computed[word]}" for word in ("red", "amber", "green"))
        note = f"{counted(len(worse), 'project')} worse than reported" if worse else "none worse than reported"
        unknown = len(rows) - sum(computed[word] for word in ("red", "amber", "green"))
        note += f"; {unknown} not known" if unknown else ""
        yield _tile("warn" if worse else "", "computed status", text, "red, amber, green", note)
    ratings = Counter(a.rating(project) for project in projects if project.confidence)
    if ratings:
        text = " ".join(f"{GLYPHS[word]} {ratings[word]}" for word in ("red", "amber", "green") if word in ratings)
        without = sum(1 for p in projects if not p.confidence)
        note = f"latest rating; {counted(without, 'project')} without one"
        yield _tile("", "delivery confidence", text or str(sum(ratings.values())), "red, amber, green", note)

"""The key figures below the first questions, each with how much of it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ipmo.analysis.dates.several import tallied
from ipmo.figures.svg import GLYPHS
from ipmo.network.states import State
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Scale, number
from ipmo.words import agree, counted

__all__ = ["tiles"]


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
        bound = [link.commitment_float for link in a.live if link.commitment_float is not None]
        tight = sum(spare <= 0 for spare in bound)
        word = f"▲ {tight} without float" if tight else "● all have float" if bound else "no commitment rests on them"
        driving = sum(link.driving for link in a.live)
        note = f"{driving} {agree(driving, 'sets', 'set')} the date of what {agree(driving, 'it feeds', 'they feed')}"
        yield _tile("warn" if tight else "good" if bound else "", "open links across projects", str(len(a.live)), word, note)


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

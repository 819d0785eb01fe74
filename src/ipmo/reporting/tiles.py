"""The key figures below the first questions, each with how much of it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ipmo.analysis.dates.several import tallied
from ipmo.analysis.money.earned_value import EarnedValue
from ipmo.figures.signs import ORDER
from ipmo.figures.svg import GLYPHS
from ipmo.network.states import State
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Scale, number
from ipmo.words import agree, counted

__all__ = ["tiles"]


def _tile(kind: str, label: str, value: str, word: str = "", note: str = "", trend: str = "", toward: str = "") -> dict[str, str]:
    """A tile; its trend says what is other since the earlier state, `toward` whether that is good or bad."""
    return {"kind": kind, "label": label, "value": value, "word": word, "note": note, "trend": trend, "toward": toward}


def tiles(a: Answers) -> Iterator[dict[str, str]]:
    """The key figures, each with how much of it is known, and with what is other since the earlier state."""
    yield from _commitment_tiles(a)
    yield from _status_tiles(a)
    yield from _link_tile(a)
    yield from _money_tiles(a)
    if a.benefits is not None and (a.benefits.npv is not None or a.benefits.loss is not None):
        worth, loss = a.benefits.npv, a.benefits.loss
        lost = loss is not None and loss.amount > 0
        scale = Scale.of([loss], loss.currency) if loss is not None else None
        word = f"▲ {scale.said(loss)} {scale.unit} lost" if lost and scale is not None else ""
        unit = Scale.of([worth], worth.currency) if worth is not None else None
        none = "none" if all(row.never for row in a.benefits.rows) else "not known"
        value = none if unit is None else f"{unit.said(worth)} {unit.unit}"
        note = f"{a.benefits.known} of {counted(len(a.benefits), 'benefit')} known"
        yield _tile("warn" if lost else "", "benefits, present value", value, word, note)
    yield from _time_tiles(a)


def _trend(a: Answers, now: float | None, was: float | None, *, more_is: str, digits: int = 0, unit: str = "") -> tuple[str, str]:
    """Up or down by how much since the earlier state, and whether that is good or bad."""
    if now is None or was is None:
        return "", ""
    change = now - was
    if round(abs(change), digits) == 0:
        return f"→ as on {a.since}", ""
    text = f"{'↑' if change > 0 else '↓'} {number(abs(change), digits)}{unit} since {a.since}"
    return text, more_is if change > 0 or not more_is else {"bad": "good", "good": "bad"}[more_is]


def _money_tiles(a: Answers) -> Iterator[dict[str, str]]:
    """Budget, actual cost and forecast, with what is not known of them, and what is other of projects that are in both states."""
    for measure, roll in a.money.items():
        total = roll.total
        if total.value is None:
            continue
        left = f"; left out: {len(total.left_out)} proposed or cancelled" if total.left_out else ""
        note = f"{total.known} of {total.total} known{left}"
        gone = total.total - total.known
        word = f"▲ {gone:,} not known" if gone and measure == "budget" else ""
        scale = Scale.of([float(total.value.amount)], total.unit)
        trend, toward = "", ""
        moved = [one.change for one in a.changed.of(measure) if one.change is not None] if a.changed is not None else []
        if moved:
            change = sum(moved)
            by = Scale.of([change], a.currency)
            trend = f"{'↑' if change > 0 else '↓'} {by.said(abs(change))} {by.unit} like for like since {a.since}" if change else ""
            toward = ("bad" if change > 0 else "good") if change and measure == "forecast" else ""
        yield _tile(
            "warn" if word else "", a.word(measure), f"{scale.said(float(total.value.amount))} {scale.unit}", word, note, trend, toward
        )
    if a.earned is not None and a.earned.total.measured > a.earned.total.floating:  # the current schedule is no baseline
        yield _performance(a.earned)


def _performance(earned: EarnedValue) -> dict[str, str]:
    """CPI and SPI; of a part of the packages no green."""
    total = earned.total
    cpi, spi = total.indices.cpi, total.indices.spi
    low = min((v for v in (cpi, spi) if v is not None), default=None)
    kind = "" if low is None else "bad" if low < 0.9 else "warn" if low < 1 else "good"
    whole = total.known == total.total and not total.floating
    kind = kind if whole or kind != "good" else ""
    floating = f", {total.floating} of them without a baseline" if total.floating else ""
    value = f"{number(cpi, 2, keep=True, unknown='–')} / {number(spi, 2, keep=True, unknown='–')}"
    note = f"{total.counts('packages known')}{floating}"
    return _tile(kind, "cost and schedule performance", value, "CPI / SPI", note)


def _commitment_tiles(a: Answers) -> Iterator[dict[str, str]]:
    """What is missed because of something, broken hand-overs named first; apart from that what is overdue and has no forecast."""
    found = list(a.commitments)
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
    more = ", constraints" if any(one.kind == "constraint" for one in found) else ""
    note = "; ".join([*parts, f"hand-overs, deadlines, gates, finishes, benefits{more}"])
    then = a.then
    was = None if then is None else sum(one.standing == "missed" for one in then.commitments)
    trend = _trend(a, len(late), was, more_is="bad")
    yield _tile(kind, "commitments missed in this forecast", f"{len(late)} of {len(found)}", word, note, *trend)
    if by["overdue"]:
        given = sum(one.kind == "hand-over" for one in by["overdue"])
        among = f"{counted(given, 'hand-over')} among them; " if given else ""
        note = f"{among}their date is only the status date, or none"
        yield _tile("bad", "overdue, without a forecast", str(len(by["overdue"])), "■ open", note)


def _time_tiles(a: Answers) -> Iterator[dict[str, str]]:
    """How much is done, and when all is: of plain bars, of which nobody says what is in them, neither says anything."""
    s = a.schedule
    work = tallied(s, ("task", "milestone"))
    if not work.items and s.finish is not None:
        return
    then = a.then
    if work.items:
        roll = a.roll("progress")
        total = roll.total if roll is not None and roll.total.value is not None else None
        note = f"progress {total.text.replace('%', ' %')}, {total.known} of {total.total} known" if total is not None else ""
        done = None if then is None else tallied(then.schedule, ("task", "milestone")).done
        trend = _trend(a, work.done, done, more_is="good")
        yield _tile("", "tasks and milestones done", f"{work.done} of {work.items}", "", note, *trend)
    unknown = len(s.passes.without_duration)
    undated = sum(1 for node, hold in s.network.holds.items() if s.network.state[node] == State.UNDATED)
    parts = [f"{counted(unknown, 'item')} {agree(unknown, 'has')} no duration or no dates"] if unknown else []
    parts += [f"{undated} {agree(undated, 'is')} on hold"] if undated else []
    note = "; ".join(parts) or ("all open work has dates" if s.network.n else "no work is planned")
    alike = then is not None and then.schedule.commitments.doubts.work("") == s.commitments.doubts.work("")
    days = None if then is None or not alike or s.finish is None or then.schedule.finish is None else (s.finish - then.schedule.finish).days
    trend = _trend(a, days, None if days is None else 0, more_is="bad", unit=" d")
    open_ended = bool(s.doubt()) and s.finish is not None
    end = "not known" if s.end_text == "unknown" else s.end_text.rpartition(" ")[2]
    yield _tile("", "last finish", end, "at least" if open_ended else "", note, *trend)


def _link_tile(a: Answers) -> Iterator[dict[str, str]]:
    """Open links across projects, and how many of them have no float to a commitment."""
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
        kind = "bad" if reported["red"] else "warn" if reported["amber"] else ""
        was = None if a.then is None else sum(a.then.reported(project) == "red" for project in a.then.portfolio.projects)
        trend, toward = _trend(a, reported["red"], was, more_is="bad", unit=" red")
        note = f"{counted(reported[None], 'project')} did not report"
        yield _tile(kind, "reported status", text, "red, amber, green", note, trend, toward)
        rows = a.status.items("project") if a.status is not None else ()
        worse = [row for row in rows if (row.gap or 0) > 0]
        computed = Counter(row.computed for row in rows)
        text = " ".join(f"{GLYPHS[word]} {computed[word]}" for word in ("red", "amber", "green"))
        note = f"{counted(len(worse), 'project')} worse than reported" if worse else "none worse than reported"
        unknown = len(rows) - sum(computed[word] for word in ("red", "amber", "green"))
        note += f"; {unknown} not known" if unknown else ""
        kind = "bad" if computed["red"] else "warn" if worse or computed["amber"] else ""
        yield _tile(kind, "computed status", text, "red, amber, green", note)
    yield from _rating_tile(a)


def _rating_tile(a: Answers) -> Iterator[dict[str, str]]:
    """Ratings of delivery confidence, with the money of what is rated red, and how many are other than before."""
    projects = a.portfolio.projects
    ratings = Counter(a.rating(project) for project in projects if project.confidence)
    if not ratings:
        return
    text = " ".join(f"{GLYPHS[word]} {ratings[word]}" for word in ("red", "amber", "green") if word in ratings)
    without = sum(1 for p in projects if not p.confidence)
    between = ", ".join(f"{ratings[word]} {word}" for word in ORDER if word not in GLYPHS and ratings[word])
    note = f"latest rating; {f'{between}; ' if between else ''}{counted(without, 'project')} without one"
    sizes = [a.size(project) for project in projects if a.rating(project) == "red"]
    scale = Scale.of([sum(sizes)], a.currency)
    word = f"red: {'' if all(sizes) else 'at least '}{scale.said(sum(sizes))} {scale.unit}" if any(sizes) else "red, amber, green"
    moved = [one.change or 0 for one in a.changed.moved if one.what.startswith("confidence")] if a.changed is not None else []
    worse, better = sum(one > 0 for one in moved), sum(one < 0 for one in moved)
    trend = f"{'↓' if worse > better else '↑' if better > worse else '→'} {worse} worse, {better} better since {a.since}" if moved else ""
    toward = "bad" if worse > better else "good" if better > worse else ""
    kind = "bad" if ratings["red"] else "warn" if ratings["amber"] else ""
    yield _tile(kind, "delivery confidence", text or str(sum(ratings.values())), word, note, trend, toward)

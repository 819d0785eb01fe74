"""The report: one offline HTML file that a director reads from the top down and an analyst checks from the bottom up."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from ipmo.analysis.interdependencies import CriticalLink, CriticalLinks, critical_links
from ipmo.analysis.rollup import RollUp, roll_up
from ipmo.analysis.schedule import Schedule, ScheduledItem, as_day, day_text, schedule
from ipmo.errors import IpmoError
from ipmo.figures.svg import colour_css
from ipmo.figures.timeline import CSS as TIMELINE_CSS
from ipmo.figures.timeline import Bar, Hop, timeline
from ipmo.findings import Finding, Findings, Severity
from ipmo.model.governance import Gate
from ipmo.model.work import Portfolio, Project
from ipmo.units import minutes, moment

__all__ = ["render"]

ROWS = 40
LINKS = 15
DRAWN = 7
GLYPHS = {"green": "●", "amber": "▲", "red": "■"}
CALLS = 10
PROMISES = 5
TITLES = {
    "ipmo/promise-missed": "Promises that the forecast does not keep",
    "ipmo/decision-overdue": "Decisions past their day",
    "ipmo/condition-overdue": "Conditions of gates past their day",
    "ipmo/issue-overdue": "Issues past their day",
    "ipmo/project-overdue": "Projects past their finish",
    "ipmo/undated": "Work without dates",
    "ipmo/no-duration": "Tasks without a duration",
    "ipmo/no-dates": "Projects without dates",
    "ipmo/undated-stub": "Links to something outside without a date",
    "ipmo/out-of-sequence": "Work that went ahead of what it should follow",
    "ipmo/gate-before-inputs": "Gates decided before their inputs were finished",
    "ipmo/total-differs": "Totals that differ from their parts",
    "ipmo/progress-without-start": "Progress without an actual start",
    "ipmo/loop": "Loops",
    "ipmo/loop-cut": "Links cut to break a loop",
}
CALL_CODES = (
    "ipmo/loop",
    "ipmo/loop-cut",
    "ipmo/decision-overdue",
    "ipmo/condition-overdue",
    "ipmo/project-overdue",
    "ipmo/undated",
    "ipmo/gate-before-inputs",
    "ipmo/issue-overdue",
    "ipmo/promise-missed",
)
LABELS = {
    "ipmo/decision-overdue": "Decide:",
    "ipmo/condition-overdue": "Overdue:",
    "ipmo/promise-missed": "Late:",
    "ipmo/undated": "On hold:",
    "ipmo/project-overdue": "Overdue:",
    "ipmo/issue-overdue": "Overdue:",
}


def render(portfolio: Portfolio, findings: Findings, *, title: str | None = None) -> str:
    """The report as HTML text: no script, no request, a strict content security policy.

    Args:
        portfolio: the portfolio.
        findings: what `check` found.
        title: the heading; the portfolio's name when left out.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    import jinja2

    page = _Page(portfolio, findings)
    here = files(__package__)
    style = colour_css(":root") + TIMELINE_CSS + (here / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    from markupsafe import Markup

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string((here / "report.html.jinja").read_text(encoding="utf-8"))
    return template.render(title=title or portfolio.name or portfolio.id, style=Markup(style), style_hash=digest, **page.content())


class _Page:
    """What the template shows, computed once."""

    def __init__(self, portfolio: Portfolio, findings: Findings) -> None:
        self.portfolio, self.findings = portfolio, findings
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")
        self.links: CriticalLinks = critical_links(portfolio, on_cycle="cut")
        self.today = as_day(portfolio.status_date) if portfolio.status_date is not None else None
        self.rolls = {name: roll for name in ("budget", "actual", "forecast") if (roll := self._roll(name)) is not None}
        self.progress = self._roll("progress")
        self.missed: Counter[str] = Counter()
        for found in findings.of("ipmo/promise-missed"):
            self.missed[portfolio.project_of(found.item) or found.item] += 1

    def _roll(self, measure: str) -> RollUp | None:
        try:
            roll = roll_up(self.portfolio, measure)
        except IpmoError:
            return None
        return roll if roll.total.known or any(roll[p.id].known for p in self.portfolio.projects if p.id in roll) else None

    def content(self) -> dict[str, Any]:
        """Everything the template names."""
        calls = list(self._calls())
        pf = self.portfolio
        live = [link for link in self.links if link.link_float is not None]
        shown = live[:LINKS]
        grouping, group_word = self._grouping()
        svg, note = self._timeline(live)
        status_heads, status_rows = self._status(grouping)
        return {
            "subtitle": self._subtitle(),
            "calls": calls[:CALLS],
            "more_calls": max(len(calls) - CALLS, 0),
            "tiles": list(self._tiles(live)),
            "timeline": svg,
            "timeline_note": note,
            "links": [self._link(link) for link in shown],
            "links_note": self._links_note(live, shown),
            "coarse": [self._coarse(link) for link in self.links.coarse],
            "group_word": group_word,
            "status_heads": status_heads,
            "status_rows": status_rows,
            "status_note": self._status_note(),
            "finding_groups": self._finding_groups(),
            "findings_note": self._findings_note(),
            "method": list(self._method()),
            "footer": pf.note or "Made by ipmo from the portfolio named above; every figure can be asked for its working.",
        }

    # ------------------------------------------------------------------------------------------ the top

    def _subtitle(self) -> str:
        pf = self.portfolio
        tasks = sum(len(p.tasks) for p in pf.projects)
        parts = [_count(len(pf.projects), "project")]
        if tasks:
            parts.append(_count(tasks, "task or milestone", "tasks and milestones"))
        if pf.benefits:
            parts.append(_count(len(pf.benefits), "benefit"))
        seen = f"seen from the data date {self.today.isoformat()}" if self.today else "no data date is stated"
        return f"{', '.join(parts)}; {seen}"

    def _calls(self) -> Iterator[dict[str, str]]:
        """What needs somebody: open gates and decisions by their need-by date, then exceptions."""
        today = self.today
        waiting: list[tuple[date, dict[str, str]]] = []
        for project in self.portfolio.projects:
            for gate in project.gates:
                if gate.open and project.state not in ("cancelled", "closed") and not (gate.decision and gate.decision.outcome == "kill"):
                    waiting.append(self._open_gate(project, gate))
        for decision in self.portfolio.decisions:
            if decision.state == "open" and (decision.need_by is None or today is None or as_day(decision.need_by) >= today):
                due = as_day(decision.need_by) if decision.need_by else date.max
                text = f"{decision.question or decision.id} ({decision.id}" + (f", needed by {due})" if decision.need_by else ", no date)")
                body = f"{self._name(decision.body)} decides" if decision.body else ""
                waiting.append((due, {"kind": "", "label": "Decide:", "text": text, "item": "", "hint": body}))
        exceptions = [found for code in CALL_CODES for found in self._ordered(code)]
        promises = [found for found in exceptions if found.code == "ipmo/promise-missed"]
        decide = [found for found in exceptions if found.code == "ipmo/decision-overdue"]
        for found in decide:
            yield self._call(found)
        for _, call in sorted(waiting, key=lambda pair: pair[0]):
            yield call
        for found in exceptions:
            if found not in decide and found not in promises[PROMISES:]:
                yield self._call(found)
        if len(promises) > PROMISES:
            yield {
                "kind": "bad",
                "label": "Late:",
                "text": f"{len(promises) - PROMISES} more promises are missed; all are listed under findings",
                "item": "",
                "hint": "",
            }
        for project in self.portfolio.projects:
            latest = self._status_of(project)
            if latest == "red":
                note = max((r for r in project.status if r.rag), key=lambda r: r.date).note
                yield {
                    "kind": "bad",
                    "label": "Red:",
                    "text": f"{project.name or project.id} reports red{f': {note}' if note else ''}",
                    "item": "",
                    "hint": "",
                }

    def _ordered(self, code: str) -> list[Finding]:
        """Missed promises by how far they are missed, worst first; the rest as they stand."""
        found = list(self.findings.of(code))
        if code == "ipmo/promise-missed":
            late = {f.item: self._late_by(f.item) for f in found}
            found.sort(key=lambda f: (-late[f.item], f.item))
        return found

    def _late_by(self, item: str) -> float:
        """How many elapsed days the forecast lies after the promise."""
        noun = self.portfolio.items.get(item)
        for name in ("deadline", "need_by", "finish"):
            when = getattr(noun, name, None)
            end = self.schedule.dates(item)[1]
            if when is not None and end is not None:
                return (end - moment(minutes(when, end=True))).total_seconds() / 86400
        return 0.0

    def _call(self, found: Finding) -> dict[str, str]:
        kind = "bad" if found.severity is Severity.ERROR or found.code in ("ipmo/promise-missed", "ipmo/decision-overdue") else "warn"
        noun = self.portfolio.items.get(found.item)
        name = getattr(noun, "name", "")
        text, item = (f"{name}: {found.message}" if name and name not in found.message else found.message), ""
        if found.code == "ipmo/promise-missed":
            late = self._late_by(found.item)
            promise, expected = found.message.split(" ")[-5].rstrip(","), found.message.split(" ")[-1]
            text = f"{name or found.item}: promised {promise}, expected {expected}, {late:,.0f} days late"
            item = found.item if name else ""
        return {"kind": kind, "label": LABELS.get(found.code, "Look at:"), "text": text, "item": item, "hint": found.hint}

    def _open_gate(self, project: Project, gate: Gate) -> tuple[date, dict[str, str]]:
        full_id = f"{project.id}/{gate.id}"
        item = self._item(full_id)
        reached = item.finish_text if item is not None and item.early_finish is not None else ""
        due = as_day(gate.need_by) if gate.need_by is not None else date.max
        text = f"gate {gate.name or gate.id} ({full_id})"
        text += f", reached {reached} by the logic" if reached else ", no date by the logic"
        if gate.need_by is not None:
            text += f", needed by {due}"
        hint = f"{self._name(gate.body)} decides" if gate.body else "no body is named"
        if item is not None and item.target_float is not None:
            hint += (
                f"; {item.target_float:g} working days to spare"
                if item.target_float >= 0
                else f"; {-item.target_float:g} working days too late"
            )
        when = due if gate.need_by is not None else item.early_finish.date() if item is not None and item.early_finish else date.max
        return when, {"kind": "", "label": "Decide:", "text": text, "item": "", "hint": hint}

    def _name(self, item: str | None) -> str:
        noun = self.portfolio.items.get(item or "")
        return getattr(noun, "name", "") or item or ""

    def _tiles(self, live: list[CriticalLink]) -> Iterator[dict[str, str]]:
        s, pf = self.schedule, self.portfolio
        unknown = len(s._unknown)
        undated = sum(1 for node, hold in s.network.holds.items() if s.network.state[node] == 3)
        parts = [f"{unknown} items have no duration or no dates"] if unknown else []
        parts += [f"{undated} are on hold"] if undated else []
        yield {
            "kind": "",
            "label": "last finish",
            "value": day_text(s.finish, finish=True) if s.finish else "reached",
            "word": "at least" if parts else "",
            "note": "; ".join(parts) if parts else "all open work has dates",
        }
        rows = [i for i in s.items() if i.kind in ("task", "milestone")]
        if rows:
            done = sum(1 for i in rows if i.early_finish is not None and i.total_float is None and not i.undated)
            yield {
                "kind": "",
                "label": "tasks and milestones done",
                "value": f"{done} of {len(rows)}",
                "word": "",
                "note": f"progress {self.progress.total.text}, {self.progress.total.known} of {self.progress.total.total} known"
                if self.progress and self.progress.total.value is not None
                else "",
            }
        missed = sum(self.missed.values())
        promised = sum(1 for t in s.network.targets if t.date is not None) + len(s.network.promises)
        if promised:
            yield {
                "kind": "bad" if missed else "good",
                "label": "promises missed in this forecast",
                "value": f"{missed} of {promised}",
                "word": "■ late" if missed else "● kept",
                "note": "open deadlines, gates and finishes",
            }
        if live:
            tight = sum(1 for link in live if link.target_float is not None and link.target_float <= 0)
            yield {
                "kind": "warn" if tight else "good",
                "label": "open links across projects",
                "value": str(len(live)),
                "word": f"▲ {tight} without float" if tight else "● all have float",
                "note": f"{sum(link.driving for link in live)} set the date of what they feed",
            }
        for roll in self.rolls.values():
            total = roll.total
            left = f"; left out: {len(total.left_out)} proposed or cancelled" if total.left_out else ""
            yield {
                "kind": "",
                "label": roll.measure.title.lower(),
                "value": total.text,
                "word": "",
                "note": f"{total.known} of {total.total} known{left}",
            }
        reported = Counter(self._status_of(project) for project in pf.projects if project.state in ("active", "approved", "paused"))
        if any(reported[word] for word in GLYPHS):
            text = " ".join(f"{GLYPHS[word]} {reported[word]}" for word in ("red", "amber", "green"))
            yield {
                "kind": "",
                "label": "reported status",
                "value": text,
                "word": "red, amber, green",
                "note": f"{_count(reported[None], 'project')} did not report",
            }
        ratings = Counter(self._rating(project) for project in pf.projects if project.confidence)
        if ratings:
            text = " ".join(f"{GLYPHS[word]} {ratings[word]}" for word in ("red", "amber", "green") if word in ratings)
            yield {
                "kind": "",
                "label": "delivery confidence",
                "value": text or str(sum(ratings.values())),
                "word": "red, amber, green",
                "note": f"latest rating; {_count(sum(1 for p in pf.projects if not p.confidence), 'project')} without one",
            }

    # ------------------------------------------------------------------------------------- the timeline

    def _timeline(self, live: list[CriticalLink]) -> tuple[Any, str]:
        pf = self.portfolio
        order = [p for p in pf.projects if p.state != "cancelled"]
        touched = {name for link in live[:DRAWN] for name in (link.giver, link.receiver)}
        if len(order) > ROWS:
            weight = {"red": 0, "amber-red": 1, "amber": 2}
            worst = sorted(
                order, key=lambda p: (p.id not in touched, weight.get(self._rating(p) or self._status_of(p) or "", 3), -self._size(p), p.id)
            )[:ROWS]
            keep = {p.id for p in worst}
            chosen = sorted((p for p in order if p.id in keep), key=lambda p: (self.schedule.dates(p.id)[1] or datetime.max, p.id))
        else:
            chosen = order
        rows = {project.id: place for place, project in enumerate(chosen)}
        bars = [self._bar(project) for project in chosen]
        hops: list[Hop] = []
        for link in live:
            if len(hops) == DRAWN:
                break
            if link.giver in rows and link.receiver in rows and link.given is not None and link.taken is not None:
                hops.append(
                    Hop(
                        source=rows[link.giver],
                        target=rows[link.receiver],
                        given=link.given,
                        taken=link.taken,
                        drives=link.driving,
                        missed=link.target_float is not None and link.target_float < 0,
                        rank=link.rank,
                        label=f"{link.rank}. {link.source} to {link.target}",
                    )
                )
        figure = timeline(bars, hops, today=self.today)
        note = "Grey: before the data date. Blue: forecast. Outlined: proposed. Diamond: promised finish; dark red: past it."
        if any(bar.late for bar in bars):
            note += " The number behind a bar counts the missed promises in it."
        if hops:
            note += (
                " Numbered arrows: the links of the table below; solid where the link sets the receiver's date, dashed where it has float."
            )
        if len(order) > ROWS:
            note += f" Shown are {ROWS} of {len(order)} projects: those with the lowest confidence, then the largest; all stand in the status table."
        return figure.svg, note

    def _size(self, project: Project) -> float:
        roll = self.rolls.get("budget")
        value = roll[project.id].value if roll is not None and project.id in roll else None
        return float(value.amount) if value is not None else 0.0

    def _bar(self, project: Project) -> Bar:
        start, finish = self.schedule.dates(project.id)
        promise = moment(minutes(project.finish, end=True)) if project.finish is not None and project.tasks else None
        open_promises = self.missed.get(project.id, 0)
        note = ""
        if start is None:
            item = self._item(project.id)
            note = "on hold" if item is not None and item.undated and "no duration" not in item.undated else "no dates"
        elif open_promises:
            note = f"■ {open_promises} late"
        return Bar(
            label=project.name or project.id,
            glyph=GLYPHS.get(self._status_of(project) or self._rating(project) or "", ""),
            start=start,
            finish=finish,
            promise=promise,
            late=bool(open_promises),
            proposed=project.state == "proposed",
            note=note,
        )

    def _item(self, full_id: str) -> ScheduledItem | None:
        return self.schedule[full_id] if full_id in self.schedule else None

    # ---------------------------------------------------------------------------------------- the links

    def _links_note(self, live: list[CriticalLink], shown: list[CriticalLink]) -> str:
        closed = len(self.links) - len(live)
        text = f"{_count(len(live), 'link')} of open work {'crosses' if len(live) == 1 else 'cross'} a project border"
        text += (
            f"; the first {len(shown)} are listed, by how little float they have."
            if len(shown) < len(live)
            else ", by how little float they have."
        )
        text += " Floats are in working days of the giver; a negative float says how far a promise is missed along that path."
        if closed:
            text += f" {closed} more are settled: one end is done or has no date."
        return text

    def _link(self, link: CriticalLink) -> dict[str, Any]:
        def number(value: float | None) -> str:
            return "" if value is None else f"{value:,.1f}".removesuffix(".0").replace("-", "−")

        names = [self._name(end) for end in (link.source, link.target)]
        return {
            "rank": link.rank,
            "source": link.source,
            "target": link.target,
            "source_name": names[0],
            "target_name": names[1],
            "given": day_text(link.given, finish=True),
            "taken": day_text(link.taken, finish=link.type[1] == "F" or link.given == link.taken),
            "link_float": number(link.link_float),
            "target_float": number(link.target_float),
            "missed": link.target_float is not None and link.target_float < 0,
            "reason": link.reason,
        }

    def _coarse(self, link: Any) -> dict[str, str]:
        return {
            "source": self._name(link.source),
            "target": self._name(link.target),
            "kind": link.kind,
            "finish": day_text(link.giver_finish, finish=True) or "unknown",
            "start": day_text(link.receiver_start) or "unknown",
            "gap": "unknown" if link.gap is None else f"{link.gap:.0f}".replace("-", "−"),
        }

    # --------------------------------------------------------------------------------------- the status

    def _grouping(self) -> tuple[str | None, str]:
        """What the status table is grouped by: programmes, else an attribute that most projects share."""
        pf = self.portfolio
        if any(project.programme for project in pf.projects):
            return "programme", "programme"
        names = Counter(name for project in pf.projects for name in project.attributes)
        for name, count in names.most_common():
            values = {project.attributes.get(name) for project in pf.projects}
            if count > len(pf.projects) / 2 and 1 < len(values) < max(len(pf.projects) / 2, 3):
                return name, name
        return None, "project"

    def _status_of(self, project: Project) -> str | None:
        reports = [r for r in project.status if r.rag is not None and (self.today is None or as_day(r.date) <= self.today)]
        return max(reports, key=lambda r: r.date).rag if reports else None

    def _rating(self, project: Project, assessor: str | None = None) -> str | None:
        found = [c for c in project.confidence if assessor is None or c.assessor == assessor]
        return max(found, key=lambda c: c.date).rating if found else None

    def _status_note(self) -> str:
        left = [p for p in self.portfolio.projects if p.state in ("proposed", "cancelled")]
        text = "Reported status stands beside what the schedule says; neither overwrites the other."
        if left:
            text += f" {_count(len(left), 'proposed or cancelled project')} listed here, but in no total."
        return text

    def _status(self, grouping: str | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        pf = self.portfolio
        assessors = sorted({c.assessor for p in pf.projects for c in p.confidence})
        has_status = any(project.status for project in pf.projects)
        tasks = any(project.tasks for project in pf.projects)
        heads = [{"title": "project", "num": False}, {"title": "state", "num": False}]
        if has_status or not assessors:
            heads.append({"title": "reported", "num": False})
        heads += [{"title": f"confidence, {name}", "num": False} for name in assessors]
        heads += [{"title": "starts", "num": False}, {"title": "finishes", "num": False}]
        if tasks:
            heads += [{"title": "late promises", "num": True}, {"title": "float to promise, d", "num": True}]
        heads += [{"title": name, "num": True} for name in self.rolls]
        rows = []
        for group, projects in self._groups(grouping):
            if group is not None:
                rows.append(self._group_row(grouping or "", group, projects, heads))
            rows += [self._project_row(project, assessors, has_status, tasks) for project in projects]
        return heads, rows

    def _groups(self, grouping: str | None) -> list[tuple[str | None, list[Project]]]:
        if grouping is None:
            return [(None, list(self.portfolio.projects))]
        groups: dict[str, list[Project]] = {}
        for project in self.portfolio.projects:
            value = project.programme if grouping == "programme" else project.attributes.get(grouping)
            groups.setdefault(value or "", []).append(project)
        return [(name, groups[name]) for name in sorted(groups, key=lambda n: (n == "", n))]

    def _group_row(self, grouping: str, group: str, projects: list[Project], heads: list[dict[str, Any]]) -> dict[str, Any]:
        name = self._name(group) if grouping == "programme" else group
        cells: list[dict[str, Any]] = [_cell("") for _ in heads[1 : len(heads) - len(self.rolls)]]
        for measure in self.rolls:
            roll = roll_up(self.portfolio, measure, by=grouping)
            figure = roll[group or "(none)"] if (group or "(none)") in roll else None
            text = "" if figure is None else f"{figure.text}, {figure.known} of {figure.total} known"
            cells.append(_cell(text, num=True))
        size = _count(len(projects), "project")
        return {"group": True, "name": f"{name or f'no {grouping}'}, {size}", "id": "", "cells": cells}

    def _project_row(self, project: Project, assessors: list[str], has_status: bool, tasks: bool) -> dict[str, Any]:
        start, finish = self.schedule.dates(project.id)
        item = self._item(project.id) if tasks else None
        cells = [_cell(project.state)]
        if has_status or not assessors:
            cells.append(_cell("", rag=self._status_of(project) or ""))
        cells += [_cell("", rag=self._rating(project, name) or "") for name in assessors]
        undated = "on hold" if item is not None and item.undated and finish is None else "unknown"
        cells += [_cell(day_text(start) or "unknown", date=True), _cell(day_text(finish, finish=True) or undated, date=True)]
        if tasks:
            missed = self.missed.get(project.id, 0)
            spare = item.target_float if item is not None else None
            cells += [
                _cell(str(missed) if missed else "0", num=True),
                _cell("" if spare is None else f"{spare:,.1f}".removesuffix(".0").replace("-", "−"), num=True),
            ]
        for roll in self.rolls.values():
            figure = roll[project.id] if project.id in roll else None
            if figure is None:
                cells.append(_cell("not counted", num=True))
            else:
                cells.append(_cell("unknown" if figure.value is None else figure.text, num=True))
        return {"group": False, "name": project.name or project.id, "id": project.id, "cells": cells}

    # ------------------------------------------------------------------------------------- the findings

    def _finding_groups(self) -> list[dict[str, Any]]:
        groups: dict[str, list[Finding]] = {}
        for code in dict.fromkeys(f.code for f in self.findings):
            groups[code] = self._ordered(code)
        out = []
        for code, found in groups.items():
            rule = f" ({found[0].rule})" if found[0].rule else ""
            out.append(
                {
                    "title": f"{TITLES.get(code, code)}{rule}",
                    "count": len(found),
                    "shown": found[:25],
                    "more": max(len(found) - 25, 0),
                    "open": found[0].severity is Severity.ERROR,
                }
            )
        return out

    def _findings_note(self) -> str:
        by = Counter(f.severity.value for f in self.findings)
        return (
            ", ".join(
                f"{by[s.value]} {s.value}{'s' if by[s.value] != 1 and s is not Severity.INFO else ''}" for s in Severity if by[s.value]
            )
            + "."
        )

    def _method(self) -> Iterator[tuple[str, str]]:
        pf, net = self.portfolio, self.schedule.network
        import ipmo

        yield "source", pf.source.path.replace("\\", "/").rpartition("/")[2] or "made in Python"
        yield "data date", self.today.isoformat() if self.today else "none stated"
        yield (
            "dates and floats",
            (
                "critical path over all projects at once, in whole minutes on each item's calendar; forward and backward pass "
                f"with the conventions of dialect '{net.dialect.name if net.dialect else 'ipmo'}'"
            ),
        )
        yield "float to promise", "the least slip that moves a deadline, a gate, a project's finish or a benefit's start downstream"
        yield (
            "network",
            (
                f"{net.n} items, {net.m} links of open work, {len(net.stubs)} links to undated items outside, "
                f"{len(net.coarse)} between whole projects"
            ),
        )
        for name, roll in self.rolls.items():
            total = roll.total
            left = f"; left out: {_few(total.left_out)}" if total.left_out else ""
            yield name, f"{total.known} of {total.total} figures known; what is unknown is not counted as zero{left}"
        yield "content", f"sha256 {pf.digest[:16]}…, ipmo {ipmo.__version__}"


def _count(number: int, word: str, words: str = "") -> str:
    return f"{number} {word if number == 1 else words or word + 's'}"


def _few(names: Iterable[str]) -> str:
    everything = list(names)
    return ", ".join(everything[:5]) + (f" and {len(everything) - 5} more" if len(everything) > 5 else "")


def _cell(text: str, *, num: bool = False, date: bool = False, rag: str | None = None) -> dict[str, Any]:
    return {"text": text, "num": num, "date": date, "rag": rag}

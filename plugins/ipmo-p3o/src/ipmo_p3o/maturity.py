"""Maturity that is scored beside maturity that the data show: MAT-R01 to MAT-R05."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from ipmo import Span
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, ShownAnswer, Table, UnknownItemError, remember
from ipmo_p3o.evidence import ATTRIBUTES, EDITION, MODELS, NEED, PERSPECTIVES
from ipmo_p3o.fields import MaturityScore, answerable, fields_of
from ipmo_p3o.offices import day_of
from ipmo_p3o.wording import finding, later

__all__ = ["Maturity", "MaturityRow", "again", "backed", "improving", "maturity", "scored", "targets"]

YEAR = Span(1, "year")
TOP = 5


@attrs.frozen(kw_only=True)
class MaturityRow(Shown):
    """One perspective of one model.

    Args:
        model: portfolio, programme or project.
        perspective: one of the seven.
        scored: the latest score; None where nobody scored it.
        evidenced: the level up to which the data show every attribute, 1 at least; None where this edition has no attribute for it.
        target: the level aimed at.
        lacks: what the data lack for the next level: attribute, how many meet it, of how many.
    """

    model: str
    perspective: str
    scored: int | None
    evidenced: int | None
    target: int | None
    lacks: tuple[tuple[str, int, int], ...] = ()

    @property
    def gap(self) -> int | None:
        """Scored less evidenced; None where either is not known."""
        return None if self.scored is None or self.evidenced is None else self.scored - self.evidenced


@attrs.frozen(kw_only=True)
class Maturity(ShownAnswer):
    """The profile of a portfolio; the three models are kept apart, and no average of levels is formed.

    Args:
        rows: by model, then by perspective.
        edition: of the attributes.
    """

    rows: tuple[MaturityRow, ...]
    edition: str = EDITION

    def __getitem__(self, key: tuple[str, str]) -> MaturityRow:
        for row in self.rows:
            if (row.model, row.perspective) == key:
                return row
        raise UnknownItemError("/".join(key), [f"{row.model}/{row.perspective}" for row in self.rows], "this profile")

    def __repr__(self) -> str:
        floors = (f"{model} {self.floor(model) or 'not known'}" for model in dict.fromkeys(row.model for row in self.rows))
        return f"<Maturity that the data show, edition {self.edition}: {', '.join(floors)}>"

    def floor(self, model: str, *, scored: bool = False) -> int | None:
        """The lowest level of a model's perspectives, which is its headline; None where none is known."""
        levels = [row.scored if scored else row.evidenced for row in self.rows if row.model == model]
        return min((level for level in levels if level is not None), default=None)

    def table(self) -> Table:
        """model, perspective, scored, evidenced, gap, target, lacks."""
        rows = self.rows
        return Table(
            [
                Column("model", "str", [r.model for r in rows]),
                Column("perspective", "str", [r.perspective for r in rows]),
                Column("scored", "int", [r.scored for r in rows]),
                Column("evidenced", "int", [r.evidenced for r in rows]),
                Column("gap", "int", [r.gap for r in rows]),
                Column("target", "int", [r.target for r in rows]),
                Column("lacks", "str", ["; ".join(f"{text}: {met} of {whole}" for text, met, whole in r.lacks) for r in rows]),
            ]
        )


def maturity(portfolio: Portfolio) -> Maturity:
    """The levels that are scored, and those that the data show, by model and perspective.

    A level is evidenced when every attribute of it and of those below holds; an attribute holds where four in five of what it looks at meet
    it, and nothing to look at shows nothing. Attributes are ours (`ipmo_p3o.evidence`); level 5 is never evidenced by one state.
    """
    return remember(portfolio, "maturity", lambda: _profile(portfolio))


def _profile(portfolio: Portfolio) -> Maturity:
    latest = _latest(portfolio)
    rows = []
    for model in MODELS:
        for perspective in PERSPECTIVES:
            level, lacks = _evidenced(portfolio, model, perspective)
            score = latest.get((model, perspective))
            rows.append(
                MaturityRow(
                    model=model,
                    perspective=perspective,
                    scored=None if score is None else score.level,
                    evidenced=level,
                    target=None if score is None else score.target,
                    lacks=lacks,
                )
            )
    return Maturity(rows=tuple(rows))


def _evidenced(portfolio: Portfolio, model: str, perspective: str) -> tuple[int | None, tuple[tuple[str, int, int], ...]]:
    known = [one for one in ATTRIBUTES if (one.model, one.perspective) == (model, perspective)]
    if not known or (model == "programme" and not portfolio.programmes):
        return None, ()
    for level in sorted({one.level for one in known}):
        counts = [(one.text, *one.met(portfolio)) for one in known if one.level == level]
        lacks = tuple((text, met, whole) for text, met, whole in counts if not whole or met < NEED * whole)
        if lacks:
            return level - 1, lacks
    return max(one.level for one in known), ()


def _latest(portfolio: Portfolio) -> dict[tuple[str, str], MaturityScore]:
    """The latest score of each perspective by the status date; of two of one day the one that stands later."""
    out: dict[tuple[str, str], MaturityScore] = {}
    today = date.max if portfolio.status_date is None else day_of(portfolio.status_date)
    for score in sorted(fields_of(portfolio).maturity, key=lambda one: one.assessed or date.min):
        if score.assessed is None or score.assessed <= today:
            out[score.model, score.perspective] = score
    return out


def _what(score: MaturityScore) -> str:
    return f"{score.perspective} of {score.model}s"


def backed(context: CheckContext) -> Iterable[Finding]:
    """MAT-R01: each score names its evidence."""
    for score in fields_of(context.portfolio).maturity:
        if not any(one.strip() for one in score.evidence):
            message = f"level {score.level} of {_what(score)} rests on no evidence"
            yield finding("maturity-evidence", "", message, "write evidence:", Severity.WARNING, part=_what(score))


def scored(context: CheckContext) -> Iterable[Finding]:
    """MAT-R02: a score is not a level or more above what the data show."""
    if not fields_of(context.portfolio).maturity:
        return
    for row in maturity(context.portfolio).rows:
        if row.gap is not None and row.gap >= 1:
            lacks = "; ".join(f"{text} ({met} of {whole})" for text, met, whole in row.lacks)
            message = f"{row.perspective} of {row.model}s is scored {row.scored}, the data show {row.evidenced}: lacking is that {lacks}"
            if not row.lacks:
                message = f"{row.perspective} of {row.model}s is scored {row.scored}, and data can show {row.evidenced} at most"
            hint = f"attributes of edition {EDITION}; score what can be shown, or record what is missing"
            yield finding("maturity-score", "", message, hint, Severity.WARNING, part=f"{row.perspective} of {row.model}s")


def targets(context: CheckContext) -> Iterable[Finding]:
    """MAT-R03: a target says what it is for, lies above where things stand, and is not the top for everything."""
    scores = list(_latest(context.portfolio).values())
    aimed = [score for score in scores if score.target is not None]
    if len(aimed) > 1 and all(score.target == TOP for score in aimed):
        message = f"all {len(aimed)} targets are level {TOP}"
        yield finding("maturity-target", "", message, "aim where it pays: the top everywhere is no goal", Severity.WARNING, part="all")
    for score in aimed:
        if not score.why.strip():
            message = f"nothing says why {_what(score)} should reach level {score.target}"
            yield finding("maturity-target", "", message, "write why:", Severity.WARNING, part=_what(score))
        if score.target is not None and score.target < score.level:
            message = f"{_what(score)} is scored {score.level} and aims at {score.target}"
            yield finding("maturity-target", "", message, "say whether it is to be given up", Severity.INFO, part=_what(score))


def improving(context: CheckContext) -> Iterable[Finding]:
    """MAT-R04: an improvement has an owner, and when it is done its effect is measured."""
    pf = context.portfolio
    known, today = answerable(pf), None if pf.status_date is None else day_of(pf.status_date)
    for action in fields_of(pf).improvements:
        if action.owner not in known:
            who = f"is owned by {action.owner!r}, whom nobody knows" if action.owner else "has no owner"
            yield finding(
                "improvement",
                "",
                f"improvement {action.id!r} {who}",
                "name a person, an office or a board",
                Severity.WARNING,
                part=action.id,
            )
        done = action.done is not None and (today is None or action.done <= today)
        if done and (action.before is None or action.after is None):
            message = f"improvement {action.id!r} was done on {action.done}, and nobody measured what it changed"
            yield finding("improvement", "", message, "write measure:, before: and after:", Severity.WARNING, part=action.id)
        elif done and action.before == action.after:
            message = f"improvement {action.id!r} was done on {action.done} and changed nothing: {action.measure or 'its measure'} is {action.after:g} as before"
            yield finding("improvement", "", message, "try something else, and keep the lesson", Severity.INFO, part=action.id)
        elif not done and action.due is not None and today is not None and action.due < today:
            yield finding(
                "improvement", "", f"improvement {action.id!r} was due {action.due}", "do it, or drop it", Severity.WARNING, part=action.id
            )


def again(context: CheckContext) -> Iterable[Finding]:
    """MAT-R05: each perspective that was scored is scored again within its interval: a year, unless the portfolio says otherwise."""
    pf = context.portfolio
    every = fields_of(pf).reassess or YEAR
    today = None if pf.status_date is None else day_of(pf.status_date)
    for score in _latest(pf).values():
        if score.assessed is None:
            message = f"nothing says when {_what(score)} was scored"
            yield finding("reassess", "", message, "write assessed:", Severity.WARNING, part=_what(score))
        elif today is not None and later(score.assessed, every) < today:
            message = f"{_what(score)} was last scored on {score.assessed}, more than {every} ago"
            yield finding("reassess", "", message, "score it again", Severity.WARNING, part=_what(score))

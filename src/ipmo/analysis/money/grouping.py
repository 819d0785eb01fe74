"""A roll-up by any attribute, objective, office or owner, or by period: the parts of a whole shared out otherwise."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias, overload

import attrs

from ipmo.analysis.money.amounts import Amount, Priced
from ipmo.analysis.money.combining import STATED, Combining
from ipmo.analysis.money.explanation import RolledUpValue
from ipmo.analysis.money.made_rows import Parts
from ipmo.analysis.money.measures import FORECASTS
from ipmo.analysis.money.periods import EVERY, Period, PeriodRule, period_rule
from ipmo.analysis.money.sums import SummedRows, Sums
from ipmo.analysis.money.timing import Piece, Timing
from ipmo.analysis.money.work_tree import Bearing
from ipmo.emissions import TONNES
from ipmo.errors import UnitError, UnknownItemError, close_matches
from ipmo.model.hierarchy import hierarchy
from ipmo.model.measures import Combine
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project
from ipmo.network.losses import losses
from ipmo.units import Money

__all__ = ["NO_GROUP", "UNDATED", "UNKNOWN", "Grouping"]

NO_GROUP, UNDATED, UNKNOWN = "(none)", "(undated)", "(unknown)"
FIELDS = ("category", "owner", "state", "programme", "project", "methodology", "objective", "office", "price_base")
"""What a roll-up can go by besides free attributes and periods."""


_Share: TypeAlias = "tuple[RolledUpValue, Priced | Fraction, str]"
"""(a figure, what of it lies in a group, a note)."""


class _Portions(Sequence[RolledUpValue]):
    """Shares of figures as figures, made when somebody looks at them.

    Args:
        engine: the roll-up.
        shares: of which figures, and how much.
    """

    def __init__(self, engine: Combining, shares: Sequence[_Share]) -> None:
        self._engine, self._shares = engine, shares

    @functools.cached_property
    def _made(self) -> tuple[RolledUpValue, ...]:
        return tuple(self._engine.portion(*share) for share in self._shares)

    def __len__(self) -> int:
        return len(self._shares)

    @overload
    def __getitem__(self, place: int) -> RolledUpValue: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[RolledUpValue, ...]: ...
    def __getitem__(self, place: int | slice) -> RolledUpValue | tuple[RolledUpValue, ...]:
        return self._made[place]


class Grouping:
    """The figures of a roll-up shared out by groups or periods.

    Args:
        engine: the roll-up.
    """

    def __init__(self, engine: Combining) -> None:
        self.engine = engine

    def grouped(self, by: str, whole: RolledUpValue) -> dict[str, RolledUpValue]:
        """Figures by the value of a field or attribute of what contributes; the whole last."""
        groups: dict[str, list[RolledUpValue]] = {}
        for figure in _bearing(whole):
            if by == "price_base" and isinstance(figure.carried, Priced):
                for base, (amount, item) in figure.carried.entries.items():
                    groups.setdefault(base or NO_GROUP, []).append(self.engine.portion(figure, Priced.of(amount, base, item), figure.note))
            else:
                groups.setdefault(self._group(figure.item, by), []).append(figure)
        out = {name: self._group_figure(name, groups[name]) for name in sorted(groups, key=lambda n: (n == NO_GROUP, n))}
        if out and set(out) == {NO_GROUP} and by not in FIELDS:
            known_names = {*FIELDS, *EVERY, *(k for item in self.engine.portfolio.items.values() for k in getattr(item, "attributes", {}))}
            if by not in known_names:  # one that nobody bears who costs anything is known all the same
                raise UnknownItemError(by, close_matches(by, known_names), "the fields and attributes of this portfolio")
        return {**out, whole.item: attrs.evolve(whole, parts=tuple(out.values()))}

    def _group_figure(self, name: str, parts: list[RolledUpValue]) -> RolledUpValue:
        carried, known, total = self.engine.joined(parts)
        return self.engine.made(name, "group", carried, (known, total), parts=tuple(parts))

    def _shared_figure(self, name: str, shares: list[_Share]) -> RolledUpValue:
        """A group of shares of figures: each is known, and its figure made when it is looked at."""
        carried: object = None
        total = 0
        for figure, part, _ in shares:
            carried = part if carried is None else self.engine.measure.join(carried, part)
            total += figure.total
        return self.engine.made(name, "group", carried, (total, total), parts=_Portions(self.engine, shares))

    def _group(self, full_id: str, by: str) -> str:
        """The item's own value, else its project's, else its programme's."""
        items = self.engine.portfolio.items
        above = hierarchy(self.engine.portfolio).programmes_of(full_id)
        chain = [items.get(full_id), items.get(self.engine.portfolio.project_of(full_id)), *above]
        if by == "project":
            return self.engine.portfolio.project_of(full_id) or NO_GROUP
        if by == "objective":
            return self._objectives(self.engine.portfolio.project_of(full_id) or full_id)
        if by == "office":
            return next((office for noun in chain if (office := self._office(getattr(noun, "id", "")))), NO_GROUP)
        for item in chain:
            value = getattr(item, "attributes", {}).get(by)
            if not value and by in FIELDS:
                value = getattr(item, by, None)
            if value:
                return str(value)
        return NO_GROUP

    def _objectives(self, item: str) -> str:
        """The objectives that a project or programme serves, as the line of sight says it: by what it leads to, and aligned to."""
        portfolio = self.engine.portfolio
        noun = portfolio.items.get(item)
        if not isinstance(noun, Project | Programme):
            return NO_GROUP
        projects = [noun] if isinstance(noun, Project) else hierarchy(portfolio).projects(noun)
        ids = losses(portfolio).through()[item].union(*(project.alignment for project in projects))
        return " + ".join(o.id for o in portfolio.objectives if o.id in ids) or NO_GROUP

    def _office(self, item: str) -> str:
        """The office that an initiative hosts, or that gives it a service."""
        for office in self.engine.portfolio.offices:
            if office.host == item:
                return office.id
        return next((s.provider for s in self.engine.portfolio.services if item in s.consumers and s.provider is not None), "")

    # -------------------------------------------------------------------------------------- periods

    def phased(self, every: str, whole: RolledUpValue, rows: Mapping[str, RolledUpValue]) -> dict[str, RolledUpValue]:
        """Figures by period; what nothing dates and what nobody knows are groups of their own.

        Their sum is the whole, and beside it the dated lines of items whose whole is not known.

        Args:
            every: the period.
            whole: the figure that is shared out.
            rows: all figures; of columns, what says nothing is looked at by its position alone.
        """
        timing, rule = self._timing(every)
        dated: dict[Period, list[_Share]] = {}
        undated: list[_Share] = []
        unknown_figures: list[RolledUpValue] = []
        on: Sums | None = None
        loud, quiet, unknown = list[int](), list[int](), list[int]()
        if isinstance(rows, SummedRows):
            on = rows.sums
            loud, quiet = on.bearing(rows.place(whole.item))
        for place, figure in enumerate(_bearing(whole)) if on is None else ((place, on.rows.at(place)) for place in loud):
            note = figure.note
            if figure.carried is None:
                unknown_figures.append(figure)
                unknown.append(place)
                note = "the rest of it is unknown"
            for period, part in self._over(timing, rule, figure).items():
                (undated if period is None else dated.setdefault(period, [])).append((figure, part, note))
        out = {period.name: self._shared_figure(period.name, dated[period]) for period in sorted(dated)}
        if undated:
            out[UNDATED] = self._shared_figure(UNDATED, undated)
        if unknown_figures:
            out[UNKNOWN] = self._group_figure(UNKNOWN, unknown_figures)
        if quiet and on is not None:
            unknown = sorted((*quiet, *unknown))
            counts = int(on.known[unknown].sum()), int(on.total[unknown].sum())
            out[UNKNOWN] = self.engine.made(UNKNOWN, "group", None, counts, parts=Parts(on.rows, unknown, noted=bool(on.notes)))
        return {**out, whole.item: attrs.evolve(whole, parts=tuple(out.values()))}

    def amounts(self, every: str, whole: RolledUpValue, rows: Mapping[str, RolledUpValue]) -> dict[str, dict[str, Fraction]]:
        """What `phased` shares out, by what bears it and by period, as exact amounts alone: no figure is made of a part.

        Args:
            every: the period.
            whole: the figure that is shared out.
            rows: all figures.
        """
        timing, rule = self._timing(every)
        figures: Iterable[RolledUpValue]
        if isinstance(rows, SummedRows):
            loud, quiet = rows.sums.bearing(rows.place(whole.item))
            names = rows.sums.tree.ids
            figures, silent = map(rows.at, loud), [names[place] for place in quiet]
        else:
            figures, silent = _bearing(whole), []
        out: dict[str, dict[str, Fraction]] = {}
        for figure in figures:
            mine = out[figure.item] = {} if figure.carried is not None else {UNKNOWN: Fraction(0)}
            for period, part in self._over(timing, rule, figure).items():
                mine[UNDATED if period is None else period.name] = part.only(figure.item)[1] if isinstance(part, Priced) else part
        return out | {name: {UNKNOWN: Fraction(0)} for name in silent}

    def _timing(self, every: str) -> tuple[Timing, PeriodRule]:
        measure = self.engine.measure
        if measure.combine is not Combine.SUM or measure.unit not in ("money", "pd", "number", TONNES):
            raise UnitError(f"{measure.name} does not lie over time; by={every!r} is for money, effort and carbon")
        return Timing(self.engine.portfolio, self.engine.schedule), period_rule(self.engine.portfolio, every)

    def _over(self, timing: Timing, rule: PeriodRule, figure: RolledUpValue) -> dict[Period | None, Priced | Fraction]:
        """A figure's exact amount by period; None where nothing dates it."""
        item = self.engine.portfolio if figure.level == "portfolio" else self.engine.portfolio.items[figure.item]
        out: dict[Period | None, Priced | Fraction] = {}
        for piece, base in self._pieces(timing, figure, item):
            if not piece.value and piece.stretch is not None:
                continue
            shares: Mapping[Period, Fraction] | Mapping[None, Fraction] = (
                {None: Fraction(1)} if piece.stretch is None else piece.stretch.over(rule)
            )
            for period, share in shares.items():
                amount = piece.value * share
                part: Priced | Fraction = Priced.of(amount, base, figure.item) if self.engine.measure.unit == "money" else amount
                out[period] = part if period not in out else self.engine.measure.join(out[period], part)
        return out

    def _pieces(self, timing: Timing, figure: RolledUpValue, item: Bearing) -> Iterable[tuple[Piece, str]]:
        full_id, measure = figure.item, self.engine.measure
        value = measure.value(self.engine, full_id, item) if measure.applies(item) else None
        if isinstance(value, Budget | Money):
            lines = self.engine.amounts.lines(full_id, value)
            if lines is None and isinstance(value, Budget):
                lines = [a for a in self.engine.amounts.known_lines(full_id, value) if a.line.since is not None or a.line.until is not None]
        elif isinstance(figure.carried, Priced):
            for base, (amount, _) in figure.carried.entries.items():
                yield Piece(amount, timing.lump(measure.name, full_id)), base
            return
        elif isinstance(figure.carried, Fraction | Decimal | float | int):
            emitted = getattr(getattr(item, "carbon", None), "actual", None) if measure.name == "carbon_forecast" else None
            done = Fraction(0) if emitted is None else emitted.tonnes
            for piece in timing.completed(measure.name, full_id, Fraction(figure.carried), done):
                yield piece, ""
            return
        else:
            return
        by_base: dict[str, list[Amount]] = {}
        for line in lines or ():
            by_base.setdefault(line.base, []).append(line)
        for base, amounts in by_base.items():
            spent = None
            actual = None if isinstance(item, Portfolio) else item.actual
            if measure.name in FORECASTS and actual is not None:
                known = self.engine.same_amounts("actual").known_lines(full_id, actual)
                spent = [a for a in known if a.base == base]
            for piece in timing.pieces(measure.name, full_id, amounts, spent):
                yield piece, base


def _bearing(whole: RolledUpValue) -> Iterable[RolledUpValue]:
    """The figures that a total is made of: leaves, and items that state a total of their own."""
    stack = [whole]
    while stack:
        figure = stack.pop()
        unrated = figure.carried is None and bool(figure.note)  # a total of its own without an exchange rate
        if figure.parts and not figure.note.startswith(STATED) and not unrated:
            stack += reversed(figure.parts)
        elif figure.level != "portfolio" or figure.total:
            yield figure

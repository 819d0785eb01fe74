"""What happens if each project, or each task, slips in turn: the sensitivity of every gate and benefit to every piece of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import attrs

from ipmo.analysis.benefits.cost_of_delay import CostOfDelay, cost_of_delay
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.branches import branches
from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.dependencies.crossings import as_slip
from ipmo.analysis.dependencies.targets import KINDS, Targets, targets
from ipmo.errors import IpmoError, ScheduleError, UnknownItemError, close_matches
from ipmo.model.changes import Delay
from ipmo.model.hierarchy import summaries
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.tables import Column, Table
from ipmo.units import Money, Span

__all__ = ["DelaySensitivity", "Slip", "delay_sensitivity"]

BY = ("project", "task")


@attrs.frozen(kw_only=True)
class Slip:
    """What the slip of one project or task does.

    Args:
        item: full id.
        moves: target to days on its own calendar, those that move, in the order of `Targets`.
        loss: of the benefits that come later; None where none has a known worth.
        refused: why it cannot slip: finished, not dated; empty when it can.
    """

    item: str
    moves: Mapping[str, float]
    loss: Money | None
    refused: str = ""


class DelaySensitivity:
    """The answer of `delay_sensitivity`: a row each project or task that can slip, the one that costs or moves most first."""

    def __init__(self, portfolio: Portfolio, slip: Span, rows: Sequence[Slip], refused: Sequence[Slip], aims: Targets) -> None:
        self.portfolio, self.slip, self._aims = portfolio, slip, aims
        self.rows, self.refused = tuple(rows), tuple(refused)

    def __iter__(self) -> Iterator[Slip]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, item: str) -> Slip:
        """The row of a project or task.

        Raises:
            UnknownItemError: it is not in this table.
        """
        for row in (*self.rows, *self.refused):
            if row.item == item:
                return row
        raise UnknownItemError(item, close_matches(item, [row.item for row in self.rows]), "this slip table")

    def table(self) -> Table:
        """One row an item and a target that it moves: item, target, kind, days, loss (of the target, where it is a benefit)."""
        rows = [(row.item, name, days) for row in self.rows for name, days in row.moves.items()]
        kinds = {aim.name: aim.kind for aim in self._aims}
        known = cost_of_delay(self.portfolio, self._aims.schedule)
        losses = [self._loss_of(known, name, days) if kinds[name] == "benefit" else None for _, name, days in rows]
        return Table(
            [
                Column("item", "str", [item for item, _, _ in rows]),
                Column("target", "str", [name for _, name, _ in rows]),
                Column("kind", "str", [kinds[name] for _, name, _ in rows]),
                Column("days", "float", [days for _, _, days in rows], "d"),
                Column("loss", "float", losses, known.currency),
            ]
        )

    def _loss_of(self, known: CostOfDelay, benefit: str, days: float) -> float | None:
        date = self._aims.date(self._aims.place[benefit])
        loss = known.delayed(benefit, date, date + round(days * 1440))
        return None if loss is None else float(loss)

    def matrix(self, *kinds: str) -> Table:
        """One row an item, one column a target that some item moves: days; empty where it does not move. Last `loss`.

        Args:
            kinds: portfolio, programme, project, gate, deadline, benefit; gates and benefits when left out.

        Raises:
            ScheduleError: there is no such kind.
        """
        for kind in kinds:
            if kind not in KINDS:
                raise ScheduleError(f"{kind!r} is no kind of target; write some of {', '.join(KINDS)}")
        wanted = kinds or ("gate", "benefit")
        hit = {name for row in self.rows for name in row.moves}
        names = [aim.name for aim in self._aims if aim.kind in wanted and aim.name in hit]
        currency = next((row.loss.currency for row in self.rows if row.loss is not None), "")
        columns = [Column("item", "str", [row.item for row in self.rows])]
        columns += [Column(name, "float", [row.moves.get(name) for row in self.rows], "d") for name in names]
        losses = [None if row.loss is None else float(row.loss.amount) for row in self.rows]
        return Table([*columns, Column("loss", "float", losses, currency)])

    def __repr__(self) -> str:
        hitting = sum(bool(row.moves) for row in self.rows)
        return f"<DelaySensitivity: {len(self)} items by {self.slip}, {hitting} move something, {len(self.refused)} cannot slip>"

    def _repr_html_(self) -> str:
        return self.matrix()._repr_html_()


def delay_sensitivity(
    portfolio: Portfolio, *, slip: Span | str = "10 d", by: str = "project", items: Sequence[str] | None = None
) -> DelaySensitivity:
    """Every project (or task) slipped in turn, with what each slip does to every target and what it costs.

    A slip is the `Delay` of the item, each on its own: a project slips with its unfinished first tasks. Loops stay cut where
    they are cut now.

    Args:
        portfolio: the portfolio.
        slip: how much later: working time of each item's calendar, or elapsed time.
        by: `project` or `task`.
        items: only these; every open one when left out.

    Raises:
        UnitError: the slip is no length of time, or negative.
        ScheduleError: `by` is not known.
        UnknownItemError: an item is no project or task.
    """
    span = as_slip(slip)
    if by not in BY:
        raise ScheduleError(f"by={by!r} is not known; write project or task")
    names = _names(portfolio, by) if items is None else list(items)
    for name in items or ():
        if not isinstance(portfolio.items.get(name), Project | Task):
            known = [full_id for full_id, noun in portfolio.items.items() if isinstance(noun, Project | Task)]
            raise UnknownItemError(name, close_matches(name, known), "the projects and tasks of this portfolio")
    found = branches(portfolio)
    aims = found.targets
    worth = cost_of_delay(portfolio, found.schedule)
    nothing = Money(Decimal(0), worth.currency) if worth.worth else None
    rows: list[Slip] = []
    refused: list[Slip] = []
    for name, moved in zip(names, found.slipped(names, span), strict=True):
        why = ""
        if moved is None:
            moved, why = _anew(portfolio, aims, name, span)
        moves = {aims[t].name: aims.days(t, aims.date(t), date) for t, date in sorted(moved.items())}
        row = Slip(item=name, moves=moves, loss=_loss(aims, worth, moved, nothing), refused=why)
        (refused if why else rows).append(row)
    rows.sort(key=lambda row: (-(row.loss.amount if row.loss is not None else 0), -sum(row.moves.values()), row.item))
    return DelaySensitivity(portfolio, span, rows, refused, aims)


def _names(portfolio: Portfolio, by: str) -> list[str]:
    """What is open: projects that run or will, tasks that are not finished and no summaries."""
    live = [p for p in portfolio.projects if p.state not in ("closed", "cancelled") and p.actual_finish is None]
    if by == "project":
        return [p.id for p in live if not p.tasks or any(not t.finished for t in p.tasks)]
    wholes = {p.id: summaries(p) for p in live}
    return [f"{p.id}/{t.id}" for p in live for t in p.tasks if not t.finished and t.id not in wholes[p.id]]


def _anew(portfolio: Portfolio, aims: Targets, name: str, span: Span) -> tuple[Mapping[int, int], str]:
    """What a slip moves by a schedule of the changed portfolio, or why it cannot slip."""
    try:
        after = targets(schedule(applied(portfolio, [Delay(name, span)]), on_cycle="cut"))
    except IpmoError as error:
        return {}, str(error).splitlines()[0]
    both = ((t, aims.date(t), after.place.get(aim.name)) for t, aim in enumerate(aims))
    return {t: after.date(place) for t, date, place in both if place is not None and after.date(place) != date}, ""


def _loss(aims: Targets, worth: CostOfDelay, moved: Mapping[int, int], nothing: Money | None) -> Money | None:
    found = [
        loss
        for t, date in moved.items()
        if aims[t].kind == "benefit" and (loss := worth.delayed(aims[t].item, aims.date(t), date)) is not None
    ]
    if not found:
        return nothing
    return Money(sum(found, Decimal(0)), worth.currency)

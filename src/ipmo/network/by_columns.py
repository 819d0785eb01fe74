"""The network of a portfolio that was read by columns: the same columns that its nouns compile to, without any of them made."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from ipmo.model.benefits import Benefit
from ipmo.model.columns import WorkColumns, columns_of
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.model.later import unread
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project
from ipmo.network.builder import Builder
from ipmo.network.columns import Same
from ipmo.network.drafts import Draft
from ipmo.network.network import SMALL, Network
from ipmo.network.parts import Commitment, Needed
from ipmo.network.states import LinkType, Mode
from ipmo.units import Span, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["network_by_columns"]

PLAIN_STATES = ("proposed", "approved", "active")
"""States of projects whose work is open."""


def network_by_columns(portfolio: Portfolio, dialect: Dialect) -> Network | None:
    """The network of a portfolio whose tasks nobody has looked at; None where they have to be.

    Args:
        portfolio: the portfolio.
        dialect: the conventions.

    Raises:
        ScheduleError: a duration leads past the year 9999.
    """
    columns = columns_of(portfolio)
    if columns is None or dialect != DIALECTS["ipmo"] or portfolio.start is None or portfolio.outcomes or portfolio.gates:
        return None
    if not all(map(_is_plain, portfolio.projects)):
        return None
    found = _effects(portfolio, columns)
    if found is None:
        return None
    moving, numbers = _moving(columns)
    return _Compiled(portfolio, _joined(moving, *found), numbers, dialect, found[0]).network()


def _effects(portfolio: Portfolio, columns: WorkColumns) -> tuple[list[Benefit], list[tuple[int, int]]] | None:
    """Benefits that wait for tasks, and (task, place among them) of all that they wait for; None where they wait for anything else."""
    inside = {project.id: local for project, local in zip(portfolio.projects, columns.local, strict=True)}
    found, waits = list[Benefit](), list[tuple[int, int]]()
    for benefit in portfolio.benefits:
        if benefit.any_of or benefit.outcome is not None:
            return None
        for enabler in benefit.enabled_by:
            meant = reference(enabler.source)
            task = inside.get(meant.project, {}).get(meant.inner)
            if task is None or meant.end or enabler.lag is not None:
                return None
            waits.append((task, len(found)))
        if benefit.enabled_by:
            found.append(benefit)
    return found, waits


def _joined(columns: WorkColumns, effects: Sequence[Benefit], waits: Sequence[tuple[int, int]]) -> WorkColumns:
    """Columns with effects behind the tasks, and what they wait for between the links inside projects and those of the table of links."""
    import numpy as np

    if not effects:
        return columns
    ends, inside = np.array(waits, np.int64), columns.inside
    none = np.zeros(len(ends), np.int64)
    put = {"source": ends[:, 0], "target": ends[:, 1] + len(columns.ids), "type": none, "lag": none - 1}
    kept: dict[str, Any] = {}
    for name, new in put.items():
        column = getattr(columns, name)
        kept[name] = np.concatenate([column[:inside], new, column[inside:]])
    return attrs.evolve(columns, **kept, ids=[*columns.ids, *(one.id for one in effects)], inside=inside + len(ends))


def _moving(columns: WorkColumns) -> tuple[WorkColumns, list[int]]:
    """Columns without the links that are delivered, and the number of each link of the table of links that stays."""
    import numpy as np

    numbers = np.flatnonzero(~columns.delivered)
    if len(numbers) == len(columns.delivered):
        return columns, numbers.tolist()
    rows = np.concatenate([np.arange(columns.inside), columns.inside + numbers])
    kept = {name: getattr(columns, name)[rows] for name in ("source", "target", "type", "lag")}
    return attrs.evolve(columns, **kept, delivered=columns.delivered[numbers]), numbers.tolist()


def _is_plain(project: Project) -> bool:
    """A project of open work, of which only its start and its finish are stated."""
    stated = project.gates or project.actual_start or project.actual_finish or project.status_date
    has_tasks = unread(project, "tasks") or bool(project.tasks)
    return has_tasks and not stated and project.state in PLAIN_STATES


@attrs.frozen(eq=False)
class _Compiled:
    """Columns on their way to a network; `ipmo.network.builder` and `ipmo.network.assemble` say the same of nouns."""

    portfolio: Portfolio
    columns: WorkColumns
    written: Sequence[int]
    """The number of each of its links that stands in the table of links."""
    dialect: Dialect
    effects: Sequence[Benefit] = ()
    """What stands behind the tasks, each a node of its own."""

    def network(self) -> Network:
        """The network."""
        import numpy as np

        draft, columns = Draft(self.portfolio, self.dialect), self.columns
        n, cuts, more = len(columns.ids), columns.first, len(self.effects)
        project = np.repeat(np.arange(len(cuts) - 1), np.diff(cuts))
        calendars = [draft.calendar(one) for one in self.portfolio.projects]
        nominal = np.array([draft.clocks.clock(one) for one in calendars], np.int64)[project]
        dur, clk = self._lengths(draft, project)
        if more:
            project = np.concatenate([project, np.full(more, -1)])
            nominal = np.concatenate([nominal, np.full(more, draft.clocks.clock(draft.calendar(None)))])
            dur, clk = (np.concatenate([column, np.zeros(more, np.int64)]) for column in (dur, clk))
        kinds = [*np.where(columns.milestone, "milestone", "task").tolist(), *["benefit"] * more]
        low = np.array([draft.clocks[number].work(draft.base) for number in range(len(draft.clocks.calendars) + 1)], np.int64)[clk]
        self._starts(draft, clk, low)
        lag, mode, lagclk = self._lagged(draft, clk, nominal)
        large = n >= SMALL or len(columns.source) >= SMALL

        def kept(column: Ints) -> NDArray[np.int64] | list[int]:
            return column if large else column.tolist()

        src, dst, typ = kept(columns.source), kept(columns.target), kept(columns.type)
        numbers = dict(enumerate(self.written, columns.inside))
        return Network(
            ids=columns.ids,
            kinds=kinds if more or columns.milestone.any() else Same("task", n),
            project=kept(project),
            projects=tuple(one.id for one in self.portfolio.projects),
            dur=kept(dur),
            clk=kept(clk),
            nominal=kept(nominal),
            low=kept(low),
            src=src,
            dst=dst,
            typ=typ,
            lag=kept(lag),
            mode=kept(mode),
            lagclk=kept(lagclk),
            numbers=numbers,
            clocks=draft.clocks,
            unknown=np.flatnonzero((columns.time < 0) & ~columns.milestone).tolist(),
            stated_finishes={
                place: minutes(one.finish, end=True) for place, one in enumerate(self.portfolio.projects) if one.finish is not None
            },
            members={place: range(begin, end) for place, (begin, end) in enumerate(itertools.pairwise(cuts.tolist()))},
            base=draft.base,
            commitments=tuple(
                Commitment(one.id, (node,), None if one.need_by is None else minutes(one.need_by, end=True), at_start=True)
                for node, one in enumerate(self.effects, n - more)
            ),
            dialect=self.dialect,
            needed=Needed(src, dst, typ, numbers, frozenset(), {}, lags=self._stated_lags(), inside=self._inside()),
            inside={one.id: local for one, local in zip(self.portfolio.projects, columns.local, strict=True)},
        )

    def _stated_lags(self) -> dict[int, Span]:
        """The lags that are more than nothing."""
        import numpy as np

        lags, column = self.columns.lags, self.columns.lag
        rows = np.flatnonzero(column >= 0)
        return {row: lags[lag] for row, lag in zip(rows.tolist(), column[rows].tolist(), strict=True) if lags[lag].amount}

    def _inside(self) -> dict[str, tuple[int, int]]:
        """The links inside each project."""
        import numpy as np

        columns = self.columns
        moving = columns.inside - sum(len(one.enabled_by) for one in self.effects)
        ends = np.searchsorted(columns.target[:moving], columns.first).tolist()
        return dict(zip((one.id for one in self.portfolio.projects), itertools.pairwise(ends), strict=True))

    def _lengths(self, draft: Draft, project: Ints) -> tuple[Ints, Ints]:
        """Minutes of each task, and the clock that it runs on."""
        import numpy as np

        columns, builder = self.columns, Builder(draft)
        own = [draft.calendar(one) for one in self.portfolio.projects]
        names = {one.id: place for place, one in enumerate({one.id: one for one in own}.values())}
        calendar_of = np.array([names[one.id] for one in own], np.int64)[project]
        calendars = list({one.id: one for one in own}.values())
        dur, clk = np.zeros(len(project), np.int64), np.zeros(len(project), np.int64)
        for place, calendar in enumerate(calendars):
            here = np.flatnonzero((calendar_of == place) & (columns.time >= 0) & ~columns.milestone)
            if not len(here):
                continue
            clock = draft.clocks.clock(calendar)
            used = columns.time[here]
            length, on = np.zeros(len(columns.times), np.int64), np.zeros(len(columns.times), np.int64)
            first = np.full(len(columns.times), -1)
            first[used[::-1]] = here[::-1]
            for time in np.flatnonzero(first >= 0).tolist():
                found = builder.length(columns.times[time], calendar, clock, columns.ids[int(first[time])])
                if found is not None and found[0]:
                    length[time], on[time] = found
            dur[here], clk[here] = length[used], on[used]
        return dur, clk

    def _starts(self, draft: Draft, clk: Ints, low: Ints) -> None:
        """No task starts before its project does."""
        import numpy as np

        cuts = self.columns.first.tolist()
        for place, one in enumerate(self.portfolio.projects):
            if one.start is not None:
                here, instant = slice(cuts[place], cuts[place + 1]), minutes(one.start)
                for clock in set(clk[here].tolist()):
                    least = draft.clocks[clock].work(instant)
                    low[here] = np.where(clk[here] == clock, np.maximum(low[here], least), low[here])

    def _lagged(self, draft: Draft, clk: Ints, nominal: Ints) -> tuple[Ints, Ints, Ints]:
        """Lag, mode and clock of the lag of every link."""
        import numpy as np

        columns = self.columns
        m = len(columns.source)
        plain, through = int(Mode.PLAIN), int(Mode.CALENDARS)  # the conventions are ipmo's: late dates are exact, and no lead waits
        lag, lagclk, mode = np.zeros(m, np.int64), np.zeros(m, np.int64), np.full(m, plain, np.int64)
        source, target = clk[columns.source], clk[columns.target]
        if clk.any():
            if len(np.unique(clk)) > 1:
                mode[columns.type == LinkType.FF] = int(Mode.FINISHES)
            mode[source != target] = through
        for number, span in enumerate(columns.lags):
            here = np.flatnonzero(columns.lag == number)
            if not len(here) or not span.amount:
                continue
            if span.dimension == "step":
                mode[here], lag[here] = int(Mode.MONTHS), span.months
            elif span.dimension == "elapsed":
                lag[here] = span.elapsed_minutes
                mode[here] = np.where((source[here] == 0) & (target[here] == 0), plain, through)
            else:
                owner = nominal[columns.source[here]]
                lagclk[here] = owner
                for clock in set(owner.tolist()):
                    length = draft.clocks[clock].calendar.minutes(span)
                    some = here[owner == clock]
                    lag[some] = length
                    same = (source[some] == clock) & (target[some] == clock)
                    mode[some] = np.where(same, plain, through)
        return lag, mode, lagclk

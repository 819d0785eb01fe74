"""The table of a large schedule, filled column by column from the passes: the same cells as item by item, without an object an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipmo.analysis.dates.items import Items, ScheduledItem, Side
from ipmo.cells import Cells, Numbers, Texts
from ipmo.model.columns import WorkColumns, columns_of
from ipmo.model.governance import Gate
from ipmo.model.held import in_no_project
from ipmo.model.later import unread
from ipmo.model.unseen import ids_of_work
from ipmo.model.work import Task
from ipmo.network.clocks import FAR
from ipmo.network.positions import as_array
from ipmo.network.states import FROM_FINISH, LIVE, State
from ipmo.tables import Column, Table
from ipmo.units import DAY, MAX_INSTANT, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.model.portfolio import Portfolio
    from ipmo.network.readings import Readings

    Array = NDArray[np.int64]
    Known = NDArray[np.bool_]

__all__ = ["in_file_order", "table"]

SIDES: tuple[Side, ...] = ("start", "finish", "first")
START, FINISH, FIRST = range(3)
UNKNOWN = -1
"""An instant or a day that is not known."""
INSTANTS = ("early_start", "early_finish", "late_start", "late_finish", "start", "finish")
FLOATS = ("total_float", "free_float", "project_float", "target_float", "commitment_float", "drag")


def table(items: Items, shown: Sequence[str], whole: bool, kinds: Mapping[str, str]) -> Table:
    """One row an item, as `columns.table` has them.

    Args:
        items: the items of a schedule.
        shown: the ids of the rows.
        whole: they are what `in_file_order` gives.
        kinds: the kind of each column.
    """
    rows = _Rows(items, shown, whole)
    return Table(Column(name, kind, rows.cells(name, kind), "d" if kind == "float" else "") for name, kind in kinds.items())


def in_file_order(portfolio: Portfolio) -> list[str]:
    """The full ids of all that can have dates, in the order of the file: of a project what lies in it, itself where nothing does."""
    out: list[str] = []
    columns = _as_columns(portfolio)
    if columns is not None:
        return list(columns.ids)
    for project in portfolio.projects:
        out += [f"{project.id}/{name}" for name in (*ids_of_work(project), *(gate.id for gate in project.gates))] or [project.id]
    return [*out, *(one.id for one in in_no_project(portfolio))]


def _names_in_file_order(portfolio: Portfolio) -> list[str]:
    """The names of what `in_file_order` gives."""
    out: list[str] = []
    columns = _as_columns(portfolio)
    if columns is not None:
        return [""] * len(columns.ids) if columns.names is None else list(columns.names)
    columns = columns_of(portfolio)
    for place, project in enumerate(portfolio.projects):
        if columns is not None and unread(project, "tasks"):
            begin, end = columns.first[place : place + 2].tolist()
            out += [""] * (end - begin) if columns.names is None else columns.names[begin:end]
            out += [gate.name or "" for gate in project.gates]
        else:
            nouns: list[Task | Gate] = [*project.tasks, *project.gates]
            out += [noun.name or "" for noun in nouns] or [project.name or ""]
    return [*out, *(one.name or "" for one in in_no_project(portfolio))]


def _as_columns(portfolio: Portfolio) -> WorkColumns | None:
    """The columns of a portfolio in which nothing but tasks can have dates; None where there are none, or more than those."""
    columns = columns_of(portfolio)
    if columns is None or portfolio.outcomes or portfolio.benefits or portfolio.gates or any(one.gates for one in portfolio.projects):
        return None
    return columns if (columns.first[1:] > columns.first[:-1]).all() else None


class _Rows:
    """The figures of some items as columns: of open work and what is done at once, of summaries and what has no dates one by one."""

    def __init__(self, items: Items, shown: Sequence[str], whole: bool) -> None:
        import numpy as np

        self.items, self.shown = items, shown
        self.passes, self.net = items.passes, items.network
        self.nodes, self.titles = self._found(whole)
        self.read: Readings = self.passes.readings
        pos = as_array(self.passes.positions.pos)
        state = np.where(self.nodes >= 0, self.net.states[self.nodes], int(State.GONE))
        blank = np.zeros(self.net.n, bool)
        blank[list(self.passes.without_duration)] = True
        put_off = np.zeros(self.net.n, bool)
        put_off[list(self.passes.unpostponed_dates)] = True
        places = pos[self.nodes]
        is_open = ((state == LIVE[0]) | (state == LIVE[1])) & ~blank[self.nodes] & ~put_off[places]
        done = state == State.FINISHED
        self.rows = np.flatnonzero(is_open)
        """The rows of open work with dates of its own."""
        self.places = places[self.rows]
        """Their positions."""
        self.done = np.flatnonzero(done)
        self.rest = [(int(row), items[shown[row]]) for row in np.flatnonzero(~(is_open | done)).tolist()]
        self._fill()

    def _found(self, whole: bool) -> tuple[Array, Sequence[str]]:
        """The node of each row, -1 for summaries, and what it is called."""
        import numpy as np

        pf, net = self.items.portfolio, self.net
        if pf is not None and whole and len(self.shown) == net.n:
            return np.arange(net.n), _names_in_file_order(pf)
        nodes = self.passes.nodes
        return np.array([nodes.get(name, -1) for name in self.shown], np.int64), self.items.titles(self.shown)

    def _fill(self) -> None:
        import numpy as np

        size = len(self.shown)
        self.instants: dict[str, Array] = {name: np.full(size, UNKNOWN, np.int64) for name in INSTANTS}
        self.floats: dict[str, NDArray[np.float64]] = {name: np.full(size, np.nan) for name in FLOATS}
        self.flags: dict[str, Array] = {"critical": np.full(size, UNKNOWN, np.int64), "lower_bound": np.zeros(size, np.int64)}
        self.side = np.full(size, FINISH, np.int64)
        self.texts: dict[str, Cells | tuple[str | None, ...]] = {}
        self._open_work()
        self._done()
        for row, item in self.rest:
            for name in INSTANTS:
                when = getattr(item, name)
                self.instants[name][row] = UNKNOWN if when is None else minutes(when)
            for name in FLOATS:
                value = getattr(item, name)
                self.floats[name][row] = np.nan if value is None else value
            self.flags["critical"][row] = UNKNOWN if item.critical is None else item.critical
            self.flags["lower_bound"][row] = item.lower_bound
            self.side[row] = SIDES.index(item.side)
        self._names()

    # ------------------------------------------------------------------------------------------------ open work

    def _open_work(self) -> None:
        """Dates, floats and drag of open work, as `Items.of` makes them of one item."""
        import numpy as np

        passes, read, net, dialect = self.passes, self.read, self.net, self.passes.dialect
        x, late = as_array(passes.early_starts), passes.late.to_end
        whole, aim = as_array(late.x), as_array(passes.late_starts.to_target)
        known = whole < FAR // 2
        start, finish = read.window(x, as_array(passes.finishes))
        begun = self._begun()
        began = begun != UNKNOWN
        late_start, late_finish = read.window(whole, read.late_finishes(late))
        late_start, late_finish = np.where(known, late_start, UNKNOWN), np.where(known, late_finish, UNKNOWN)
        early_start, early_finish = start, finish
        if not dialect.remaining_dates:
            early_start = np.where(began, begun, early_start)
            late_start = np.where(began & known, begun, late_start)
        if passes.back_from is not None or dialect.direction == "back":
            start, finish = np.where(known, late_start, start), np.where(known, late_finish, finish)
        start = np.where(began, begun, start)
        for name, column in zip(INSTANTS, (early_start, early_finish, late_start, late_finish, start, finish), strict=True):
            inside = (column >= 0) & (column < MAX_INSTANT)
            self.instants[name][self.rows] = np.where(inside, column, UNKNOWN)[self.places]
        total = np.where(known, read.days(x, whole), np.nan)
        free, own, last = read.free_starts, read.project_late_starts, as_array(self.items.commitments.late.x)
        owned = passes.live & (as_array(passes.groups) < len(net.projects))
        found = {
            "total_float": total,
            "free_float": np.where(known & (free < FAR), read.days(x, free), np.nan),
            "project_float": np.where(owned, read.days(x, own), np.nan),
            "target_float": np.where(aim < FAR // 2, read.days(x, aim), np.nan),
            "commitment_float": np.where(last < FAR // 2, read.days(x, last), np.nan),
        }
        for name, figures in found.items():
            self.floats[name][self.rows] = figures[self.places]
        critical = passes.critical_places
        if dialect.critical == "float":
            critical = known & (total <= self._thresholds())
        self.flags["critical"][self.rows] = critical[self.places]
        bounded = np.zeros(self.net.n, bool)
        bounded[list(passes.lower_bounded)] = True
        self.flags["lower_bound"][self.rows] = bounded[self.places]
        self._drags(critical)
        side = np.where(self._at_start(x), START, FINISH)
        side[self._benefits()] = FIRST
        self.side[self.rows] = np.where(start == finish, side, FINISH)[self.places]

    def _begun(self) -> Array:
        """When the work of each position began, as an instant; -1 where it has not."""
        import numpy as np

        out = np.full(self.net.n, UNKNOWN, np.int64)
        if self.net.starts:
            out[as_array(self.passes.positions.pos)[list(self.net.starts)]] = list(self.net.starts.values())
        return out

    def _thresholds(self) -> NDArray[Any]:
        """The float up to which work is critical, in days of each position's calendar."""
        span = self.passes.dialect.critical_float
        clocks = [self.net.clock(number) for number in self.read.clocks]
        return self.read.of_clock(
            {clock.number: clock.calendar.minutes(span) / clock.day_minutes if span.amount else 0.0 for clock in clocks}
        )

    def _drags(self, critical: Known) -> None:
        import numpy as np

        passes, order = self.passes, self.passes.positions.order
        if passes.end is None:
            return
        chosen = np.flatnonzero(critical[self.places])
        without, dur = passes.ends_without, passes.positions.dur
        for row, place in zip(self.rows[chosen].tolist(), self.places[chosen].tolist(), strict=True):
            end = without.get(place, passes.end) if dur[place] else passes.end
            self.floats["drag"][row] = self.items.drag_days(int(order[place]), end)

    def _benefits(self) -> Array:
        """The positions of benefits: they start on their first whole day."""
        import numpy as np

        nodes = [node for node, kind in enumerate(self.net.kinds) if kind == "benefit"]
        return as_array(self.passes.positions.pos)[np.array(nodes, np.int64)]

    def _at_start(self, x: Array) -> Known:
        """Whether each position, where it is a point in time, is read as a start; see `Items.side`."""
        import numpy as np

        p, net = self.passes.positions, self.net
        dur = as_array(p.dur)
        points = (as_array(p.clk) == 0) & (dur == 0)
        held = points & (x == as_array(net.low)[as_array(p.order)])
        out = held.copy()
        links = np.flatnonzero(self.read.drives == 1)
        heads = np.repeat(np.arange(net.n), np.diff(as_array(p.ptr)))[links]
        links = links[(points & ~held)[heads]]
        heads = heads[(points & ~held)[heads]]
        givers, kinds = as_array(p.src)[links], as_array(p.typ)[links]
        out[heads[(dur[givers] != 0) & ~np.isin(kinds, tuple(FROM_FINISH))]] = True
        while (more := heads[out[givers] & ~out[heads]]).size:  # points that follow one another
            out[more] = True
        return np.asarray(out, bool)

    # ------------------------------------------------------------------------------------- what is done, and names

    def _done(self) -> None:
        """Finished work: its dates are facts."""
        import numpy as np

        starts, ends, kinds = self.net.starts, self.net.finishes, self.net.kinds
        nodes = self.nodes[self.done].tolist()
        first = np.array([starts[node] for node in nodes], np.int64)
        last = np.array([ends[node] for node in nodes], np.int64)
        for name, column in (("early_start", first), ("start", first), ("early_finish", last), ("finish", last)):
            self.instants[name][self.done] = column
        self.flags["critical"][self.done] = 0
        self.side[self.done] = [{"gate": START, "benefit": FIRST}.get(kinds[node], FINISH) for node in nodes]

    def _names(self) -> None:
        """What items are called, where they belong, and what bounds them."""
        import numpy as np

        items, net, read = self.items, self.net, self.read
        stated = items.stated_names
        self.texts["id"] = tuple(self.shown)
        self.texts["name"] = tuple(self.titles)
        kinds = net.kinds
        self.texts["kind"] = self._patched("kind", tuple([kinds[node] if node >= 0 else "" for node in self.nodes.tolist()]))
        owner = np.where(self.nodes >= 0, as_array(net.project)[self.nodes], -1)
        self.texts["project"] = self._labels("project", np.where(owner < 0, len(net.projects), owner), [*net.projects, ""])
        codes, names = read.targets
        aimed = as_array(self.passes.late_starts.to_target) < FAR // 2
        codes = np.where(aimed, codes, -1)
        self.texts["target"] = self._labels("target", self._rowed(codes), names)
        told = np.array([0 if name in stated else 1 for name in names] + [-1], np.int64)
        self.texts["target_is"] = self._labels("target_is", self._rowed(told[codes]), ["commitment", "forecast"])
        codes, names = items.commitments.labels
        self.texts["commitment"] = self._labels("commitment", self._rowed(codes), names)
        sets, listed = read.sets_of(self.passes.target_ends())
        self.texts["critical_for"] = self._labels("critical_for", np.maximum(self._rowed(sets), 0), listed)

    def _rowed(self, column: Array) -> Array:
        """A column by position as one by row; -1 for rows that are no open work."""
        import numpy as np

        out = np.full(len(self.shown), -1, np.int64)
        out[self.rows] = column[self.places]
        return out

    def _text_of(self, name: str, item: ScheduledItem) -> str | None:
        value = getattr(item, name)
        return ", ".join(value) if isinstance(value, tuple) else value

    def _labels(self, name: str, codes: Array, texts: Sequence[str]) -> Texts:
        """Texts by number, with those of the rows that were made one by one."""
        place = {text: code for code, text in enumerate(texts)}
        more = list(texts)
        for row, item in self.rest:
            text = self._text_of(name, item)
            if text is not None and text not in place:
                place[text] = len(more)
                more.append(text)
            codes[row] = -1 if text is None else place[text]
        return Texts(codes, more)

    def _patched(self, name: str, texts: tuple[str | None, ...]) -> tuple[str | None, ...]:
        if not self.rest:
            return texts
        found = list(texts)
        for row, item in self.rest:
            found[row] = self._text_of(name, item)
        return tuple(found)

    # -------------------------------------------------------------------------------------------------- cells

    def cells(self, name: str, kind: str) -> Cells | tuple[str | None, ...]:
        """The cells of a column."""
        import numpy as np

        if name in self.texts:
            return self.texts[name]
        if name in self.floats:
            return Numbers(kind, self.floats[name], ~np.isnan(self.floats[name]))
        if name in self.flags:
            return Numbers(kind, self.flags[name] == 1, self.flags[name] != UNKNOWN)
        if name in self.instants:
            return Numbers(kind, self.instants[name], self.instants[name] != UNKNOWN)
        days = self._days(name)
        return Numbers(kind, days, days != UNKNOWN)

    def _days(self, name: str) -> Array:
        """The days that people say of a start or finish, as `items.said` says them."""
        import numpy as np

        which, _, end = name.removesuffix("_date").rpartition("_")
        pair = [self.instants[f"{which}_{side}" if which else side] for side in ("start", "finish")]
        if not which:  # what has no dates of its own may have early ones
            early = (self.instants["early_start"], self.instants["early_finish"])
            pair = [np.where(one == UNKNOWN, other, one) for one, other in zip(pair, early, strict=True)]
        begin, finish = pair
        at_finish = self.side == FINISH
        when, ends = (begin, at_finish & (begin == finish)) if end == "start" else (finish, at_finish)
        moved = np.where(self.side == FIRST, when + DAY - 1, np.maximum(when - ends, 0))
        days: Array = np.where(when == UNKNOWN, UNKNOWN, moved // DAY)
        return days

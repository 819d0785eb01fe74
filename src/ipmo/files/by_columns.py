"""A portfolio from tables column by column: tasks and links are checked as columns, and nouns are made of those that somebody looks at.

What it takes is what can be checked as columns: tasks with durations, links between them, money, effort, owners and names, beside
whatever else a portfolio holds. Where anything asks for more, or is wrong, `portfolio_by_columns` gives nothing, and the tables are
read row by row: that says what is wrong with each of them.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ipmo.declared import Declared
from ipmo.errors import ModelError, UnitError
from ipmo.files.structure import structure
from ipmo.model.columns import WorkColumns
from ipmo.model.contents import Source
from ipmo.model.estimates import Referenced, number
from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.governance import LINK_TYPES, After
from ipmo.model.integrity import KINDS
from ipmo.model.later import leave
from ipmo.model.plain import from_table_rows, plain_row
from ipmo.model.portfolio import Portfolio
from ipmo.model.reading import Reading, nouns_of, values_of
from ipmo.model.references import ID
from ipmo.model.shape import keys_of
from ipmo.model.work import Link, Project, Task
from ipmo.tables import Table, rows_of

if TYPE_CHECKING:
    import narwhals as nw
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Frame = nw.DataFrame[PlainData]
    Column = nw.Series[PlainData]

__all__ = ["portfolio_by_columns"]

TITLES: Final = ("name", "category", "note")
"""Columns of free text."""
QUANTITIES: Final = ("budget", "actual", "forecast", "effort")
"""Columns of which nearly every cell is another number of the same few units."""
KEPT: Final = ("baseline_start", "baseline_finish", "needed", "promised", "status")
"""Columns that move no date: of each different text it is enough to know that it can be read."""
OWNERS: Final = ("owner", "giver_owner", "receiver_owner")
FEW: Final = 20_000
"""So many different cells of a column are read one by one."""
NUMBER: Final = r"^[0-9]{1,9}(\.[0-9]{1,6})? "
PLAIN_ID: Final = r"^[A-Za-z0-9_.-]{1,200}$"
TYPES: Final[Mapping[str | None, int]] = {None: 0, **{name: number for number, name in enumerate(LINK_TYPES)}}


class _NotPlainError(Exception):
    """These tables hold what is not checked by columns."""


def portfolio_by_columns(frames: Mapping[str, PlainData], declared: Declared) -> Portfolio | None:
    """A portfolio whose tasks and links are made when they are looked at; None where the tables have to be read row by row.

    Args:
        frames: by name, frames of pandas, polars or Arrow, laid out as `portfolio.tables()`.
        declared: what methodologies declare.
    """
    import narwhals as nw

    tables: dict[str, Frame] = {}
    for name, frame in frames.items():
        found = frame if isinstance(frame, Table) else nw.from_native(frame, eager_only=True, pass_through=True)
        if not isinstance(found, nw.DataFrame):
            return None
        tables[name] = found
    if "tasks" not in tables or not len(tables["tasks"]):
        return None
    try:
        return _Tables(tables, declared).portfolio()
    except (_NotPlainError, ModelError, UnitError):
        return None


@attrs.frozen(eq=False)
class _Links:
    """Links as columns: their ends as nodes, their types, and the place of their lags."""

    source: Ints
    target: Ints
    type: Ints
    lag: Ints


class _Tables:
    """The tables of one portfolio on their way to columns."""

    def __init__(self, tables: Mapping[str, Frame], declared: Declared) -> None:
        self.tasks, self.links = tables["tasks"], tables.get("links")
        self.rest = {name: rows_of(frame, name) for name, frame in tables.items() if name not in ("tasks", "links")}
        self.declared, self.reading = declared, Reading(declared)
        self.owners: set[str] = set()
        self.lags: dict[str, int] = {}
        self.spans: list[PlainData] = []

    def portfolio(self) -> Portfolio:
        """The portfolio.

        Raises:
            _NotPlainError: something has to be looked at row by row.
            ModelError, UnitError: something is wrong.
        """
        import numpy as np

        projects = self._in_order()
        self._column_by_column(self.tasks, Task, {"project", "id", "duration", "milestone", "after", *QUANTITIES})
        milestone = self._milestones()[self.order]
        time, times = self._times(milestone)
        inside, written = self._inside(), self._between()
        parts = (inside, written) if written is not None else (inside,)
        source, target, kind, lag = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("source", "target", "type", "lag")
        )
        self._each_once(source, target, kind)
        names = self.tasks["name"] if "name" in self.tasks.columns and self.tasks["name"].null_count() < len(self.tasks) else None
        columns = WorkColumns(
            ids=self.ids,
            first=self.first,
            milestone=milestone,
            time=time,
            times=tuple(times),
            source=source,
            target=target,
            type=kind,
            lag=lag,
            lags=tuple(self.spans),
            inside=len(inside.source),
            local=self.local,
            names=None if names is None else self._sorted([name or "" for name in _listed(names)]),
        )
        if self.reading.findings:
            raise _NotPlainError
        return self._whole(projects, columns)

    # ------------------------------------------------------------------------------------------- tasks

    def _in_order(self) -> list[PlainMap]:
        """The rows of projects; finds which tasks lie in which, and in what order they stand then."""
        import numpy as np

        owners, names = _texts(self.tasks, "project"), _texts(self.tasks, "id")
        rows = self.rest.setdefault("projects", [])
        places = {str(row.get("id")): place for place, row in enumerate(rows)}
        for owner in dict.fromkeys(owners):
            if owner not in places:
                places[owner] = len(rows)
                rows.append({"id": owner})
        self.document = from_table_rows(self.rest)
        ordered = [str(row.get("id")) for row in self.document["projects"]]
        if ordered[: len(places)] != list(places):
            raise _NotPlainError
        place = np.fromiter(map(places.__getitem__, owners), np.int64, len(owners))
        self.together = bool((np.diff(place) >= 0).all())
        self.order = np.arange(len(place)) if self.together else np.argsort(place, kind="stable")
        self.names = self._sorted(names)
        self.project = place[self.order]
        self.first = np.searchsorted(self.project, np.arange(len(ordered) + 1))
        odd = self.tasks["id"].filter(~self.tasks["id"].str.contains(PLAIN_ID)).to_list()
        if any(not ID.fullmatch(name) or len(name) > 200 or not name.isprintable() for name in odd):
            raise _NotPlainError
        self.local: list[dict[str, int]] = []
        cuts = self.first.tolist()
        for place_of, (begin, end) in enumerate(itertools.pairwise(cuts)):
            found = dict(zip(self.names[begin:end], range(begin, end), strict=True))
            beside = self.document["projects"][place_of]
            if len(found) < end - begin or any(
                str(noun.get("id")) in found for group in ("gates", "risks") for noun in beside.get(group, ())
            ):
                raise _NotPlainError
            self.local.append(found)
        fronts = [f"{name}/" for name in ordered]
        self.ids = list(map(str.__add__, map(fronts.__getitem__, self.project.tolist()), self.names))
        return list(self.document["projects"])

    def _sorted(self, values: list[PlainData]) -> list[PlainData]:
        return values if self.together else list(map(values.__getitem__, self.order.tolist()))

    def _column_by_column(self, frame: Frame, noun: type, settled: set[str]) -> None:
        """Looks at the columns that no other method looks at.

        Raises:
            _NotPlainError: there is one that has to be looked at row by row.
        """
        for name in frame.columns:
            column = frame[name]
            if column.null_count() == len(frame):
                continue
            if name not in keys_of(noun) and name not in settled:
                raise _NotPlainError
            if name in TITLES:
                _plain_text(column)
            elif name in QUANTITIES and noun is Task:
                self._quantities(column, name)
            elif name in OWNERS:
                _plain_text(column)
                self.owners.update(set(_listed(column)) - {None})
            elif name in KEPT:
                self._read_each(column, name, noun)
            elif name not in settled:
                raise _NotPlainError

    def _quantities(self, column: Column, name: str) -> None:
        """Money or effort: plain numbers of units that can be read, or few enough to read each."""
        if _is_text(column) and len(column) > FEW:
            given = column.drop_nulls()
            if given.str.contains(NUMBER).all():
                for rest in _distinct(given.str.replace(NUMBER, "")):
                    for amount in ("0", "1.5", "999999999.999999"):
                        self._value(Task, name, f"{amount} {rest}")
                return
        for value in self._read_each(column, name, Task):
            lines = getattr(value, "lines", None)
            amounts = [] if lines is None else [None if one.amount is None else one.amount.central() for one in lines]
            if len(amounts) > 1 or any(amount is None or number(amount) < 0 for amount in amounts):
                raise _NotPlainError
            if lines and (lines[0].since is not None or lines[0].until is not None):
                raise _NotPlainError

    def _read_each(self, column: Column, name: str, noun: type) -> list[PlainData]:
        """What each different cell of a column says."""
        return [self._value(noun, name, cell) for cell in _distinct(column)]

    def _value(self, noun: type, name: str, cell: object) -> PlainData:
        plain = plain_row({name: cell})
        if not plain or isinstance(plain[name], dict | list):  # what is nested counts as a noun of its own
            raise _NotPlainError
        return next(iter(values_of(noun, plain, self.reading, whole=False).values()))

    def _milestones(self) -> NDArray[np.bool_]:
        import numpy as np

        if "milestone" not in self.tasks.columns or self.tasks["milestone"].null_count() == len(self.tasks):
            return np.zeros(len(self.tasks), bool)
        cells = _listed(self.tasks["milestone"])
        if not set(cells) <= {True, False, None} or any(type(cell) not in (bool, type(None)) for cell in set(cells)):
            raise _NotPlainError
        return np.fromiter(map(bool, cells), bool, len(cells))

    def _times(self, milestone: NDArray[np.bool_]) -> tuple[Ints, list[PlainData]]:
        """The place of each duration among those that occur, and these."""
        import numpy as np

        if "duration" not in self.tasks.columns or self.tasks["duration"].null_count() == len(self.tasks):
            return np.full(len(self.tasks), -1, np.int64), []
        cells = _listed(self.tasks["duration"])
        distinct = [cell for cell in dict.fromkeys(cells) if cell is not None]
        times = [self._value(Task, "duration", cell) for cell in distinct]
        lasting = []
        for time in times:
            central = time.central()
            if isinstance(time, Referenced) or central is None or number(central) < 0 or central.dimension == "step":
                raise _NotPlainError
            lasting.append(number(central) > 0)
        places: dict[PlainData, int] = {cell: place for place, cell in enumerate(distinct)}
        places[None] = -1
        time_of = np.fromiter(map(places.__getitem__, cells), np.int64, len(cells))[self.order]
        if (milestone & np.array([*lasting, False], bool)[time_of]).any():
            raise _NotPlainError
        return time_of, times

    # ------------------------------------------------------------------------------------------- links

    def _lag(self, cell: str, noun: type) -> int:
        """The place of a lag among those that occur; -1 for none."""
        if cell not in self.lags:
            self.lags[cell] = len(self.spans)
            self.spans.append(self._value(noun, "lag", cell))
        return self.lags[cell]

    def _inside(self) -> _Links:
        """The links that stand with what follows, under `after`."""
        import numpy as np

        self.mappings = 0
        none = np.zeros(0, np.int64)
        if "after" not in self.tasks.columns or self.tasks["after"].null_count() == len(self.tasks):
            return _Links(none, none, none, none)
        if not _is_text(self.tasks["after"]):
            raise _NotPlainError
        cells = self._sorted(_listed(self.tasks["after"]))
        waits = _parsed(cells)
        counts = np.fromiter(map(len, waits), np.int64, len(waits))
        flat: list[PlainData] = list(itertools.chain.from_iterable(waits))
        kinds, lags = np.zeros(len(flat), np.int64), np.full(len(flat), -1, np.int64)
        if set(map(type, flat)) != {str}:
            for place, one in enumerate(flat):
                if type(one) is dict:
                    if not one.keys() <= {"from", "type", "lag"} or one.get("type") not in TYPES or type(one.get("from")) is not str:
                        raise _NotPlainError
                    flat[place], kinds[place] = one["from"], TYPES[one.get("type")]
                    if one.get("lag") is not None:
                        lags[place] = self._lag(one["lag"], After)
                    self.mappings += 1
                elif type(one) is not str:
                    raise _NotPlainError
        ends = np.concatenate([[0], np.cumsum(counts)])[self.first].tolist()
        source: list[int | None] = []
        for local, (begin, end) in zip(self.local, itertools.pairwise(ends), strict=True):
            source += map(local.get, flat[begin:end])
        if None in source:
            raise _NotPlainError
        return _Links(np.array(source, np.int64), np.repeat(np.arange(len(counts)), counts), kinds, lags)

    def _between(self) -> _Links | None:
        """The links of the table of links."""
        import numpy as np

        links = self.links
        if links is None or not len(links):
            return None
        self._column_by_column(links, Link, {"from", "to", "type", "lag"})
        _texts(links, "from"), _texts(links, "to")
        ends = [self._places(links[column]) for column in ("from", "to")]
        kinds, lags = np.zeros(len(links), np.int64), np.full(len(links), -1, np.int64)
        if "type" in links.columns:
            cells = _listed(links["type"])
            if not set(cells) <= TYPES.keys():
                raise _NotPlainError
            kinds = np.fromiter(map(TYPES.__getitem__, cells), np.int64, len(cells))
        if "lag" in links.columns:
            cells = _listed(links["lag"])
            places: dict[PlainData, int] = {cell: -1 if cell is None else self._lag(cell, Link) for cell in dict.fromkeys(cells)}
            lags = np.fromiter(map(places.__getitem__, cells), np.int64, len(cells))
        return _Links(ends[0], ends[1], kinds, lags)

    def _places(self, column: Column) -> Ints:
        """The nodes that the cells of a column name."""
        import narwhals as nw
        import numpy as np

        known = nw.new_series("name", self.ids, nw.String, backend=column.implementation).to_frame().with_row_index("place")
        asked = column.alias("name").to_frame().with_row_index("row")
        joined = asked.join(known, on="name", how="inner")
        out = np.full(len(column), -1, np.int64)
        out[joined["row"].to_numpy()] = joined["place"].to_numpy()
        if (out < 0).any():
            raise _NotPlainError
        return out

    def _each_once(self, source: Ints, target: Ints, kind: Ints) -> None:
        """Refuses links from an item to itself, and two of one type between the same two."""
        import numpy as np

        pairs = np.sort((source * len(self.ids) + target) * len(LINK_TYPES) + kind)
        if (source == target).any() or (pairs[1:] == pairs[:-1]).any():
            raise _NotPlainError

    # --------------------------------------------------------------------------------------- the whole

    def _whole(self, rows: list[PlainMap], columns: WorkColumns) -> Portfolio:
        """The portfolio, its tasks and links left out until somebody looks at them."""
        links = self.links
        written = 0 if links is None else len(links)
        understood = _mappings(self.document) + len(columns.ids) + written + self.mappings
        projects = nouns_of(Project, rows, self.reading)
        for project, begin, end in zip(projects, columns.first.tolist(), columns.first.tolist()[1:], strict=False):
            if end > begin:
                leave(project, {"tasks": functools.partial(self._made, begin, end)})
        document = {**self.document, "projects": list(projects)}
        found = structure(document, Source(format="plain", understood=understood, findings=tuple(self.reading.findings)), self.declared)
        known = {noun.id for name in KINDS["owner"] for noun in getattr(found, name)}
        if not {owner for owner in self.owners if owner} <= known:
            raise _NotPlainError
        makers: dict[str, Callable[[], object]] = (
            {"links": functools.partial(_links, links, self.declared)} if links is not None and written else {}
        )
        return leave(found, makers, columns)

    def _made(self, begin: int, end: int) -> tuple[Task, ...]:
        """The tasks at some places, as nouns."""
        frame = self.tasks[begin:end] if self.together else self.tasks[self.order[begin:end].tolist()]
        rows = [plain_row(row) for row in frame.iter_rows(named=True)]
        for row in rows:
            del row["project"]
        return nouns_of(Task, rows, Reading(self.declared))


def _links(frame: Frame, declared: Declared) -> tuple[Link, ...]:
    """The links of a table, as nouns."""
    return nouns_of(Link, map(plain_row, frame.iter_rows(named=True)), Reading(declared))


def _parsed(cells: Sequence[str | None]) -> list[Sequence[object]]:
    """What each task comes after, by its cell: nothing, the name of one, or a list as JSON text."""
    nested = [cell for cell in cells if cell is not None and cell[:1] in ("[", "{")]
    try:
        said = json.loads(f"[{',0,'.join(nested)}]")  # all at once; the zero between them is a value of no cell
    except (ValueError, RecursionError):
        raise _NotPlainError from None
    if len(said) != max(2 * len(nested) - 1, 0) or any(one != 0 or type(one) is not int for one in said[1::2]):
        raise _NotPlainError
    lists = iter(said[::2])
    out: list[Sequence[object]] = []
    for cell in cells:
        if cell is None:
            out.append(())
        elif cell[:1] in ("[", "{"):
            one = next(lists)
            out.append(one if type(one) is list else (one,))
        else:
            out.append((cell,))
    return out


def _mappings(data: object) -> int:
    """How many mappings plain data holds."""
    if isinstance(data, dict):
        return 1 + sum(map(_mappings, data.values()))
    return sum(map(_mappings, data)) if isinstance(data, list) else 0


def _is_text(column: Column) -> bool:
    import narwhals as nw

    return bool(column.dtype == nw.String)


def _listed(column: Column) -> list[PlainData]:
    """The cells of a column, None where a frame has a missing value of its own."""
    values: list[PlainData] = column.to_list()
    if not column.null_count():
        return values
    missing = column.is_null().to_list()
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]


def _distinct(column: Column) -> Iterable[PlainData]:
    """The different cells of a column that hold anything."""
    try:
        return dict.fromkeys(cell for cell in _listed(column.drop_nulls().unique()) if cell is not None)
    except TypeError:  # lists and mappings
        raise _NotPlainError from None


def _plain_text(column: Column) -> None:
    """Refuses a column that holds anything but text that is taken as it stands."""
    given = column.drop_nulls() if _is_text(column) else None
    if given is None or not "".join(given.to_list()).isprintable() or given.str.contains(r"^[\[{]").any():
        raise _NotPlainError


def _texts(frame: Frame, name: str) -> list[str]:
    """The cells of a column in which each row has a text."""
    if name not in frame.columns or not _is_text(frame[name]) or frame[name].null_count():
        raise _NotPlainError
    _plain_text(frame[name])
    cells: list[str] = frame[name].to_list()
    if "" in cells:
        raise _NotPlainError
    return cells

"""A portfolio column by column: tasks and links are checked as columns, and nouns are made of those that somebody looks at.

What it takes is what can be checked as columns: tasks with durations, links between them, money, effort, owners and names, beside
whatever else a portfolio holds. Where anything asks for more, or is wrong, there is no portfolio by columns, and everything is
read one by one: that says what is wrong with each of them. `files.cells` has the columns of frames and of files.
"""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from ipmo.declared import Declared
from ipmo.errors import ModelError, UnitError
from ipmo.files.cells import Cells, FrameCells, NotPlainError, RowCells
from ipmo.files.structure import structure
from ipmo.model.columns import WorkColumns
from ipmo.model.contents import Source
from ipmo.model.estimates import Referenced, number
from ipmo.model.fields import Plain, PlainData, PlainMap
from ipmo.model.governance import LINK_TYPES, After
from ipmo.model.integrity import KINDS
from ipmo.model.later import being_made, leave
from ipmo.model.plain import from_table_rows, plain_noun, plain_value
from ipmo.model.portfolio import Portfolio
from ipmo.model.reading import Reading, nouns_of, values_of
from ipmo.model.references import ID
from ipmo.model.shape import keys_of
from ipmo.model.unseen import Inside, Kinds
from ipmo.model.work import Link, Project, Task
from ipmo.progress import steps
from ipmo.tables import Table, rows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["document_by_columns", "frames_by_columns"]

T = TypeVar("T")
TITLES: Final = ("name", "category", "note")
"""Columns of free text."""
OWN: Final = frozenset(("id", "name", "after"))
"""Columns that say of each task something else."""
QUANTITIES: Final = ("budget", "actual", "forecast", "effort")
"""Columns of which nearly every cell is another number of the same few units."""
KEPT: Final = ("baseline_start", "baseline_finish", "needed", "promised", "status")
"""Columns that are kept for their nouns: of each different text it is enough to know that it can be read."""
OWNERS: Final = ("owner", "giver_owner", "receiver_owner")
MOST_KINDS, MANY = 1000, 4
"""Kinds of tasks up to which one of each is made to stand for the others; more where as many tasks are of each."""
LEAST = 1000
"""Tasks of a file from which on columns pay: a first answer on a small file loads no numpy."""
TYPES: Final[Mapping[str | None, int]] = {None: 0, **{name: number for number, name in enumerate(LINK_TYPES)}}


def frames_by_columns(frames: Mapping[str, PlainData], declared: Declared) -> Portfolio | None:
    """A portfolio whose tasks and links are made when they are looked at; None where the tables have to be read row by row.

    Args:
        frames: by name, frames of pandas, polars or Arrow, laid out as `portfolio.tables()`.
        declared: what methodologies declare.
    """
    import narwhals as nw

    tables: dict[str, FrameCells] = {}
    for name, frame in frames.items():
        try:
            found = frame if isinstance(frame, Table) else nw.from_native(frame, eager_only=True, pass_through=True)
        except nw.exceptions.DuplicateError:  # two columns of one name
            return None
        if not isinstance(found, nw.DataFrame):
            return None
        tables[name] = FrameCells(found)
    if "tasks" not in tables or not tables["tasks"].size:
        return None
    rest = {name: rows_of(table.frame, name) for name, table in tables.items() if name not in ("tasks", "links")}
    try:
        owners = tables["tasks"].names("project")
        rows = rest.setdefault("projects", [])
        known = {str(row.get("id")) for row in rows}
        rows += [{"id": owner} for owner in dict.fromkeys(owners) if owner not in known]
        document = from_table_rows(rest)
        tasks = FrameCells(tables["tasks"].frame.drop("project").clone())  # who gave the frames may write into them later
        links = FrameCells(tables["links"].frame.clone()) if "links" in tables else None
        return _Columns(document, tasks, owners, links, declared).portfolio()
    except (NotPlainError, ModelError, UnitError):
        return None


def document_by_columns(data: PlainData, source: Source, declared: Declared) -> Portfolio | None:
    """A portfolio whose tasks and links are made when they are looked at; None where the data have to be read one by one.

    Args:
        data: plain data laid out as a file; they stay as they are.
        source: where they were read from.
        declared: what methodologies declare.
    """
    projects = data.get("projects") if isinstance(data, dict) else None
    if not isinstance(projects, list) or "project" in data or not all(type(one) is dict and type(one.get("id")) is str for one in projects):
        return None
    tasks, owners, rows = list[PlainData](), list[str](), list[PlainMap]()
    for project in projects:
        inside = project.get("tasks")
        if type(inside) is not list:
            if inside is not None:
                return None
            inside = []
        rows.append({key: value for key, value in project.items() if key != "tasks"})
        tasks += inside
        owners += [project["id"]] * len(inside)
    links = data.get("links")
    if len(tasks) < LEAST or (links is not None and type(links) is not list):
        return None
    document = {**data, "projects": rows}
    document.pop("links", None)
    try:
        return _Columns(document, RowCells(tasks), owners, RowCells(links) if links else None, declared, source).portfolio()
    except (NotPlainError, ModelError, UnitError):
        return None


@attrs.frozen(eq=False)
class _Links:
    """Links as columns: their ends as nodes, their types, and the place of their lags."""

    source: Ints
    target: Ints
    type: Ints
    lag: Ints


class _Columns:
    """Tasks and links on their way to columns.

    Args:
        document: all else, laid out as a file.
        tasks: the tasks.
        owners: the project of each.
        links: the links across projects, if there are any.
        declared: what methodologies declare.
        source: where everything was read from; of tables it is made.
    """

    def __init__(
        self, document: PlainMap, tasks: Cells, owners: list[str], links: Cells | None, declared: Declared, source: Source | None = None
    ) -> None:
        self.document, self.tasks, self.project_of, self.links = document, tasks, owners, links
        self.declared, self.reading, self.source = declared, Reading(declared), source
        self.owners: set[str] = set()
        self.lags: dict[str, int] = {}
        self.spans: list[PlainData] = []
        self._said: list[PlainMap] | None = None

    def portfolio(self) -> Portfolio:
        """The portfolio.

        Raises:
            NotPlainError: something has to be read one by one.
            ModelError, UnitError: something is wrong.
        """
        import numpy as np

        self._column_by_column(self.tasks, Task, {"id", "duration", "milestone", "after", *QUANTITIES})
        self._in_order()
        milestone = self._milestones()
        time, times = self._times(milestone)
        inside, written = self._inside(), self._between()
        parts = (inside, written) if written is not None else (inside,)
        source, target, kind, lag = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("source", "target", "type", "lag")
        )
        self._each_once(source, target, kind)
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
            delivered=self._delivered(),
            local=self.local,
            names=[name or "" for name in self._sorted(self.tasks.listed("name"))] if "name" in self.tasks.filled() else None,
        )
        if self.reading.findings:
            raise NotPlainError
        return self._whole(columns)

    # ------------------------------------------------------------------------------------------- tasks

    def _in_order(self) -> None:
        """Finds which tasks lie in which project, and in what order they stand then."""
        import numpy as np

        names = self.tasks.names("id")
        ordered = [str(row.get("id")) for row in self.document["projects"]]
        places = {name: place for place, name in enumerate(ordered)}
        if len(places) < len(ordered):
            raise NotPlainError
        place = np.fromiter(map(places.__getitem__, self.project_of), np.int64, self.tasks.size)
        self.together = bool((np.diff(place) >= 0).all())
        self.order = np.arange(len(place)) if self.together else np.argsort(place, kind="stable")
        self.names = self._sorted(names)
        _check_ids(self.names)
        self.project = place[self.order]
        self.first = np.searchsorted(self.project, np.arange(len(ordered) + 1))
        self.local: list[Inside] = []
        for project, (begin, end) in zip(self.document["projects"], itertools.pairwise(self.first.tolist()), strict=True):
            found = Inside(zip(self.names[begin:end], range(begin, end), strict=True), self._alone)
            if len(found) < end - begin:
                raise NotPlainError
            if project.get("tasks") is not None:  # more of them than the table of tasks holds
                raise NotPlainError
            for group in ("gates", "risks"):
                beside = project.get(group)
                if beside and (type(beside) is not list or any(type(noun) is not dict or str(noun.get("id")) in found for noun in beside)):
                    raise NotPlainError
            self.local.append(found)
        fronts = [f"{name}/" for name in ordered]
        self.ids = list(map(str.__add__, map(fronts.__getitem__, self.project.tolist()), self.names))

    def _sorted(self, values: Sequence[T]) -> Sequence[T]:
        return values if self.together else list(map(values.__getitem__, self.order.tolist()))

    def _column_by_column(self, table: Cells, noun: type, settled: set[str]) -> None:
        """Looks at the columns that no other method looks at.

        Raises:
            NotPlainError: there is one that has to be read one by one.
        """
        for name in table.filled():
            if name in QUANTITIES and noun is Task:
                self._quantities(table, name)
            elif name not in settled:
                if name not in keys_of(noun):
                    raise NotPlainError
                if name in TITLES:
                    table.texts(name)
                elif name in OWNERS:
                    self.owners.update(table.texts(name))
                elif name in KEPT:
                    self._read_each(table, name, noun)
                else:
                    raise NotPlainError

    def _quantities(self, table: Cells, name: str) -> None:
        """Money or effort: plain numbers of units that can be read, or few enough to read each."""
        units = table.units(name)
        if units is not None:
            for unit in units:
                for amount in ("0", "1.5", "999999999.999999"):
                    self._value(table, Task, name, f"{amount} {unit}")
            return
        for value in self._read_each(table, name, Task):
            lines = getattr(value, "lines", None)
            amounts = [] if lines is None else [None if one.amount is None else one.amount.central() for one in lines]
            if len(amounts) > 1 or any(amount is None or number(amount) < 0 for amount in amounts):
                raise NotPlainError
            if lines and (lines[0].since is not None or lines[0].until is not None):
                raise NotPlainError

    def _read_each(self, table: Cells, name: str, noun: type) -> list[PlainData]:
        """What each different cell of a column says."""
        return [self._value(table, noun, name, cell) for cell in _different(table.listed(name))]

    def _value(self, table: Cells, noun: type, name: str, cell: object) -> PlainData:
        return next(iter(values_of(noun, {name: table.plain(name, cell)}, self.reading, whole=False).values()))

    def _milestones(self) -> NDArray[np.bool_]:
        import numpy as np

        cells = self._sorted(self.tasks.listed("milestone"))
        if not set(map(type, cells)) <= {bool, Plain, type(None)}:
            raise NotPlainError
        said = {cell: self._value(self.tasks, Task, "milestone", cell) for cell in _different(cells)}
        said[None] = False
        return np.fromiter(map(said.__getitem__, cells), bool, len(cells))

    def _times(self, milestone: NDArray[np.bool_]) -> tuple[Ints, list[PlainData]]:
        """The place of each duration among those that occur, and these."""
        import numpy as np

        cells = self._sorted(self.tasks.listed("duration"))
        different = _different(cells)
        times = [self._value(self.tasks, Task, "duration", cell) for cell in different]
        lasting = []
        for time in times:
            central = time.central()
            if isinstance(time, Referenced) or central is None or number(central) < 0 or central.dimension == "step":
                raise NotPlainError
            lasting.append(number(central) > 0)
        places: dict[PlainData, int] = {cell: place for place, cell in enumerate(different)}
        places[None] = -1
        time_of = np.fromiter(map(places.__getitem__, cells), np.int64, len(cells))
        if (milestone & np.array([*lasting, False], bool)[time_of]).any():
            raise NotPlainError
        return time_of, times

    # ------------------------------------------------------------------------------------------- links

    def _lag(self, table: Cells, cell: PlainData, noun: type) -> int:
        """The place of a lag among those that occur; -1 for none."""
        if cell is None:
            return -1
        if type(cell) is not str:
            raise NotPlainError
        if cell not in self.lags:
            self.lags[cell] = len(self.spans)
            self.spans.append(self._value(table, noun, "lag", cell))
        return self.lags[cell]

    def _inside(self) -> _Links:
        """The links that stand with what follows, under `after`."""
        import numpy as np

        self.mappings = 0
        if "after" not in self.tasks.filled():
            none = np.zeros(0, np.int64)
            return _Links(none, none, none, none)
        waits = self._sorted(self.tasks.waits())
        counts = np.fromiter(map(len, waits), np.int64, len(waits))
        flat: list[PlainData] = list(itertools.chain.from_iterable(waits))
        kinds, lags = np.zeros(len(flat), np.int64), np.full(len(flat), -1, np.int64)
        if set(map(type, flat)) != {str}:
            for place, one in enumerate(flat):
                if type(one) is dict:
                    kind = one.get("type")
                    if not one.keys() <= {"from", "type", "lag"} or type(one.get("from")) is not str or type(kind) not in (str, type(None)):
                        raise NotPlainError
                    if kind not in TYPES:
                        raise NotPlainError
                    flat[place], kinds[place], lags[place] = one["from"], TYPES[kind], self._lag(self.tasks, one.get("lag"), After)
                    self.mappings += 1
                elif type(one) is not str:
                    raise NotPlainError
        ends = np.concatenate([[0], np.cumsum(counts)])[self.first].tolist()
        source: list[int | None] = []
        for local, (begin, end) in zip(self.local, itertools.pairwise(ends), strict=True):
            source += map(local.get, flat[begin:end])
        if None in source:
            raise NotPlainError
        return _Links(np.array(source, np.int64), np.repeat(np.arange(len(counts)), counts), kinds, lags)

    def _between(self) -> _Links | None:
        """The links of the table of links."""
        import numpy as np

        links = self.links
        if links is None or not links.size:
            return None
        self._column_by_column(links, Link, {"from", "to", "type", "lag"})
        ends = [self._places(links, column) for column in ("from", "to")]
        cells = links.listed("type")
        if not set(map(type, cells)) <= {str, type(None)} or not set(cells) <= TYPES.keys():
            raise NotPlainError
        kinds = np.fromiter(map(TYPES.__getitem__, cells), np.int64, len(cells))
        cells = links.listed("lag")
        places = {cell: self._lag(links, cell, Link) for cell in (None, *_different(cells))}
        return _Links(ends[0], ends[1], kinds, np.fromiter(map(places.__getitem__, cells), np.int64, len(cells)))

    def _delivered(self) -> NDArray[np.bool_]:
        """Of the links of the table of links, whether they are delivered."""
        import numpy as np

        cells = () if self.links is None else self.links.listed("status")
        return np.fromiter((cell == "delivered" for cell in cells), bool, len(cells))

    def _places(self, links: Cells, column: str) -> Ints:
        """The nodes that the cells of a column name."""
        import numpy as np

        names = links.names(column)
        if 4 * len(names) > len(self.ids):
            out = links.places(column, self.ids)
        else:
            inside = {str(row.get("id")): local for row, local in zip(self.document["projects"], self.local, strict=True)}
            nobody: Mapping[str, int] = {}
            ends = (name.partition("/") for name in names)
            out = np.array([inside.get(project, nobody).get(inner, -1) for project, _, inner in ends], np.int64)
        if (out < 0).any():
            raise NotPlainError
        return out

    def _each_once(self, source: Ints, target: Ints, kind: Ints) -> None:
        """Refuses links from an item to itself, and two of one type between the same two."""
        import numpy as np

        pairs = np.sort((source * len(self.ids) + target) * len(LINK_TYPES) + kind)
        if (source == target).any() or (pairs[1:] == pairs[:-1]).any():
            raise NotPlainError

    # --------------------------------------------------------------------------------------- the whole

    def _whole(self, columns: WorkColumns) -> Portfolio:
        """The portfolio, its tasks and links left out until somebody looks at them."""
        links, rows = self.links, self.document["projects"]
        source = self.source
        if source is None:
            written = 0 if links is None else links.size
            source = Source(format="plain", understood=_mappings(self.document) + len(columns.ids) + written + self.mappings)
        projects = nouns_of(Project, steps("building", rows, len(rows)), self.reading)
        money = not {"budget", "actual", "forecast"}.isdisjoint(self.tasks.filled())
        kinds = Kinds(self._kinds)
        for project, local, (begin, end) in zip(projects, self.local, itertools.pairwise(columns.first.tolist()), strict=True):
            if end > begin:
                local.write = functools.partial(self._written, columns, begin, end, local)
                local.plain, local.kinds = not money and not columns.milestone[begin:end].any(), kinds
                leave(project, {"tasks": (end - begin, functools.partial(self._made, begin, end, local))}, local)
        document = {**self.document, "projects": list(projects)}
        with being_made():
            found = structure(document, attrs.evolve(source, findings=(*source.findings, *self.reading.findings)), self.declared)
        known = {noun.id for name in KINDS["owner"] for noun in getattr(found, name)}
        if not self.owners <= known:
            raise NotPlainError
        if links is None or not links.size:
            return leave(found, {}, columns)
        return leave(found, {"links": (links.size, lambda: nouns_of(Link, links.rows(slice(None)), Reading(self.declared)))}, columns)

    def _kinds(self) -> tuple[list[int], tuple[Task, ...]] | None:
        """The kind of each task by its place, and a task of each kind; None where there are nearly as many kinds as tasks."""
        import numpy as np

        columns = [self._sorted(self.tasks.listed(name)) for name in self.tasks.filled() if name not in OWN]
        columns += [
            list(map(type, column)) for column in columns if len({*map(type, column)} - {type(None)}) > 1
        ]  # 5 and "5" are read otherwise
        known: dict[tuple[PlainData, ...], int] = {}
        kinds = [known.setdefault(cells, len(known)) for cells in (zip(*columns, strict=True) if columns else [()] * self.tasks.size)]
        if len(known) > MOST_KINDS and MANY * len(known) > len(kinds):
            return None
        first = np.unique(np.array(kinds), return_index=True)[1]
        return kinds, nouns_of(Task, self.tasks.rows(self.order[first].tolist()), Reading(self.declared))

    def _written(self, columns: WorkColumns, begin: int, end: int, local: Inside) -> list[PlainMap] | None:
        """The tasks at some places as files have them; None where none stands for others."""
        if local.kinds is None or local.kinds.found is None:
            return None
        kinds, tasks = local.kinds.found
        if self._said is None:
            self._said = [plain_noun(task, OWN) for task in tasks]
        titles = columns.names[begin:end] if columns.names is not None else [""] * (end - begin)
        out: list[PlainMap] = []
        for kind, name, title, after in zip(kinds[begin:end], self.names[begin:end], titles, self._after(columns, begin, end), strict=True):
            row: PlainMap = {"id": name}
            if title:
                row["name"] = title
            if after:
                row["after"] = after[0] if len(after) == 1 else after
            row.update({key: value if type(value) is str else copy.deepcopy(value) for key, value in self._said[kind].items()})
            out.append(row)
        return out

    def _after(self, columns: WorkColumns, begin: int, end: int) -> list[list[PlainData]]:
        """What each of the tasks at some places comes after, as files have it."""
        import numpy as np

        out: list[list[PlainData]] = [[] for _ in range(end - begin)]
        rows = slice(*np.searchsorted(columns.target[: columns.inside], [begin, end]).tolist())
        for source, target, kind, lag in zip(
            *(column[rows].tolist() for column in (columns.source, columns.target, columns.type, columns.lag)), strict=True
        ):
            more = {"type": LINK_TYPES[kind]} if kind else {}
            if lag >= 0:
                more["lag"] = plain_value(columns.lags[lag])
            out[target - begin].append({"from": self.names[source], **more} if more else self.names[source])
        return out

    def _made(self, begin: int, end: int, local: Inside) -> tuple[Task, ...]:
        """The tasks at some places, as nouns; those that were made alone stay what they are."""
        rows = self.tasks.rows(slice(begin, end) if self.together else self.order[begin:end].tolist())
        made = nouns_of(Task, rows, Reading(self.declared))
        return tuple(local.made.get(place, task) for place, task in enumerate(made, begin)) if local.made else made

    def _alone(self, place: int) -> Task:
        """The task at a place."""
        return nouns_of(Task, self.tasks.rows([int(self.order[place])]), Reading(self.declared))[0]


def _check_ids(names: Sequence[str]) -> None:
    """Refuses names that are no ids."""
    joined = "".join(names)
    odd = any(sign in joined for sign in " /:@")  # what can be printed holds no other space
    if (odd and not all(map(ID.fullmatch, names))) or max(map(len, names)) > 200:
        raise NotPlainError


def _different(cells: Iterable[PlainData]) -> list[PlainData]:
    """The different cells that hold anything."""
    try:
        return [cell for cell in dict.fromkeys(cells) if cell is not None]
    except TypeError:  # lists and mappings
        raise NotPlainError from None


def _mappings(data: object) -> int:
    """How many mappings plain data holds."""
    if isinstance(data, dict):
        return 1 + sum(map(_mappings, data.values()))
    return sum(map(_mappings, data)) if isinstance(data, list) else 0

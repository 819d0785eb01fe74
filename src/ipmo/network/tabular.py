"""A network from tables of tasks and links, column by column: for a million tasks, without an object for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ipmo.errors import ModelError
from ipmo.model.calendars import CONTINUOUS, STANDARD, Calendar
from ipmo.model.estimating import as_time
from ipmo.network.network import Network
from ipmo.network.states import TYPES
from ipmo.units import ELAPSED, Span, as_span, as_when, minutes

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["network_of_tables"]

PLAIN: Final[Mapping[str, frozenset[str]]] = {
    "portfolio": frozenset({"id", "name", "start", "calendar", "money", "note"}),
    "projects": frozenset({"id", "name", "programme", "owner", "category", "budget", "actual", "forecast"}),
    "tasks": frozenset({"project", "id", "name", "duration", "milestone", "owner", "category", "budget", "actual", "forecast", "effort"}),
    "links": frozenset({"id", "from", "to", "type", "lag", "giver_owner", "receiver_owner", "status", "note", "needed", "promised"}),
}
"""Tables and columns that say when work can be done, or do not bear on it; what else may move a date needs the whole portfolio."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {"projects": ("id",), "tasks": ("project", "id"), "links": ("from", "to")}
"""Columns that a table cannot do without."""
CALENDARS: Final[Mapping[str, Calendar]] = {one.id: one for one in (STANDARD, CONTINUOUS)}


def network_of_tables(tables: Mapping[str, Any]) -> Network:
    """The network of work that has durations, links, and one built-in calendar: what `ipmo.schedule` takes.

    The same dates and floats as those of `ipmo.from_tables` on the same frames.

    Args:
        tables: by name, `portfolio` (id, start), `projects` (id), `tasks` (project, id, duration) and `links` (from, to, type,
            lag): frames of pandas, polars or Arrow, laid out as `portfolio.tables()`. Money, owners and names may stand in them.

    Raises:
        ModelError: a table or column bears on dates in another way, a link names no task, or the portfolio states no start.
        UnitError: a duration, a lag or the start is none.
    """
    import narwhals as nw
    import numpy as np

    frames = {name: nw.from_native(frame, eager_only=True) for name, frame in tables.items()}
    for name, frame in frames.items():
        _only_plain(name, frame)
    if "tasks" not in frames or "portfolio" not in frames:
        raise ModelError("a network needs the tables 'portfolio' and 'tasks'")
    (start, *_), (named, *_) = (_cells(frames["portfolio"], "portfolio", column) or [None] for column in ("start", "calendar"))
    if start is None:
        raise ModelError("nothing says when the portfolio starts; write start: into its table")
    calendar = CALENDARS.get(named or STANDARD.id)
    if calendar is None:
        raise ModelError(f"calendar {named!r} is none of {', '.join(CALENDARS)}; read the tables with ipmo.from_tables")
    tasks = frames["tasks"]
    owners = _names(tasks, "tasks", "project")
    ids = [f"{project}/{task}" for project, task in zip(owners, _names(tasks, "tasks", "id"), strict=True)]
    projects = _names(frames["projects"], "projects", "id") if "projects" in frames else list(dict.fromkeys(owners))
    place_of = {project: place for place, project in enumerate(projects)}
    node_of = {full_id: place for place, full_id in enumerate(ids)}
    if len(node_of) < len(ids):
        twice = next(full_id for place, full_id in enumerate(ids) if node_of[full_id] != place)
        raise ModelError(f"task {twice!r} stands twice in the table of tasks")
    source, target, kind, lag = _links(frames.get("links"), node_of, calendar)
    return Network.from_columns(
        ids,
        _lengths(tasks, calendar),
        source,
        target,
        type=kind,
        lag=lag,
        project=np.fromiter((_known(place_of, one, "project") for one in owners), np.int64, len(ids)),
        projects=projects,
        start=minutes(as_when(start)),
        calendar=np.zeros(len(ids), np.int64),
        calendars=[calendar],
        points=False,
    )


def _only_plain(name: str, frame: nw.DataFrame[Any]) -> None:
    """Refuses what might move a date and is not looked at here, and a table that lacks a column."""
    if not len(frame):
        return
    if name == "portfolio" and len(frame) > 1:
        raise ModelError(f"table 'portfolio' has {len(frame)} rows; a portfolio is one row")
    if name not in PLAIN:
        raise ModelError(f"table {name!r} may bear on dates; read the tables with ipmo.from_tables")
    for column in frame.columns:
        if column not in PLAIN[name] and frame[column].null_count() < len(frame):
            raise ModelError(f"column {column!r} of table {name!r} may bear on dates; read the tables with ipmo.from_tables")
    for column in NEEDED.get(name, ()):
        if column not in frame.columns:
            raise ModelError(f"table {name!r} has no column {column!r}; its columns are {', '.join(frame.columns)}")


def _cells(frame: nw.DataFrame[Any], table: str, column: str) -> list[Any]:
    """The cells of a column, None where a frame has a missing value of its own; None for each row where there is no such column."""
    if column not in frame.columns:
        return [None] * len(frame)
    values: list[Any] = frame[column].to_list()
    if frame[column].null_count():
        values = [None if missing else value for value, missing in zip(values, frame[column].is_null().to_list(), strict=True)]
    try:
        kinds = set(values)
    except TypeError:
        raise ModelError(f"column {column!r} of table {table!r} holds lists or mappings; read the tables with ipmo.from_tables") from None
    return values if not any(value != value for value in kinds) else [None if value != value else value for value in values]


def _names(frame: nw.DataFrame[Any], table: str, column: str) -> list[Any]:
    """The cells of a column that every row has, with names in them."""
    values = _cells(frame, table, column)
    odd = next((place for place, value in enumerate(values) if not isinstance(value, str | int) or value == ""), None)
    if odd is not None:
        raise ModelError(f"row {odd} of table {table!r} has no name in column {column!r}: {values[odd]!r:.40}")
    return values


def _known(places: Mapping[str, int], name: str, what: str) -> int:
    if name not in places:
        raise ModelError(f"there is no {what} {name!r}")
    return places[name]


def _working(text: str, calendar: Calendar) -> int:
    """Minutes of a time on the calendar."""
    return _minutes(as_span(text), text, calendar)


def _minutes(span: object, text: str, calendar: Calendar) -> int:
    if not isinstance(span, Span) or span.dimension == "step" or (span.unit in ELAPSED and calendar is not CONTINUOUS):
        raise ModelError(f"{text!r} is no working time on calendar {calendar.id!r}; read the tables with ipmo.from_tables")
    return calendar.minutes(span)


def _lengths(tasks: nw.DataFrame[Any], calendar: Calendar) -> list[int]:
    """The minutes of every task; each text is read once."""
    texts, points = _cells(tasks, "tasks", "duration"), _cells(tasks, "tasks", "milestone")
    odd = next((value for value in set(points) - {None} if not isinstance(value, bool)), None)
    if odd is not None:
        raise ModelError(f"column 'milestone' of table 'tasks' holds {odd!r:.40}, which is not true or false")
    known: dict[str | None, int] = {}
    for text in set(texts) - {None}:
        known[text] = _minutes(as_time(text).central(), text, calendar)
    for place, (text, point) in enumerate(zip(texts, points, strict=True)):
        if (text is None) != bool(point):
            said = "has no duration" if text is None else "has a duration and is a milestone"
            raise ModelError(f"task {tasks['project'][place]}/{tasks['id'][place]} {said}; read the tables with ipmo.from_tables")
    known[None] = 0
    return [known[text] for text in texts]


Columns = tuple[list[int], list[int], list[int], list[int]]


def _links(links: nw.DataFrame[Any] | None, node_of: Mapping[str, int], calendar: Calendar) -> Columns:
    """Source, target, type and lag of every link."""
    if links is None or not len(links):
        return [], [], [], []
    ends = []
    for column in ("from", "to"):
        names = _names(links, "links", column)
        places = list(map(node_of.get, names))
        if None in places:
            raise ModelError(f"link {column} {names[places.index(None)]!r}: there is no such task; read the tables with ipmo.from_tables")
        ends.append([place for place in places if place is not None])
    types: dict[str | None, int] = dict(TYPES.items())
    types[None] = TYPES["FS"]
    kinds = _cells(links, "links", "type")
    for place, kind in enumerate(kinds):
        if kind not in types:
            raise ModelError(f"link {links['from'][place]} -> {links['to'][place]}: type {kind!r} is not one of {', '.join(TYPES)}")
    texts = _cells(links, "links", "lag")
    lengths = {text: _working(text, calendar) for text in set(texts) - {None}}
    return ends[0], ends[1], [types[kind] for kind in kinds], [lengths.get(text, 0) for text in texts]

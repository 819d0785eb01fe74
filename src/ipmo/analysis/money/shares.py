"""The share of work that is done, weighted by planned duration, in one pass on columns: what `combining` answers item by item."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import attrs

from ipmo.analysis.money.combining import Combining
from ipmo.analysis.money.exact import ExactColumn, exact_column
from ipmo.analysis.money.explanation import RolledUpValue
from ipmo.analysis.money.made_rows import MadeRows, Parts
from ipmo.analysis.money.measures import MEASURES, minutes_of
from ipmo.analysis.money.work_tree import WorkTree, work_tree
from ipmo.errors import IpmoError
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PROGRESS", "Shares", "shares"]

PROGRESS = MEASURES["progress"]
Weighed = tuple[Fraction | int, int]
"""(share done times weight, weight) of one item."""


@attrs.frozen(eq=False, slots=False)
class Shares:
    """The share done of every item of the tree.

    Args:
        engine: the roll-up, which makes what people see of a figure.
        tree: the items.
        done: share times weight below each position.
        weights: planned minutes below each.
        known: leaves known below each.
        total: leaves that should be.
    """

    engine: Combining
    tree: WorkTree
    done: ExactColumn
    weights: ExactColumn
    known: NDArray[np.int64]
    total: NDArray[np.int64]

    @functools.cached_property
    def rows(self) -> MadeRows[RolledUpValue]:
        """The figures by id, each made when somebody looks at it."""
        return MadeRows(self._places, self._figure, self.tree.find)

    def _places(self) -> Mapping[str, int]:
        return self.tree.places

    def _figure(self, position: int) -> RolledUpValue:
        tree, known = self.tree, int(self.known[position])
        below = tree.directly(position)
        return self.engine.made(
            tree.id(position),
            tree.level(position),
            (self.done.at(position), self.weights.at(position)) if known else None,
            (known, int(self.total[position])),
            name=tree.nouns[position].name,
            parts=Parts(self.rows, below, noted=False) if below else (),
            left_out=tree.left_out_below(position),
        )


def shares(engine: Combining) -> Shares | None:
    """The share done on columns; None where the way item by item has to say what is wrong."""
    import numpy as np

    tree = work_tree(engine.portfolio, engine.include)
    try:
        found, asked = _leaves(engine, tree)
    except IpmoError:
        return None
    size = len(tree)
    known, total = np.zeros(size, np.int64), np.zeros(size, np.int64)
    places = np.fromiter(found, np.int64, len(found))
    known[places], total[asked] = 1, 1
    columns = []
    for part in (0, 1):
        exact = exact_column(pair[part] for pair in found.values())
        numbers = np.zeros(size, exact.numbers.dtype)
        numbers[places] = exact.numbers
        columns.append(ExactColumn(numbers, exact.below))
    for layer, above, first in tree.sums:
        for column in (columns[0].numbers, columns[1].numbers, known, total):
            column[above] = np.add.reduceat(column[layer], first)
    return Shares(engine, tree, columns[0], columns[1], known, total)


def _leaves(engine: Combining, tree: WorkTree) -> tuple[dict[int, Weighed], list[int]]:
    """What is known of the leaves by position, and the positions of those that should be known."""
    import numpy as np

    leaf = (tree.end == np.arange(len(tree)) + 1).tolist()
    silent, found, asked = set(tree.silent), dict[int, Weighed](), list[int]()
    minutes = _Minutes(engine.portfolio)
    for here, work in tree.works:
        project = work.project
        nouns: tuple[Project | Task, ...] = (project, *work.said)
        for position, (name, noun) in enumerate(zip(("", *work.ids), nouns, strict=True), here):
            if not leaf[position] or position in silent or (not name and size_of(project, "tasks")):  # milestones only: no work to weigh
                continue
            asked.append(position)
            one = _weighed(engine, minutes, project, noun, name)
            if one is not None:
                found[position] = one
    return found, asked


def _weighed(engine: Combining, minutes: _Minutes, project: Project, noun: Project | Task, name: str) -> Weighed | None:
    """What `measures.share_done` says of a leaf."""
    if isinstance(noun, Project) or (noun.actual_finish is None and noun.progress is None and noun.actual_start is not None):
        full_id = f"{project.id}/{name}" if name else project.id
        return cast("Weighed | None", engine.own(full_id, noun)[0])
    weight = minutes.of(project, noun, name)
    if weight is None:
        return None
    if noun.actual_finish is not None:
        return weight, weight
    return (0 if noun.progress is None else Fraction(str(noun.progress)) * weight), weight


class _Minutes:
    """Planned minutes of tasks, counted once for each estimate on each calendar."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._calendars: dict[str, Calendar] = {}
        self._known: dict[tuple[int, int], tuple[Estimate, int | None]] = {}

    def of(self, project: Project, task: Task, name: str) -> int | None:
        """The planned minutes of a task that is no milestone, by its id in the project; None where they are not known."""
        if task.length is None:
            return None
        if task.calendar:
            return minutes_of(self.portfolio, f"{project.id}/{name}", task.length)
        if project.id not in self._calendars:
            self._calendars[project.id] = self.portfolio.calendar_for(project.id)
        key = (id(self._calendars[project.id]), id(task.length))
        if key not in self._known:  # the estimate is kept, so that no other gets its place
            self._known[key] = (
                task.length,
                minutes_of(self.portfolio, project.id, task.length),
            )  # on its calendar: no task is asked for its own
        return self._known[key][1]

"""The line of sight: which project serves which objective, and what serves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ipmo.analysis.benefits.map_picture import map_picture
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import ModelError, one_of
from ipmo.figures.svg import Figure
from ipmo.model.portfolio import Portfolio
from ipmo.network.losses import losses
from ipmo.tables import Column, NamedRow, Rows, Table
from ipmo.words import counted

__all__ = ["LineOfSight", "line_of_sight"]


class LineOfSight(Rows[str, NamedRow[str]]):
    """The answer of `line_of_sight`: by project, the objectives that it serves and how (`map`, low, medium, high, or both).

    Projects that are proposed or cancelled are left out.
    """

    def __init__(
        self,
        objectives: Iterable[str],
        projects: Iterable[str],
        through: Iterable[tuple[str, str]],
        aligned: Mapping[tuple[str, str], str],
        portfolio: Portfolio | None = None,
    ) -> None:
        self.objectives, self.projects = tuple(objectives), tuple(projects)
        self.through = frozenset(through)
        """(project, objective) pairs joined by the benefits map."""
        self._portfolio = portfolio
        self.aligned = aligned
        """(project, objective) to low, medium or high: for scoring, never for value."""
        super().__init__({project: NamedRow(project, self._served(project)) for project in self.projects}, "this line of sight")

    def _served(self, project: str) -> Mapping[str, str]:
        out = {}
        for objective in self.objectives:
            words = ["map"] if (project, objective) in self.through else []
            words += [self.aligned[project, objective]] if (project, objective) in self.aligned else []
            if words:
                out[objective] = ", ".join(words)
        return out

    @property
    def unserved(self) -> tuple[str, ...]:
        """Objectives that no project serves, by the map or by alignment."""
        served = {objective for found in self.rows for objective in found}
        return tuple(o for o in self.objectives if o not in served)

    @property
    def orphans(self) -> tuple[str, ...]:
        """Projects that serve no objective."""
        return tuple(row.id for row in self if not row)

    def explain(self, project: str) -> str:
        """Which objectives a project serves and how, in a sentence.

        Raises:
            UnknownItemError: there is no such project here.
        """
        served = self[project]
        ways = [f"{objective} ({'by the benefits map' if how == 'map' else how})" for objective, how in served.items()]
        return f"{project} serves {', '.join(ways)}" if ways else f"{project} serves no objective"

    def plot(self) -> Figure:
        """The benefits map: projects and programmes, outcomes, benefits and objectives, from the left to the right.

        What is joined on one side only has a dashed edge, projects that lead to nothing are named below. `ipmo.benefits(pf).plot("map")` draws it with
        days and money. Shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Raises:
            ModelError: there is neither a benefit nor an objective.
        """
        if self._portfolio is None:
            raise ModelError("this line of sight was made without its portfolio; ask ipmo.line_of_sight(pf)")
        return map_picture(self._portfolio, {}, self.aligned, self.orphans)

    def first(self, count: int = 10) -> Table:
        """The first rows of its table."""
        return self.table().head(count)

    def table(self) -> Table:
        """One row a project: project, then a column an objective with `map`, low, medium or high, or both; last `serves`, how many."""
        columns = [Column("project", "str", self.projects)]
        columns += [Column(o, "str", [row.get(o) for row in self]) for o in self.objectives]
        return Table([*columns, Column("serves", "int", [len(found) for found in self.rows])])

    def __repr__(self) -> str:
        aims, projects = counted(len(self.objectives), "objective"), counted(len(self), "project")
        return f"<LineOfSight: {aims}, {len(self.unserved)} unserved; {projects}, {counted(len(self.orphans), 'orphan')}>"


def line_of_sight(portfolio: Portfolio, *, include: Iterable[str] = ()) -> LineOfSight:
    """Which project serves which objective, and the orphans both ways.

    A project serves what it, or a programme that holds it, leads to: by the benefits map, by what it hands over to others
    that do, and by being required by them; and what it is aligned to.

    Source: MoP, clear line of sight from objective to initiative.

    Args:
        portfolio: the portfolio.
        include: states to look at too: `proposed`, `cancelled`.

    Raises:
        OptionError: a state to include that is looked at anyway.
    """
    for state in (shown := frozenset(include)):
        one_of("include", state, LEFT_OUT)
    served = losses(portfolio).through()
    projects = [p for p in portfolio.projects if p.counted_as not in LEFT_OUT or p.counted_as in shown]
    objectives = tuple(o.id for o in portfolio.objectives)
    through = {(project.id, objective) for project in projects for objective in objectives if objective in served[project.id]}
    aligned = {(project.id, objective): how for project in projects for objective, how in project.alignment.items()}
    return LineOfSight(objectives, (p.id for p in projects), through, aligned, portfolio)

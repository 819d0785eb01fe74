"""How much each office has to serve: services times those who take them, by what it can give (P3O-R16)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, Table, counted
from ipmo_p3o.fields import fields_of
from ipmo_p3o.offices import office_model
from ipmo_p3o.services import coverage
from ipmo_p3o.wording import finding

__all__ = ["OfficeLoad", "office_load", "office_load_table", "offices_in_time"]


@attrs.frozen(kw_only=True)
class OfficeLoad(Shown):
    """What an office has to serve.

    Args:
        office: id of the office.
        gives: services to initiatives: one a pair, shared equally among those who give it together.
        services: how many kinds they are.
        initiatives: how many initiatives take any.
        people: how many people belong to it.
        most: how many pairs it can give at once; None where nobody says.
    """

    office: str
    gives: Fraction
    services: int
    initiatives: int
    people: int
    most: float | None

    @property
    def load(self) -> float | None:
        """What it gives by what it can give; None where nobody says that, or it is nothing."""
        return float(self.gives) / self.most if self.most else None

    @property
    def each(self) -> float | None:
        """What one of its people gives; None where it has none."""
        return float(self.gives) / self.people if self.people else None


def office_load(portfolio: Portfolio) -> tuple[OfficeLoad, ...]:
    """How much each open office has to serve, in the order of the file.

    Args:
        portfolio: the portfolio.
    """
    model, people = office_model(portfolio), [person.office for person in portfolio.people if person.kind == "person"]
    taken: dict[str, list[tuple[str, str, int]]] = {name: [] for name in model.offices}
    for cell in coverage(portfolio).cells:
        for name in cell.providers:
            if name in taken:
                taken[name].append((cell.item, cell.service, len(cell.providers)))
    return tuple(
        OfficeLoad(
            office=name,
            gives=sum((Fraction(1, shared) for _, _, shared in rows), Fraction(0)),
            services=len({service for _, service, _ in rows}),
            initiatives=len({item for item, _, _ in rows}),
            people=people.count(name),
            most=fields_of(model.offices[name]).serves_most,
        )
        for name, rows in taken.items()
    )


def office_load_table(portfolio: Portfolio) -> Table:
    """office, gives, services, initiatives, people, each (what one of its people gives), most, load."""
    rows = office_load(portfolio)
    return Table(
        [
            Column("office", "str", [row.office for row in rows]),
            Column("gives", "float", [float(row.gives) for row in rows]),
            Column("services", "int", [row.services for row in rows]),
            Column("initiatives", "int", [row.initiatives for row in rows]),
            Column("people", "int", [row.people for row in rows]),
            Column("each", "float", [row.each for row in rows]),
            Column("most", "float", [row.most for row in rows]),
            Column("load", "float", [row.load for row in rows], "share"),
        ]
    )


def offices_in_time(context: CheckContext) -> Iterable[Finding]:
    """P3O-R16: no office has more services to give than it can."""
    for row in office_load(context.portfolio):
        if row.most is not None and row.gives > Fraction(str(row.most)):
            takers = f"{counted(row.services, 'kind')} to {counted(row.initiatives, 'initiative')}"
            message = f"office {row.office!r} has {float(row.gives):,.4g} services to give ({takers}) and can give {row.most:,.4g}"
            hint = "share them, make some on request, or staff it"
            yield finding("office-load", row.office, message, hint, Severity.WARNING)

"""The coverage matrix: which initiative gets which service from whom, where one is missing and where two give the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ipmo.model import Portfolio, Programme, Service
from ipmo.plugin import Column, Figure, ModelError, Shown, ShownAnswer, Table, counted
from ipmo_p3o.catalogue import CATALOGUE, named_service
from ipmo_p3o.drawings import UNNAMED, coverage_map
from ipmo_p3o.offices import OfficeModel, day_of, office_model

__all__ = ["Coverage", "ServiceCell", "coverage"]


@attrs.frozen(kw_only=True)
class ServiceCell(Shown):
    """One service for one initiative.

    Args:
        item: the initiative; the portfolio's id for a service at its level.
        service: its name in the catalogue.
        providers: offices that give it, or who answers for it where no office does.
        asked: it is mandatory for the initiative.
        waived: a waiver with a reason and a date stands instead.
        split: how several providers share it; empty when nobody said.
    """

    item: str
    service: str
    providers: tuple[str, ...]
    asked: bool
    waived: bool
    split: str

    @property
    def gap(self) -> bool:
        """Mandatory, given by nobody, and nobody waived it."""
        return self.asked and not self.providers and not self.waived

    @property
    def overlap(self) -> bool:
        """Several give it, and no rule says who does what."""
        return len(self.providers) > 1 and not self.split

    @property
    def state(self) -> str:
        """gap, overlap, given, waived, or empty for what is neither asked for nor given."""
        if self.gap:
            return "gap"
        if self.overlap:
            return "overlap"
        if self.providers:
            return "given"
        return "waived" if self.waived and self.asked else ""


class Coverage(ShownAnswer):
    """Services by initiative, indexed by (initiative, service).

    Args:
        initiatives: their ids.
        services: their names in the catalogue.
        cells: by initiative and service.
        names: what initiatives are called, by id.
    """

    def __init__(
        self,
        initiatives: Iterable[str],
        services: Iterable[str],
        cells: Mapping[tuple[str, str], ServiceCell],
        names: Mapping[str, str] = UNNAMED,
    ) -> None:
        self.initiatives, self.services, self._cells, self.names = tuple(initiatives), tuple(services), cells, names

    def __getitem__(self, key: tuple[str, str]) -> ServiceCell:
        return self._cells[key]

    @property
    def cells(self) -> tuple[ServiceCell, ...]:
        """Every cell, by initiative."""
        return tuple(self._cells.values())

    @property
    def gaps(self) -> tuple[ServiceCell, ...]:
        """Mandatory services that nobody gives and nobody waived."""
        return tuple(cell for cell in self.cells if cell.gap)

    @property
    def overlaps(self) -> tuple[ServiceCell, ...]:
        """Services that several give without a rule for who does what."""
        return tuple(cell for cell in self.cells if cell.overlap)

    @property
    def share(self) -> float | None:
        """Mandatory services given or waived ÷ mandatory services; None when none is mandatory."""
        asked = [cell for cell in self.cells if cell.asked]
        return sum(not cell.gap for cell in asked) / len(asked) if asked else None

    def table(self) -> Table:
        """initiative, service, state, providers, mandatory, split: cells with something to say, by initiative."""
        cells = [cell for cell in self.cells if cell.state or cell.asked]
        return Table(
            [
                Column("initiative", "str", [c.item for c in cells]),
                Column("service", "str", [c.service for c in cells]),
                Column("state", "str", [c.state for c in cells]),
                Column("providers", "str", [", ".join(c.providers) for c in cells]),
                Column("mandatory", "bool", [c.asked for c in cells]),
                Column("split", "str", [c.split for c in cells]),
            ]
        )

    def plot(self) -> Figure:
        """The heat map of services: initiatives as rows, those with most gaps first.

        Raises:
            ModelError: nobody is given or owed any service.
        """
        found = coverage_map(self, names=self.names)
        if found is None:
            raise ModelError("no initiative is given or owed any service, so there is nothing to draw")
        return found

    def __repr__(self) -> str:
        share = "nothing is mandatory" if self.share is None else f"{self.share:.0%} of what is mandatory is given or waived"
        return f"<Coverage: {counted(len(self.initiatives), 'initiative')}, {counted(len(self.services), 'service')}, {share}, {counted(len(self.overlaps), 'overlap')}>"


def kind_of(service: Service) -> str:
    """What a service is in the catalogue: by its kind, else its id, else its name; what is in it by none of these is of its own kind, its id."""
    names = [named_service(text) for text in (service.kind, service.id, service.name) if text]
    return names[0] if service.kind else next((name for name in names if name in CATALOGUE), names[0])


def _asked(portfolio: Portfolio, model: OfficeModel) -> dict[str, list[tuple[str | None, frozenset[str]]]]:
    """Mandatory services: kind to (level, consumers) of each statement."""
    out: dict[str, list[tuple[str | None, frozenset[str]]]] = {}
    for service in portfolio.services:
        if service.mode == "mandatory":
            kind = kind_of(service)
            level = service.level or CATALOGUE.get(kind, ("", None))[1]
            out.setdefault(kind, []).append((level, frozenset(service.consumers)))
    return out


def coverage(portfolio: Portfolio) -> Coverage:
    """Which initiative gets which service, from whom.

    A service is mandatory when a service of that kind says so: for its consumers and what lies in them, or, when it names
    none, for every initiative of its level. An office gives what its `services:` name, and each service that names it as
    provider, to the consumers named or else to every initiative in whose line it stands. Of offices above one another the
    closest gives it; an explicit consumer counts beside it. A service of which only an owner is known is given by that owner.
    """
    model = office_model(portfolio)
    asked = _asked(portfolio, model)
    by_office: dict[str, set[str]] = {}
    for office in model.offices.values():
        for name in office.services:
            by_office.setdefault(named_service(name), set()).add(office.id)
    explicit: dict[str, list[tuple[str, frozenset[str], str]]] = {}
    owned: dict[str, list[tuple[str, frozenset[str]]]] = {}
    splits: dict[tuple[str, str], str] = {}
    for service in sorted(portfolio.services, key=lambda s: s.id):
        kind = kind_of(service)
        if service.provider is not None and service.provider in model.offices:
            if service.split:
                splits[kind, service.provider] = service.split
            if service.consumers:
                explicit.setdefault(kind, []).append((service.provider, frozenset(service.consumers), service.split))
            else:
                by_office.setdefault(kind, set()).add(service.provider)
        elif service.provider is None and service.owner:
            owned.setdefault(kind, []).append((service.owner, frozenset(service.consumers)))
    services = [k for k in CATALOGUE if k in asked or k in by_office or k in explicit or k in owned]
    services += sorted({*asked, *by_office, *explicit, *owned} - set(services))
    today = None if portfolio.status_date is None else day_of(portfolio.status_date)
    waivers = {(w.item, named_service(w.service)) for w in portfolio.waivers if w.service and w.holds(today)}
    initiatives = [portfolio.id, *(one.id for one in model.initiatives)]
    cells: dict[tuple[str, str], ServiceCell] = {}
    for item in initiatives:
        whole = item == portfolio.id
        level = "portfolio" if whole else "programme" if isinstance(portfolio[item], Programme) else "project"
        over = (item,) if whole else (*model.over(item), portfolio.id)
        line = {o.id: 0 for o in model.apexes} if whole else model.line(item)
        for kind in services:
            wanted = any((consumers & set(over)) if consumers else at in (level, None) for at, consumers in asked.get(kind, ()))
            near = [(line[name], name) for name in by_office.get(kind, ()) if name in line]
            closest = min((steps for steps, _ in near), default=0)
            given = {name for steps, name in near if steps == closest}
            given |= {name for name, consumers, _ in explicit.get(kind, ()) if consumers & set(over)}
            if not given:
                given = {name for name, consumers in owned.get(kind, ()) if not consumers or consumers & set(over)}
            words = {splits[kind, name] for name in given if (kind, name) in splits}
            cells[item, kind] = ServiceCell(
                item=item,
                service=kind,
                providers=tuple(sorted(given)),
                asked=wanted,
                waived=any((one, kind) in waivers for one in over),
                split="; ".join(sorted(words)),
            )
    names = {item: getattr(portfolio if item == portfolio.id else portfolio[item], "name", "") or item for item in initiatives}
    return Coverage(initiatives, services, cells, names)

"""The portfolio: the only root, with everything in it, and what holds for all of it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnknownItemError, close_matches
from ipmo.findings import Finding
from ipmo.memory import Memory
from ipmo.model.benefits import Benefit, Contribution, Objective, Outcome
from ipmo.model.calendars import CONTINUOUS, STANDARD, Calendar
from ipmo.model.dialects import DIALECTS, Dialect, as_dialect
from ipmo.model.fields import EMPTY, FrozenMap, Noun, as_map, as_tuple, doc, named
from ipmo.model.governance import ChangeRequest, Decision, Lesson, Standard, Tolerance, Waiver
from ipmo.model.money import Budget, MoneySettings, RateRow, as_budget
from ipmo.model.people import DataFlow, DecisionBody, Office, Person, Resource, Service, Stakeholder
from ipmo.model.reference import DiscountSchedule, ReferenceClass
from ipmo.model.references import Reference, reference
from ipmo.model.risks import Assumption, Driver, Issue
from ipmo.model.work import Link, Programme, Project, Task
from ipmo.units import ExchangeRates, When, as_when, minutes

if TYPE_CHECKING:
    from ipmo.tables import Table

__all__ = ["Baseline", "Portfolio", "Source"]


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Baseline(Noun):
    """A frozen plan to compare with; immutable."""

    id: str = attrs.field(metadata=doc("id"))
    date: When = attrs.field(converter=as_when, metadata=doc("of the plan"))
    approved_by: str | None = attrs.field(default=None, metadata=doc("body or person", refers="owner"))
    reason: str = attrs.field(default="", metadata=doc("why it was set"))
    file: str = attrs.field(default="", metadata=doc("the snapshot, relative to the portfolio's folder"))


@attrs.frozen(kw_only=True)
class Source:
    """What a reader understood: it takes no part in equality.

    Args:
        path: where it was read from.
        format: the format's name.
        understood: rows (nouns) understood.
        refused: rows refused, each with a finding.
        findings: what was noticed while reading.
        lines: the line of each item in a file of another tool, by full id.
    """

    path: str = ""
    format: str = ""
    understood: int = 0
    refused: int = 0
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=as_tuple)
    lines: FrozenMap[str, int] = attrs.field(default=EMPTY, converter=as_map, repr=False)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False, repr=False)
class Portfolio(Noun):
    """All the change of an organisation: the only root.

    References are checked once, when it is made, and all problems are reported together.

    Raises:
        ModelError: an id is bad or used twice, a reference names nothing, a link joins what cannot be joined.
    """

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    start: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("nothing starts earlier; else found from the projects")
    )
    status_date: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("the data date: remaining work lies after it")
    )
    calendar: str | None = attrs.field(default=None, metadata=doc("of everything without its own", refers="calendar"))
    dialect: Dialect = attrs.field(
        default=DIALECTS["ipmo"], converter=as_dialect, metadata=doc("conventions that tools differ on: a name, or a name and what differs")
    )
    methodologies: FrozenMap[str, str] = attrs.field(
        default=EMPTY, converter=as_map, metadata=doc("scope (portfolio, offices, programme, project) to methodology")
    )
    money: MoneySettings | None = attrs.field(default=None, metadata=doc("how money is counted"))
    funding: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("money granted in all", unit="money"))
    tolerance: Tolerance | None = attrs.field(default=None, metadata=doc("how far it may stray, and what states none"))
    note: str = attrs.field(default="", metadata=doc("where the data come from, what could not be read"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text"))
    extensions: FrozenMap[str, Any] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("what methodologies add"))

    calendars: tuple[Calendar, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("working calendars"))
    rates: tuple[RateRow, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("exchange rates"))
    discounts: tuple[DiscountSchedule, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("discount schedules of its own"))
    reference_classes: tuple[ReferenceClass, ...] = attrs.field(
        default=(), converter=as_tuple, metadata=doc("what became of earlier estimates")
    )
    people: tuple[Person, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("people and roles"))
    stakeholders: tuple[Stakeholder, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("stakeholders"))
    objectives: tuple[Objective, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("objectives"))
    programmes: tuple[Programme, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("programmes"))
    projects: tuple[Project, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("projects"))
    links: tuple[Link, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("links, those across projects above all"))
    outcomes: tuple[Outcome, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("outcomes"))
    benefits: tuple[Benefit, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("benefits and dis-benefits"))
    contributions: tuple[Contribution, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("who contributes to what"))
    drivers: tuple[Driver, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("shared causes"))
    resources: tuple[Resource, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("resources"))
    issues: tuple[Issue, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("issues"))
    changes: tuple[ChangeRequest, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("change requests"))
    decisions: tuple[Decision, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("the decision register"))
    bodies: tuple[DecisionBody, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("boards and committees"))
    offices: tuple[Office, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("offices"))
    services: tuple[Service, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("services of offices"))
    flows: tuple[DataFlow, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("data flows"))
    baselines: tuple[Baseline, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("baselines"))
    standards: tuple[Standard, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("standards"))
    waivers: tuple[Waiver, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("waivers"))
    assumptions: tuple[Assumption, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("assumptions"))
    lessons: tuple[Lesson, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("lessons"))

    source: Source = attrs.field(factory=Source, eq=False, metadata=doc("what the reader understood"))

    def __attrs_post_init__(self) -> None:
        from ipmo.model.integrity import problems_of

        if problems := problems_of(self):
            raise ModelError(problems)

    # ---------------------------------------------------------------------------------- finding things

    @functools.cached_property
    def items(self) -> Mapping[str, Any]:
        """Every item that has an id, by full id (`project/task`), in file order."""
        found: dict[str, Any] = {}
        for name in TOP:
            for noun in getattr(self, name):
                if noun.id is not None:
                    found[noun.id] = noun
        for project in self.projects:
            for group in (project.tasks, project.gates, project.risks):
                for noun in group:
                    found[f"{project.id}/{noun.id}"] = noun
        return found

    def __getitem__(self, full_id: str) -> Any:
        """The item with that full id; the portfolio itself for its own id.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        items = self.items
        if full_id in items:
            return items[full_id]
        if full_id == self.id:
            return self
        raise UnknownItemError(full_id, close_matches(full_id, items), f"portfolio {self.id!r}")

    def __contains__(self, full_id: object) -> bool:
        return full_id in self.items

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("a portfolio holds many kinds of things; iterate .projects, .links, .benefits or .items.values()")

    def resolve(self, reference: str, within: str = "") -> str | None:
        """The full id that a reference means: looked up in its own project first, then at the top.

        Args:
            reference: `task`, `project/task`, `project`, `project@start`, `external:name`.
            within: the project whose file part holds the reference.

        Returns:
            The full id, with its `@start` or `@finish`; None when nothing bears it.
        """
        found = self.reference(reference, within)
        return None if found is None else str(found)

    def reference(self, text: str, within: str = "") -> Reference | None:
        """What a reference means, in its parts: see `resolve`."""
        named = reference(text)
        if named.external:
            return named
        for candidate in (named.within(within), named) if within and not named.project else (named,):
            item = self.items.get(candidate.item)
            if item is not None:
                return None if named.end and not isinstance(item, Project | Task) else candidate
        return None

    def project_of(self, full_id: str) -> str:
        """The project an item belongs to; empty for what stands at the top."""
        named = reference(full_id)
        if named.project:
            return named.project
        return named.item if isinstance(self.items.get(named.item), Project) else ""

    # ---------------------------------------------------------------------------------- shared answers

    @functools.cached_property
    def calendar_table(self) -> Mapping[str, Calendar]:
        """The declared calendars and the two built-in ones, by id."""
        return {STANDARD.id: STANDARD, CONTINUOUS.id: CONTINUOUS, **{c.id: c for c in self.calendars}}

    def calendar_for(self, full_id: str) -> Calendar:
        """The calendar an item follows: its own, its project's, the portfolio's, else `standard`."""
        item = self.items.get(full_id)
        own = getattr(item, "calendar", None)
        project = self.items.get(self.project_of(full_id))
        name = own or getattr(project, "calendar", None) or self.calendar or STANDARD.id
        return self.calendar_table[name]

    @functools.cached_property
    def exchange_rates(self) -> ExchangeRates:
        """The dated rates into the portfolio's currency.

        Raises:
            ModelError: the portfolio states no currency.
        """
        if self.money is None:
            raise ModelError(f"portfolio {self.id!r} states no currency; add portfolio: money: {{currency: GBP}}")
        table: dict[str, list[tuple[date, Decimal]]] = {}
        sources = {}
        for row in sorted(self.rates, key=lambda row: row.since):
            sources[row.since] = row.source
            for code, rate in row.per.items():
                table.setdefault(code, []).append((row.since, rate))
        return ExchangeRates(self.money.currency, {code: tuple(rows) for code, rows in table.items()}, sources)

    @functools.cached_property
    def memory(self) -> Memory:
        """Where what was computed once is kept: see `ipmo.memory`. Freed with the portfolio, never pickled, compared or copied."""
        return Memory()

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the content in canonical JSON, as hexadecimal digits: equal portfolios have equal digests."""
        from ipmo.model.plain import to_plain_portfolio

        canonical = json.dumps(to_plain_portfolio(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def tables(self) -> dict[str, Table]:
        """One Table for each kind of noun, columns named as in files; `ipmo.from_tables` is the inverse."""
        from ipmo.model.plain import tables

        return tables(self)

    @property
    def data_date(self) -> int | None:
        """The status date as an instant (start of its day), None when not stated."""
        return None if self.status_date is None else minutes(self.status_date)

    # ---------------------------------------------------------------------------------- changed copies

    def evolve(self, item: str | None = None, /, **changes: Any) -> Portfolio:
        """A copy with one item changed; this one stays as it is.

        Args:
            item: full id; left out, the portfolio's own fields change.
            changes: new field values, text accepted as in files.

        Raises:
            UnknownItemError: there is no such item or no such field.
            ModelError: the changed portfolio would be impossible.
        """
        if item is None or (item == self.id and item not in self.items):
            changed: Portfolio = _evolved(self, changes)
            return changed
        noun = _evolved(self[item], changes)
        project, _, inner = item.partition("/")
        if not inner:
            field = next(name for name in TOP if any(n.id == item for n in getattr(self, name)))
            return self.evolve(**{field: [noun if n.id == item else n for n in getattr(self, field)]})
        owner = self[project]
        field = next(name for name in ("tasks", "gates", "risks") if any(n.id == inner for n in getattr(owner, name)))
        owner = attrs.evolve(owner, **{field: [noun if n.id == inner else n for n in getattr(owner, field)]})
        return attrs.evolve(self, projects=[owner if p.id == project else p for p in self.projects])

    def __repr__(self) -> str:
        tasks = sum(len(project.tasks) for project in self.projects)
        parts = [f"{len(self.projects)} projects", f"{tasks} tasks", f"{len(self.links)} links"]
        if self.benefits:
            parts.append(f"{len(self.benefits)} benefits")
        if self.status_date:
            parts.append(f"status date {self.status_date.isoformat()}")
        if self.money:
            parts.append(self.money.currency)
        return f"<Portfolio {self.id!r}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        import html

        return f"<p><strong>{html.escape(self.name or self.id)}</strong> {html.escape(repr(self)[1:-1])}</p>"


TOP = tuple(
    field.name
    for field in attrs.fields(Portfolio)
    if field.name
    not in {
        "id",
        "name",
        "start",
        "status_date",
        "calendar",
        "dialect",
        "methodologies",
        "money",
        "funding",
        "tolerance",
        "note",
        "attributes",
        "extensions",
        "rates",
        "contributions",
        "flows",
        "waivers",
        "source",
    }
)
"""The portfolio's fields whose nouns have ids in the one top namespace."""


def _evolved(noun: Any, changes: Mapping[str, Any]) -> Any:
    known = {field.name for field in attrs.fields(type(noun))}
    for name in changes:
        if name not in known:
            raise UnknownItemError(name, close_matches(name, known), f"the fields of a {type(noun).__name__.lower()}")
    return attrs.evolve(noun, **changes)

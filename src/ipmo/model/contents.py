"""Everything that a portfolio holds, and how it is looked up; whether it is possible is for `ipmo.model.integrity` to say."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from attrs.converters import optional

from ipmo.errors import UnitError, UnknownItemError, close_matches
from ipmo.findings import Finding
from ipmo.model.benefits import Benefit, Contribution, Objective, Outcome
from ipmo.model.calendars import CONTINUOUS, STANDARD, Calendar
from ipmo.model.changes import ChangeRequest
from ipmo.model.dialects import DIALECTS, Dialect, as_dialect
from ipmo.model.fields import EMPTY, Extensions, FrozenMap, Noun, as_extensions, as_map, as_noun, as_tuple, doc, said
from ipmo.model.governance import Decision, Gate, Lesson, Standard, Tolerance, Waiver
from ipmo.model.items import INSIDE, Items, ItemsOfCopy, class_of
from ipmo.model.later import Later, unread
from ipmo.model.money import Budget, MoneySettings, RateRow, as_budget
from ipmo.model.people import DataFlow, DecisionBody, Office, Person, Resource, Service, Stakeholder
from ipmo.model.reading import Reading, named, reads
from ipmo.model.reference import DiscountSchedule, ReferenceClass
from ipmo.model.references import Reference, reference
from ipmo.model.risks import Assumption, Branch, Driver, Issue, Risk
from ipmo.model.several import Several, as_several
from ipmo.model.shape import shape
from ipmo.model.stored import StoredDates
from ipmo.model.work import Link, Programme, Project, Task
from ipmo.tables import among
from ipmo.units import When, as_when

__all__ = ["TOP", "Baseline", "Contents", "Source"]


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
        stored: the dates that the tool stored, by full id: what `ipmo check` holds the schedule against.
        cells: of spreadsheets, how many cells were `understood`, `unknown`, `blank`, `refused` and `ignored`: together, all below the headers.
        marks: what a reader keeps to say later where items stand, for `ipmo.files.places`.
    """

    path: str = ""
    format: str = ""
    understood: int = 0
    refused: int = 0
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=as_tuple)
    lines: FrozenMap[str, int] = attrs.field(default=EMPTY, converter=as_map, repr=False)
    stored: FrozenMap[str, StoredDates] = attrs.field(default=EMPTY, converter=as_map, repr=False)
    cells: FrozenMap[str, int] = attrs.field(default=EMPTY, converter=as_map, repr=False)
    marks: tuple[object, ...] = attrs.field(default=(), eq=False, repr=False)


def _source(value: object, reading: Reading) -> Source:
    """What a reader understood, with what was noticed until now."""
    if not isinstance(value, Source):
        raise UnitError(f"expected a Source; got {said(value)}")
    return attrs.evolve(value, findings=(*value.findings, *reading.findings)) if reading.findings else value


reads(Source, lambda _: _source, Source)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Contents(Later):
    """What stands in a portfolio."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    start: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("nothing starts earlier; else found from the projects")
    )
    status_date: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("the status date: remaining work lies after it")
    )
    calendar: str | None = attrs.field(default=None, metadata=doc("of everything without its own", refers="calendar"))
    dialect: Dialect = attrs.field(
        default=DIALECTS["ipmo"], converter=as_dialect, metadata=doc("conventions that tools differ on: a name, or a name and what differs")
    )
    methodologies: FrozenMap[str, str] = attrs.field(
        default=EMPTY, converter=as_map, metadata=doc("scope (portfolio, offices, programme, project) to methodology")
    )
    money: MoneySettings | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("how money is counted"))
    funding: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("money granted in all", unit="money"))
    tolerance: Tolerance | None = attrs.field(
        default=None, converter=optional(as_noun), metadata=doc("how far it may stray, and what states none")
    )
    note: str = attrs.field(default="", metadata=doc("where the data come from, what could not be read"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))

    calendars: Several[Calendar] = attrs.field(default=Several(), converter=as_several, metadata=doc("working calendars"))
    rates: Several[RateRow] = attrs.field(default=Several(), converter=as_several, metadata=doc("exchange rates"))
    discounts: Several[DiscountSchedule] = attrs.field(
        default=Several(), converter=as_several, metadata=doc("discount schedules of its own")
    )
    reference_classes: Several[ReferenceClass] = attrs.field(
        default=Several(), converter=as_several, metadata=doc("what became of earlier estimates")
    )
    people: Several[Person] = attrs.field(default=Several(), converter=as_several, metadata=doc("people and roles"))
    stakeholders: Several[Stakeholder] = attrs.field(default=Several(), converter=as_several, metadata=doc("stakeholders"))
    objectives: Several[Objective] = attrs.field(default=Several(), converter=as_several, metadata=doc("objectives"))
    programmes: Several[Programme] = attrs.field(default=Several(), converter=as_several, metadata=doc("programmes"))
    projects: Several[Project] = attrs.field(default=Several(), converter=as_several, metadata=doc("projects"))
    links: Several[Link] = attrs.field(default=Several(), converter=as_several, metadata=doc("links, those across projects above all"))
    outcomes: Several[Outcome] = attrs.field(default=Several(), converter=as_several, metadata=doc("outcomes"))
    benefits: Several[Benefit] = attrs.field(default=Several(), converter=as_several, metadata=doc("benefits and dis-benefits"))
    contributions: Several[Contribution] = attrs.field(default=Several(), converter=as_several, metadata=doc("who contributes to what"))
    drivers: Several[Driver] = attrs.field(default=Several(), converter=as_several, metadata=doc("shared causes"))
    branches: Several[Branch] = attrs.field(default=Several(), converter=as_several, metadata=doc("forks of which one way is taken"))
    resources: Several[Resource] = attrs.field(default=Several(), converter=as_several, metadata=doc("resources"))
    gates: Several[Gate] = attrs.field(default=Several(), converter=as_several, metadata=doc("gates of programmes and of the portfolio"))
    risks: Several[Risk] = attrs.field(default=Several(), converter=as_several, metadata=doc("risks of programmes and of the portfolio"))
    issues: Several[Issue] = attrs.field(default=Several(), converter=as_several, metadata=doc("issues"))
    changes: Several[ChangeRequest] = attrs.field(default=Several(), converter=as_several, metadata=doc("change requests"))
    decisions: Several[Decision] = attrs.field(default=Several(), converter=as_several, metadata=doc("the decision register"))
    bodies: Several[DecisionBody] = attrs.field(default=Several(), converter=as_several, metadata=doc("boards and committees"))
    offices: Several[Office] = attrs.field(default=Several(), converter=as_several, metadata=doc("offices"))
    services: Several[Service] = attrs.field(default=Several(), converter=as_several, metadata=doc("services of offices"))
    flows: Several[DataFlow] = attrs.field(default=Several(), converter=as_several, metadata=doc("data flows"))
    baselines: Several[Baseline] = attrs.field(default=Several(), converter=as_several, metadata=doc("baselines"))
    standards: Several[Standard] = attrs.field(default=Several(), converter=as_several, metadata=doc("standards"))
    waivers: Several[Waiver] = attrs.field(default=Several(), converter=as_several, metadata=doc("waivers"))
    assumptions: Several[Assumption] = attrs.field(default=Several(), converter=as_several, metadata=doc("assumptions"))
    lessons: Several[Lesson] = attrs.field(default=Several(), converter=as_several, metadata=doc("lessons"))

    source: Source = attrs.field(factory=Source, eq=False, metadata=doc("what the reader understood", in_files=False))

    # ---------------------------------------------------------------------------------- finding things

    @functools.cached_property
    def items(self) -> Mapping[str, Any]:
        """Every item that has an id, by full id (`project/task`), in file order."""
        found = self._at_top()
        if any(unread(project, group) for project in self.projects for group in INSIDE):
            return Items(found, self.projects)
        for project in self.projects:
            for group in (project.tasks, project.gates, project.risks):
                for noun in group:
                    found[f"{project.id}/{noun.id}"] = noun
        return found

    def _at_top(self) -> dict[str, Any]:
        """What stands at the top, by id."""
        found: dict[str, Any] = {}
        for name in TOP:
            for noun in () if name == "links" and unread(self, name) else getattr(self, name):  # links that were left out have no ids
                if noun.id is not None:
                    found[noun.id] = noun
        return found

    def look_up_in(self, other: Contents) -> None:
        """Items of projects that another portfolio has as well are looked up there from now on: a table of all takes its time."""
        known, top = other.items, self._at_top()
        by_project = Items(top, self.projects) if isinstance(known, Items) else ItemsOfCopy(top, self.projects, other.projects, known)
        object.__setattr__(self, "items", by_project)

    def __getitem__(self, full_id: str) -> Any:
        """The item with that full id; the portfolio itself for its own id.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        items = self.items
        if among(full_id, items):
            return items[full_id]
        if full_id == self.id:
            return self
        raise UnknownItemError(full_id, close_matches(full_id, items), f"portfolio {self.id!r}")

    def __contains__(self, full_id: object) -> bool:
        return among(full_id, self.items)

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
        if not within and reference in self.items:  # a full id, nearly always
            return reference
        if within and not ("/" in reference or "@" in reference or ":" in reference):  # a plain name, nearly always of its own project
            own = f"{within}/{reference}"
            if own in self.items:
                return own
        found = self.reference(reference, within)
        return None if found is None else str(found)

    def reference(self, text: str, within: str = "") -> Reference | None:
        """What a reference means, in its parts: see `resolve`."""
        meant = reference(text)
        if meant.external:
            return meant
        for candidate in (meant.within(within), meant) if within and not meant.project else (meant,):
            found = class_of(self.items, candidate.item)
            if found is not None:
                return None if meant.end and not issubclass(found, Project | Task) else candidate
        return None

    def project_of(self, full_id: str) -> str:
        """The project an item belongs to; empty for what stands at the top."""
        if not ("@" in full_id or ":" in full_id):
            project, slash, _ = full_id.partition("/")
            if slash and project:
                return project
        meant = reference(full_id)
        if meant.project:
            return meant.project
        return meant.item if isinstance(self.items.get(meant.item), Project) else ""

    # ---------------------------------------------------------------------------------- shared answers

    @functools.cached_property
    def calendar_table(self) -> Mapping[str, Calendar]:
        """The declared calendars and the two built-in ones, by id."""
        return {STANDARD.id: STANDARD, CONTINUOUS.id: CONTINUOUS, **{c.id: c for c in self.calendars}}

    @functools.cached_property
    def states_carbon(self) -> bool:
        """Whether anything in it states carbon; tasks that nobody has looked at yet are columns, which hold none."""
        return any(one.carbon is not None for one in self.programmes) or any(one.states_carbon for one in self.projects)

    def calendar_for(self, full_id: str) -> Calendar:
        """The calendar an item follows: its own, its project's, the portfolio's, else `standard`."""
        item = self.items.get(full_id)
        own = getattr(item, "calendar", None)
        project = self.items.get(self.project_of(full_id))
        name = own or getattr(project, "calendar", None) or self.calendar or STANDARD.id
        return self.calendar_table[name]


TOP = tuple(one.name for one in shape(Contents) if one.many and one.kind.noun is not None and "id" in attrs.fields_dict(one.kind.noun))
"""The fields whose nouns have ids in the one top namespace."""

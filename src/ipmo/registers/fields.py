"""The catalogue of registers: what kinds there are, and of each the fields that a column can state, from the model itself."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal, get_args

import attrs

from ipmo.model.contents import TOP, Contents
from ipmo.model.estimates import Estimate
from ipmo.model.governance import OUTCOMES, RAG, SCALES, After, Decision, Gate
from ipmo.model.money import Budget
from ipmo.model.plain import HEADER, INNER, ORGANISATION
from ipmo.model.risks import Risk
from ipmo.model.shape import Shape, shape
from ipmo.model.work import Task
from ipmo.units import Effort, Money, Rate, Span, When

__all__ = ["CATALOGUE", "KINDS_OF_MONEY", "MONEY_CELLS", "POWERS", "Cell", "RegisterField", "RegisterKind", "register_named", "registers"]

Cell = Literal[
    "text",
    "texts",
    "id",
    "reference",
    "references",
    "choice",
    "flag",
    "number",
    "whole",
    "share",
    "money",
    "worth",
    "rate",
    "budget",
    "cost",
    "date",
    "when",
    "span",
    "time",
    "effort",
    "links",
    "data",
    "currency",
]
"""Kinds of cells: how what people type is read.

`worth` is money, or money per time; `budget` money, of a period where the column says so; `cost` and `time` an amount or an
estimate of it; `currency` that of the amounts in its row; `date` a day, `when` a day with or without a time of day; `links` predecessors such as `1FS+2d; 3`; `data` JSON.
"""
CELLS: Final = get_args(Cell)
POWERS: Final = {"": 0, "k": 3, "lakh": 5, "M": 6, "crore": 7, "bn": 9}
"""What amounts may be written in, by what a mapping calls it: powers of ten."""
MONEY_CELLS: Final = frozenset(("money", "budget", "cost", "worth", "rate"))
"""Cells that hold amounts of money."""


@attrs.frozen(kw_only=True)
class RegisterField:
    """What a column of a register can state.

    Args:
        name: what a mapping calls it; as in ipmo's own files where that has a name for it.
        cell: the kind of its cells.
        help: what it says, in half a sentence.
        path: where it goes in the noun: keys as in files. One step is a field; two lead into a noun inside it (of a list: its one entry).
        refers: of references, what kind of thing is named: `project`, `item`, `owner`, `risk`, ...
        choices: the only words allowed.
        end: a day without a time means its end.
        needed: a row without it is refused.
        nothing: words that say that nothing is there yet, besides those of any column.
    """

    name: str
    cell: Cell
    help: str
    path: tuple[str, ...]
    refers: str = ""
    choices: tuple[str, ...] = ()
    end: bool = False
    needed: bool = False
    nothing: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class RegisterKind:
    """A kind of register: what each of its rows becomes.

    Args:
        name: what a mapping calls it: `projects`, `risks`, ...
        title: what people call it.
        noun: the class that a row becomes.
        goes: the field of the portfolio, or of the row's project, that holds the rows.
        fields: what columns can state, by name.
        inner: its rows belong to a project each, which the field `project` names.
        fixed: what every row states by being in this register.
    """

    name: str
    title: str
    noun: type[Any]
    goes: str
    fields: Mapping[str, RegisterField]
    inner: bool = False
    fixed: Mapping[str, object] = attrs.field(factory=dict)


KINDS: Final[Mapping[object, Cell]] = {
    str: "text",
    bool: "flag",
    int: "whole",
    float: "number",
    date: "date",
    When: "when",
    Span: "span",
    Money: "money",
    Rate: "rate",
    Effort: "effort",
    Budget: "budget",
}


def _cell(one: Shape) -> Cell:
    """The kind of cell that a field of a noun is read from; `data` for what no cell can say in words."""
    if one.key == "id":
        return "id"
    if one.kind.noun is After:
        return "links"
    if one.kind.form == "either":
        return "worth" if any(inside.cls is Money for inside in one.kind.inner) else "data"
    if one.kind.form == "map" or one.kind.noun is not None:
        return "data"
    if one.choices:
        return "data" if one.many else "choice"
    if one.cls is str:
        if one.refers and one.refers != "business":
            return "references" if one.many else "reference"
        return "texts" if one.many else "text"
    if one.many:
        return "data"
    if one.cls is float and one.unit.startswith("share"):
        return "share"
    if isinstance(one.cls, type) and issubclass(one.cls, Estimate):
        return "cost" if one.unit == "money" else "time" if one.unit == "time" else "data"
    return KINDS.get(one.cls, "data")


UNDECIDED: Final = (
    "pending",
    "deferred",
    "postponed",
    "awaiting*",
    "open",
    "to be decided",
    "not yet decided",
    "undecided",
    "not decided",
    "no decision",
    "in progress",
)
"""What stands for the outcome of a decision that is not taken yet."""


def _own(cls: type, *, without: tuple[str, ...] = ()) -> Iterator[RegisterField]:
    """The fields of a noun, as files name them."""
    for one in shape(cls):
        if one.in_files and one.key not in without:
            yield RegisterField(
                name=one.key,
                cell=_cell(one),
                help=one.help,
                path=(one.key,),
                refers=one.refers,
                choices=one.choices if one.kind.form == "one" else (),
                end=one.end or one.key in ("target_date", "expires"),  # by then: `Mar-27` is all of March
                needed=one.required and one.key != "id",
                nothing=UNDECIDED if cls is Decision and one.key == "outcome" else (),
            )


def _more(name: str, cell: Cell, help: str, path: str, **rest: Any) -> RegisterField:
    return RegisterField(name=name, cell=cell, help=help, path=tuple(path.split(".")), **rest)


PROJECT = _more("project", "reference", "the project that it belongs to", "project", refers="project")
REPORT = (
    _more("rag", "choice", "colour that was reported", "status.rag", choices=RAG),
    _more("rag_date", "date", "day of the report", "status.date"),
    _more("rag_by", "reference", "who reported", "status.by", refers="owner"),
    _more("rag_note", "text", "what was reported, in words", "status.note"),
)
RATINGS = tuple(dict.fromkeys(rating for scale in SCALES.values() for rating in scale))
EXTRA: Final[Mapping[str, tuple[RegisterField, ...]]] = {
    "projects": (
        *REPORT,
        _more("confidence_rating", "choice", "delivery confidence that assessors see", "confidence.rating", choices=RATINGS),
        _more("confidence_date", "date", "day of the assessment", "confidence.date"),
        _more("assessor", "text", "who assessed", "confidence.assessor"),
        _more("confidence_note", "text", "what assessors wrote", "confidence.note"),
        _more("objectives", "references", "objectives that it serves", "contributions", refers="objective"),
    ),
    "programmes": REPORT,
    "tasks": (
        *REPORT,
        _more("resources", "texts", "who is at work on it", "assignments"),
        _more("duration_low", "time", "least time of a three-point estimate, instead of a duration", "duration.low"),
        _more("duration_likely", "time", "likeliest time of a three-point estimate", "duration.likely"),
        _more("duration_high", "time", "most time of a three-point estimate", "duration.high"),
        _more("start_on", "when", "starts no earlier and no later", "constraints.start_on"),
        _more("finish_on", "when", "finishes no earlier and no later", "constraints.finish_on", end=True),
        _more("must_start_on", "when", "starts then, whatever comes before", "constraints.must_start_on"),
        _more("must_finish_on", "when", "finishes then, whatever comes before", "constraints.must_finish_on", end=True),
        _more("points", "number", "size in points of its team, kept as an attribute", "attributes.points"),
        _more("iteration", "text", "the sprint or iteration that it is planned into, kept as an attribute", "attributes.iteration"),
        _more("area", "text", "the part of the product, or whose it is, kept as an attribute", "attributes.area"),
    ),
    "gates": (
        _more("outcome", "choice", "what was decided", "decision.outcome", choices=OUTCOMES),
        _more("decided", "when", "when it was decided", "decision.date"),
        _more("decided_by", "reference", "who decided", "decision.decided_by", refers="owner"),
        _more("decision_note", "text", "remarks on the decision", "decision.note"),
    ),
    "risks": (
        _more("probability", "share", "that it happens, as it stands now", "before.probability"),
        _more("impact_cost", "cost", "money lost when it happens, as it stands now", "before.cost"),
        _more("impact_delay", "time", "time lost when it happens, as it stands now", "before.delay"),
        _more("impact_on", "reference", "the item that it hits", "before.target", refers="item"),
        _more("residual_probability", "share", "that it happens once the response works", "after.probability"),
        _more("residual_cost", "cost", "money lost once the response works", "after.cost"),
        _more("residual_delay", "time", "time lost once the response works", "after.delay"),
    ),
    "benefits": (_more("project", "references", "projects that make it possible", "enabled_by", refers="item"),),
    "resources": (
        _more("units", "number", "how many of it there are", "capacity.value"),
        _more("units_from", "date", "first day on which there are so many", "capacity.from"),
        _more("units_until", "date", "last day on which there are so many", "capacity.until"),
    ),
}
KINDS_OF_MONEY: Final = {"budget": "planned", "actual": "spent", "forecast": "expected", "funding": "granted"}
"""Which money a line can be, each with what it is."""
TITLES = {
    "portfolio": "portfolio",
    "bodies": "boards and committees",
    "links": "dependencies",
    "projects": "project list",
    "tasks": "tasks",
    "gates": "gates",
    "risks": "risk register",
    "issues": "issue log",
    "assumptions": "assumptions log",
    "benefits": "benefits register",
    "decisions": "decision log",
    "lessons": "lessons log",
    "resources": "resource list",
    "changes": "change requests",
}
MILESTONES = (
    "id",
    "name",
    "parent",
    "after",
    "deadline",
    "actual_finish",
    "baseline_finish",
    "progress",
    "owner",
    "category",
    "attributes",
)


def _kind(name: str, noun: type, goes: str, fields: tuple[RegisterField, ...], *, inner: bool = False, **fixed: object) -> RegisterKind:
    return RegisterKind(
        name=name,
        title=TITLES.get(name, name.replace("_", " ")),
        noun=noun,
        goes=goes,
        fields={one.name: one for one in fields},
        inner=inner,
        fixed=fixed,
    )


def _milestones() -> RegisterKind:
    own = {one.name: one for one in _own(Task)}
    fields = (
        PROJECT,
        *(own[name] for name in MILESTONES),
        _more("date", "when", "when it is expected: it lies no earlier", "finish_not_before", end=True),
        *REPORT,
    )
    return _kind("milestones", Task, "tasks", fields, inner=True, milestone=True)


def _raid(kinds: Mapping[str, RegisterKind]) -> RegisterKind:
    """One log of risks, assumptions, issues and dependencies: the row says which, and has the fields of that."""
    fields: dict[str, RegisterField] = {}
    for name in ("risks", "issues", "assumptions", "links", "decisions"):
        for field in kinds[name].fields.values():
            fields.setdefault(field.name, attrs.evolve(field, needed=False))
    said = _more(
        "type", "choice", "what the row is", "type", choices=("risk", "assumption", "issue", "dependency", "decision"), needed=True
    )
    return _kind("raid", dict, "", (said, *(field for name, field in fields.items() if name != "type")))


def _costs() -> RegisterKind:
    """Money by project and period: each row is a line of a budget, an actual or a forecast."""
    fields = (
        attrs.evolve(PROJECT, needed=True),
        _more("kind", "choice", "which money it is", "kind", choices=tuple(KINDS_OF_MONEY)),
        _more("amount", "money", "how much", "amount"),
        *(_more(name, "money", f"how much, of what is {said}", name) for name, said in KINDS_OF_MONEY.items()),
        _more("period", "text", "the month, quarter or financial year that it belongs to", "period"),
        _more("from", "when", "its date, or first day of its period", "from"),
        _more("until", "when", "last day of its period", "until", end=True),
        _more("class", "choice", "capital or running cost", "class", choices=("capex", "opex")),
        _more("note", "text", "what it is for", "note"),
    )
    return _kind("costs", dict, "", fields)


@functools.cache
def registers() -> Mapping[str, RegisterKind]:
    """Every kind of register by name: one for each kind of noun, as `portfolio.tables()` has them, and those that offices keep besides."""
    own = {one.name: one for one in shape(Contents)}
    names = dict.fromkeys([*TOP, *(name for name, one in own.items() if one.many and one.kind.noun is not None), *ORGANISATION])
    found = {"portfolio": _kind("portfolio", Contents, "", tuple(one for one in _own(Contents) if one.name in HEADER))}
    for name in names:
        noun = own[name].kind.noun
        if noun is not None:
            fields = tuple(_own(noun, without=INNER if name == "projects" else ()))
            if name == "links":
                fields = tuple(attrs.evolve(one, cell="reference", refers="node") if one.name in ("from", "to") else one for one in fields)
            held = {one.name for one in fields}
            found[name] = _kind(name, noun, name, (*fields, *(one for one in EXTRA.get(name, ()) if one.name not in held)))
    for name, noun in (("tasks", Task), ("gates", Gate), ("risks", Risk)):
        found[name] = _kind(name, noun, name, (PROJECT, *_own(noun), *EXTRA[name]), inner=True)
    for name, path in (("issues", "item"), ("assumptions", "item"), ("decisions", "item"), ("lessons", "from")):
        kind = found[name]  # an issue of a project is about that project
        about = attrs.evolve(PROJECT, path=(path,), help="the project that it is about")
        found[name] = attrs.evolve(kind, fields={**kind.fields, "project": about})
    found["milestones"] = _milestones()
    found["raid"] = _raid(found)
    found["costs"] = _costs()
    return found


CATALOGUE = registers()
"""Every kind of register by name."""
ALIASES: Final = {"dependencies": "links", "activities": "tasks", "programs": "programmes"}


def register_named(name: str) -> RegisterKind | None:
    """The kind of that name, also by the other names that it goes by; None where there is none."""
    return CATALOGUE.get(ALIASES.get(name, name))

"""What a methodology may declare, and the hooks that ask for it: the whole contract on one page.

A plugin is a module with functions marked `@ipmo.plugin.hookimpl`. Each takes no arguments and returns frozen declarations;
behaviour sits in typed callables inside them, so that a type checker sees an adapter's mistakes. Nothing here looks a
plugin up: `ipmo.methods.registry` does, and the engine is handed what it found.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar, cast, get_args

import attrs
import pluggy

from ipmo.analysis.benefits.going_on import GoingOn, worth_going_on
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.rollup import MEASURES, RollUp, roll_up
from ipmo.errors import IpmoError, ModelError
from ipmo.figures.svg import Figure
from ipmo.findings import Finding
from ipmo.model.estimates import Estimate
from ipmo.model.fields import as_tuple
from ipmo.model.measures import LinkKind, Measure
from ipmo.model.portfolio import Portfolio
from ipmo.model.reading import structured
from ipmo.tables import Table
from ipmo.units import Money, as_money

__all__ = [
    "LINK_KINDS",
    "PHASES",
    "PLAIN",
    "Check",
    "CheckContext",
    "DecisionRight",
    "EstimateKind",
    "Extension",
    "Format",
    "GateRule",
    "Hooks",
    "Methodology",
    "Notice",
    "Profile",
    "Question",
    "Role",
    "Scope",
    "Section",
    "Stage",
    "hookimpl",
]

hookimpl = pluggy.HookimplMarker("ipmo")
hookspec = pluggy.HookspecMarker("ipmo")

CODE = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
Scope = Literal["portfolio", "offices", "programme", "project"]
"""What a method can be chosen for."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
PHASES = ("concept", "definition", "delivery", "transition")
"""The phases of a linear life cycle (APM Body of Knowledge, 7th edition, 1.2): what stages of different methods meet in."""


T = TypeVar("T")


def _frozen(instance: object, field: attrs.Attribute[Callable[[object], object]], parse: Callable[[object], object]) -> None:
    """Refuses a class whose values can be changed: an item holds them, and items never change."""
    cls = parse.args[0] if isinstance(parse, functools.partial) else parse
    if not (isinstance(cls, type) and attrs.has(cls) and attrs.fields(cls)):
        return
    try:
        setattr(object.__new__(cls), attrs.fields(cls)[0].name, None)
    except attrs.exceptions.FrozenInstanceError:
        return
    except Exception:  # a validator or a setter of its own ran: it can be set
        pass
    name = getattr(instance, "name", "")
    raise ModelError(f"extension {name!r}: values of {cls.__name__} can be changed; write @attrs.frozen in place of @attrs.define")


def _reading(parse: Callable[[object], object] | type[attrs.AttrsInstance]) -> Callable[[object], object]:
    """A class reads by its annotations; what reads already stays."""
    return functools.partial(structured, parse) if isinstance(parse, type) and attrs.has(parse) else parse


def _filled(instance: object, field: attrs.Attribute[str], value: str) -> None:
    if not value.strip():
        raise ModelError(f"{type(instance).__name__}: {field.name} must not be empty")


def _coded(instance: object, field: attrs.Attribute[str], code: str) -> None:
    if not CODE.fullmatch(code):
        raise ModelError(f"{type(instance).__name__.lower()} {field.name} {code!r} is not method/slug in lower case")


@attrs.frozen(kw_only=True)
class CheckContext:
    """What a check may ask; each answer is computed once, when it is first asked for.

    Args:
        portfolio: the portfolio.
        scope: items that the check is about: ids of the projects, programmes or offices under its methodology; all when empty.
        excluded: tasks and gates inside that scope which another method holds for.
        measures: measures known by name.
        history: earlier snapshots, oldest first.
        baseline: the plan to compare with.
    """

    portfolio: Portfolio
    scope: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    measures: Mapping[str, Measure] = MEASURES
    history: tuple[Portfolio, ...] = ()
    baseline: Portfolio | None = None
    _answers: dict[object, object] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def once(self, ask: Callable[[CheckContext], T]) -> T:
        """What a function says of this context, computed once however many checks ask; an error of ipmo is kept as an answer.

        Args:
            ask: a function of a context that changes nothing; named at the top of a module, so that all checks share it.
        """
        if ask not in self._answers:
            try:
                self._answers[ask] = ask(self)
            except IpmoError as error:
                self._answers[ask] = error
        found = self._answers[ask]
        if isinstance(found, IpmoError):
            raise found
        return cast(T, found)

    @functools.cached_property
    def schedule(self) -> Schedule:
        """The schedule, loops cut.

        Raises:
            ScheduleError: nothing says when the portfolio starts.
        """
        return schedule(self.portfolio, on_cycle="cut")

    def roll_up(self, measure: str) -> RollUp:
        """A measure over the tree.

        Raises:
            UnknownItemError: there is no such measure.
        """
        return roll_up(self.portfolio, measure, measures=self.measures)

    @property
    def worth_going_on(self) -> GoingOn:
        """What every open project still brings, by what it still costs.

        Raises:
            ScheduleError: nothing says when the portfolio starts.
        """
        return worth_going_on(self.portfolio)

    def covers(self, item: str) -> bool:
        """Whether an item lies in the scope of the methodology that asks."""
        if item in self.excluded:
            return False
        return not self.scope or item in self.scope or self.portfolio.project_of(item) in self.scope


@attrs.frozen(kw_only=True)
class Check:
    """One rule, executable.

    Args:
        code: `method/slug`, stable for ever: it stands in people's exports.
        rule: the rule's id, for example `P3O-R02`.
        title: the rule in one sentence.
        source: guide, edition and section.
        run: `(CheckContext) -> findings`; each carries this check's code. It must not change anything.
        heading: what stands over its findings in a report; the title when left out.
        same_as: codes of checks that may find the same fact: where one of them does, about the same item and part, it is said
            once, under that code and in this check's words, naming the rules of both.
    """

    code: str = attrs.field(validator=_coded)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    run: Callable[[CheckContext], Iterable[Finding]]
    rule: str = ""
    heading: str = ""
    same_as: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)


@attrs.frozen(kw_only=True)
class Notice:
    """A code that findings carry without a check behind it: what reading a file finds, or what becomes of the rules themselves.

    Args:
        code: as a check's.
        heading: what stands over such findings in a report.
    """

    code: str = attrs.field(validator=_coded)
    heading: str = attrs.field(validator=_filled)


@attrs.frozen(kw_only=True)
class Stage:
    """A stage of an initiative; an item says its own with `attributes: {stage: NAME}`.

    Args:
        name: as items name it.
        title: what people call it.
        phase: the phase of a life cycle that it belongs to, for translation; empty when it belongs to none.
    """

    name: str = attrs.field(validator=_filled)
    title: str = ""
    phase: str = attrs.field(default="", validator=attrs.validators.in_(("", *PHASES)))


def _stages(values: Iterable[Stage | str]) -> tuple[Stage, ...]:
    return tuple(value if isinstance(value, Stage) else Stage(name=value) for value in values)


@attrs.frozen(kw_only=True)
class GateRule:
    """A gate of a method: a named set of checks plus named evidence.

    Args:
        name: what a gate's id, name or `attributes: {gate: NAME}` must be for the rule to hold.
        title: the question that is decided.
        source: guide, edition and section.
        after: the stage that it ends.
        checks: codes of checks that must be silent about the project.
        evidence: names under which a gate's `evidence:` must hold something.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    after: str = ""
    checks: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    evidence: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)


@attrs.frozen(kw_only=True)
class Role:
    """A role that a method asks for; people hold it by name in their `roles:`."""

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    mandatory: bool = False


@attrs.frozen(kw_only=True)
class DecisionRight:
    """Who may decide what: a decision, the level of the board that takes it, and what it is called there.

    Args:
        name: the decision, for example `fund` or `stop`.
        title: the decision in one sentence.
        level: portfolio, programme or project: where it is taken.
        held_by: what the method calls the board or role.
        source: guide, edition and section.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    level: str = attrs.field(default="portfolio", validator=attrs.validators.in_(("portfolio", "programme", "project")))
    held_by: str = ""


@attrs.frozen(kw_only=True)
class Profile:
    """A tailoring: rules that are switched off for initiatives of a size and criticality.

    A portfolio names it (`methodologies: {project: agile/light}`, or an item with `methodology:`). One that states
    `up_to` or `criticality` is also chosen by itself for the projects that meet all it states and name no other.

    Args:
        name: what comes after the slash.
        title: whom it is for.
        source: guide, edition and section, or the office that tailored.
        without: codes of the checks that it switches off.
        up_to: the largest budget; what has no known budget is never small.
        criticality: values of the attribute `criticality`.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    without: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    up_to: Money | None = attrs.field(default=None, converter=attrs.converters.optional(as_money))
    criticality: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)

    @property
    def by_itself(self) -> bool:
        """Chosen for what meets it, without being named."""
        return self.up_to is not None or bool(self.criticality)


@attrs.frozen(kw_only=True)
class Section:
    """A part of the report.

    Args:
        name: unique among sections; where links lead.
        title: its heading.
        source: what it rests on.
        show: `(CheckContext) -> texts, Tables and Figures` in the order of the page; nothing for no section.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    show: Callable[[CheckContext], Iterable[str | Table | Figure]]


@attrs.frozen(kw_only=True)
class Question:
    """What people may ask of a method, from the command line too: `ipmo ask NAME PORTFOLIO`.

    Args:
        name: `method/slug`; the slug alone does where no other method has it.
        title: what is asked, in one sentence.
        source: guide, edition and section.
        ask: `(Portfolio, ...) -> a Table, or an answer that has one`. On the command line what it takes besides are arguments where they have no
            default, else options: text, numbers, days, words, and portfolios by their path; anything else is for Python.
    """

    name: str = attrs.field(validator=_coded)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    ask: Callable[..., object]


@attrs.frozen(kw_only=True)
class EstimateKind:
    """A kind of estimate that files may name: `duration: {agile: {...}}`.

    Args:
        name: the key in files.
        title: what it is.
        source: guide, edition and section, or the formula.
        parse: plain data to an Estimate whose class says `kind = name` and writes itself with `plain()`.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    parse: Callable[[object], Estimate]


@attrs.frozen(kw_only=True)
class Extension:
    """What a method adds to items: the class behind `item.extensions[name]`.

    Args:
        name: the key in files, under `extensions:`.
        title: what it is.
        source: guide, edition and section.
        parse: plain data to a frozen attrs value; a frozen attrs class reads itself, by its annotations.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    parse: Callable[[object], object] = attrs.field(converter=_reading, validator=_frozen)


@attrs.frozen(kw_only=True)
class Format:
    """A file format.

    Args:
        name: what `format=` asks for.
        title: what people call it.
        suffixes: file endings, with the dot.
        sniff: `(path, first 4096 bytes) -> bool`; a folder has no bytes.
        read: `(path, name to show) -> Portfolio`; None when it cannot be read.
        write: `(portfolio, path)`; None when it cannot be written.
        encodings: `read` takes a third argument, the text encoding that the user names, None where it is to be found.
        mappings: `read` takes a fourth argument, what the columns of the file mean: a mapping, its path, or None.
        notices: what reading it may find.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    suffixes: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    sniff: Callable[[Path, bytes], bool] = lambda path, head: False
    read: Callable[..., Portfolio] | None = None
    write: Callable[[Portfolio, Path], None] | None = None
    encodings: bool = False
    mappings: bool = False
    notices: tuple[Notice, ...] = attrs.field(default=(), converter=as_tuple)


@attrs.frozen(kw_only=True)
class Methodology:
    """A standard as data: chosen by name for a scope, never elected.

    Args:
        name: what `methodologies:` names.
        title: what people call it.
        source: guide and what this adapter takes from it.
        edition: of the guide.
        aliases: other names it goes by.
        applies_to: scopes it can be chosen for: portfolio, offices, programme, project.
        vocabulary: the method's word for each of ipmo's.
        stages: the stages of an initiative, in order.
        gates: its gates.
        roles: roles it asks for.
        decision_rights: who may decide what.
        profiles: how it is tailored.
        checks: its rules.
        measures: figures that it adds.
        link_kinds: kinds of link that it adds; none of them moves a date.
        estimates: kinds of estimate that it adds.
        extensions: what it adds to items.
        sections: what it adds to the report.
        questions: what people may ask of it.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    edition: str = ""
    aliases: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    applies_to: tuple[Scope, ...] = attrs.field(default=SCOPES, converter=as_tuple)
    vocabulary: Mapping[str, str] = attrs.field(factory=dict)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages)
    gates: tuple[GateRule, ...] = attrs.field(default=(), converter=as_tuple)
    roles: tuple[Role, ...] = attrs.field(default=(), converter=as_tuple)
    decision_rights: tuple[DecisionRight, ...] = attrs.field(default=(), converter=as_tuple)
    profiles: tuple[Profile, ...] = attrs.field(default=(), converter=as_tuple)
    checks: tuple[Check, ...] = attrs.field(default=(), converter=as_tuple)
    measures: tuple[Measure, ...] = attrs.field(default=(), converter=as_tuple)
    link_kinds: tuple[LinkKind, ...] = attrs.field(default=(), converter=as_tuple)
    estimates: tuple[EstimateKind, ...] = attrs.field(default=(), converter=as_tuple)
    extensions: tuple[Extension, ...] = attrs.field(default=(), converter=as_tuple)
    sections: tuple[Section, ...] = attrs.field(default=(), converter=as_tuple)
    questions: tuple[Question, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if unknown := set(self.applies_to) - set(SCOPES):
            raise ModelError(f"methodology {self.name!r}: {sorted(unknown)[0]!r} is not a scope; write one of {', '.join(SCOPES)}")
        codes = [check.code for check in self.checks]
        for code in codes:
            if not code.startswith(f"{self.name}/"):
                raise ModelError(f"methodology {self.name!r}: check code {code!r} must begin with {self.name + '/'!r}")
            if codes.count(code) > 1:
                raise ModelError(f"methodology {self.name!r} declares check {code!r} twice")
        if odd := next((one.name for one in self.questions if not one.name.startswith(f"{self.name}/")), None):
            raise ModelError(f"methodology {self.name!r}: question {odd!r} must begin with {self.name + '/'!r}")
        named = [("gate", gate.name, gate.checks) for gate in self.gates] + [("profile", p.name, p.without) for p in self.profiles]
        for kind, name, wanted in named:
            for code in wanted:
                if code not in codes:
                    raise ModelError(f"methodology {self.name!r}: {kind} {name!r} names the unknown check {code!r}")
        stages = [stage.name for stage in self.stages]
        for gate in self.gates:
            if gate.after and gate.after not in stages:
                raise ModelError(f"methodology {self.name!r}: gate {gate.name!r} comes after the unknown stage {gate.after!r}")
        for kind, names in (("stage", stages), ("gate", [g.name for g in self.gates]), ("profile", [p.name for p in self.profiles])):
            for name in names:
                if names.count(name) > 1:
                    raise ModelError(f"methodology {self.name!r} declares {kind} {name!r} twice")

    @property
    def parts(self) -> tuple[Check | Measure | LinkKind | EstimateKind | Extension | Section | Question, ...]:
        """What of it has a name that nobody else may declare."""
        return (*self.checks, *self.measures, *self.link_kinds, *self.estimates, *self.extensions, *self.sections, *self.questions)

    def profile(self, name: str) -> Profile | None:
        """The profile of that name, None when it has none."""
        return next((profile for profile in self.profiles if profile.name == name), None)


class Hooks:
    """The questions that plugins answer. All take nothing and return any number of declarations."""

    @hookspec
    def ipmo_methodologies(self) -> Iterable[Methodology]:  # type: ignore[empty-body]
        """Methodologies with everything that belongs to them. Added in 0.1."""

    @hookspec
    def ipmo_checks(self) -> Iterable[Check]:  # type: ignore[empty-body]
        """Checks that belong to no method: house rules, data quality. They always run. Added in 0.1."""

    @hookspec
    def ipmo_measures(self) -> Iterable[Measure]:  # type: ignore[empty-body]
        """Roll-up measures that belong to no method. Added in 0.1."""

    @hookspec
    def ipmo_link_kinds(self) -> Iterable[LinkKind]:  # type: ignore[empty-body]
        """Kinds of link that belong to no method. Added in 0.1."""

    @hookspec
    def ipmo_estimates(self) -> Iterable[EstimateKind]:  # type: ignore[empty-body]
        """Kinds of estimate that belong to no method. Added in 0.1."""

    @hookspec
    def ipmo_formats(self) -> Iterable[Format]:  # type: ignore[empty-body]
        """File formats. Added in 0.1."""


PLAIN = Methodology(name="plain", title="No method", source="ipmo")
"""The methodology of those who follow none: the core checks only."""

LINK_KINDS = (LinkKind(name="schedule", title="Moves dates"), LinkKind(name="informs", title="Passes knowledge on"))
"""The kinds of link that come with ipmo."""

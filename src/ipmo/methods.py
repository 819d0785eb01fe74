"""What a methodology may declare, and the hooks that ask for it: the whole contract on one page.

A plugin is a module with functions marked `@ipmo.hookimpl`. Each takes no arguments and returns frozen declarations;
behaviour sits in typed callables inside them, so that a type checker sees an adapter's mistakes. Nothing here looks a
plugin up: `ipmo.registry` does, and the engine is handed what it found.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pluggy

from ipmo.analysis.benefit_facts import benefit_facts
from ipmo.analysis.contracts import SOURCE as CONTRACTS
from ipmo.analysis.contracts import contract_facts
from ipmo.analysis.facts import due_facts, model_facts, schedule_facts
from ipmo.analysis.health import SOURCE as DCMA
from ipmo.analysis.health import quality_facts
from ipmo.analysis.interdependencies import cross_link_facts
from ipmo.analysis.rollup import MEASURES, RollUp, roll_up
from ipmo.analysis.schedule import Schedule, schedule
from ipmo.analysis.status import status
from ipmo.analysis.watermelons import watermelons
from ipmo.errors import ModelError
from ipmo.findings import Finding
from ipmo.model.estimates import Estimate
from ipmo.model.fields import as_tuple
from ipmo.model.measures import LinkKind, Measure
from ipmo.model.work import Portfolio

__all__ = [
    "CORE_CHECKS",
    "PLAIN",
    "Check",
    "CheckContext",
    "EstimateKind",
    "Extension",
    "Format",
    "GateRule",
    "Hooks",
    "Methodology",
    "Role",
    "hookimpl",
]

hookimpl = pluggy.HookimplMarker("ipmo")
hookspec = pluggy.HookspecMarker("ipmo")

CODE = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
SCOPES = ("portfolio", "offices", "programme", "project")


def _filled(instance: object, field: attrs.Attribute[str], value: str) -> None:
    if not value.strip():
        raise ModelError(f"{type(instance).__name__}: {field.name} must not be empty")


@attrs.frozen(kw_only=True)
class CheckContext:
    """What a check may ask; each answer is computed once, when it is first asked for.

    Args:
        portfolio: the portfolio.
        scope: items that the check is about: ids of the projects, programmes or offices under its methodology; all when empty.
        measures: measures known by name.
        history: earlier snapshots, oldest first.
        baseline: the plan to compare with.
    """

    portfolio: Portfolio
    scope: frozenset[str] = frozenset()
    measures: Mapping[str, Measure] = MEASURES
    history: tuple[Portfolio, ...] = ()
    baseline: Portfolio | None = None

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

    def covers(self, item: str) -> bool:
        """Whether an item lies in the scope of the methodology that asks."""
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
    """

    code: str = attrs.field()
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    run: Callable[[CheckContext], Iterable[Finding]]
    rule: str = ""

    @code.validator
    def _well_formed(self, _: object, code: str) -> None:
        if not CODE.fullmatch(code):
            raise ModelError(f"check code {code!r} is not method/slug in lower case")


@attrs.frozen(kw_only=True)
class GateRule:
    """A gate of a method: a named set of checks plus named evidence."""

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    after: str = ""
    checks: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    evidence: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)


@attrs.frozen(kw_only=True)
class Role:
    """A role that a method asks for."""

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    mandatory: bool = False


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
    parse: Callable[[Any], Estimate]


@attrs.frozen(kw_only=True)
class Extension:
    """What a method adds to items: the class behind `item.extensions[name]`.

    Args:
        name: the key in files, under `extensions:`.
        title: what it is.
        source: guide, edition and section.
        parse: plain data to a frozen attrs value.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    parse: Callable[[Any], Any]


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
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    suffixes: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    sniff: Callable[[Path, bytes], bool] = lambda path, head: False
    read: Callable[..., Portfolio] | None = None
    write: Callable[[Portfolio, Path], None] | None = None
    encodings: bool = False


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
        checks: its rules.
        measures: figures that it adds.
        link_kinds: kinds of link that it adds; none of them moves a date.
        estimates: kinds of estimate that it adds.
        extensions: what it adds to items.
    """

    name: str = attrs.field(validator=_filled)
    title: str = attrs.field(validator=_filled)
    source: str = attrs.field(validator=_filled)
    edition: str = ""
    aliases: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    applies_to: tuple[str, ...] = attrs.field(default=SCOPES, converter=as_tuple)
    vocabulary: Mapping[str, str] = attrs.field(factory=dict)
    stages: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    gates: tuple[GateRule, ...] = attrs.field(default=(), converter=as_tuple)
    roles: tuple[Role, ...] = attrs.field(default=(), converter=as_tuple)
    checks: tuple[Check, ...] = attrs.field(default=(), converter=as_tuple)
    measures: tuple[Measure, ...] = attrs.field(default=(), converter=as_tuple)
    link_kinds: tuple[LinkKind, ...] = attrs.field(default=(), converter=as_tuple)
    estimates: tuple[EstimateKind, ...] = attrs.field(default=(), converter=as_tuple)
    extensions: tuple[Extension, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if unknown := set(self.applies_to) - set(SCOPES):
            raise ModelError(f"methodology {self.name!r}: {sorted(unknown)[0]!r} is not a scope; write one of {', '.join(SCOPES)}")
        codes = [check.code for check in self.checks]
        for code in codes:
            if not code.startswith(f"{self.name}/"):
                raise ModelError(f"methodology {self.name!r}: check code {code!r} must begin with {self.name + '/'!r}")
            if codes.count(code) > 1:
                raise ModelError(f"methodology {self.name!r} declares check {code!r} twice")
        for gate in self.gates:
            for code in gate.checks:
                if code not in codes:
                    raise ModelError(f"methodology {self.name!r}: gate {gate.name!r} names the unknown check {code!r}")


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


# ------------------------------------------------------------------------------------------ what is built in


def _budget_facts(context: CheckContext) -> Iterable[Finding]:
    found: list[Finding] = []
    if context.portfolio.money is not None:
        for measure in ("budget", "actual", "forecast"):
            found += context.roll_up(measure).findings
    return found


def _exceptions(context: CheckContext) -> Iterable[Finding]:
    pf = context.portfolio
    stated = [pf.tolerance, *(p.tolerance for p in pf.programmes), *(p.tolerance for p in pf.projects)]
    of_tasks = any(task.tolerance for p in pf.projects for task in p.tasks)
    if not of_tasks and not any(stated):
        return
    for breach in status(pf, baseline=context.baseline, tasks=of_tasks).breaches:
        told = f"tell {breach.body}" if breach.body else "name a body that decides: organisation: bodies:"
        if breach.body and not breach.covered:
            told += ", whose authority is not known to cover it"
        whole = breach.level == "portfolio"
        message = f"{breach.aspect} of {'the portfolio' if whole else repr(breach.item)}: {breach.text}"
        yield Finding(code="ipmo/exception", item="" if whole else breach.item, message=message, hint=told)


CORE_CHECKS: tuple[Check, ...] = (
    Check(
        code="ipmo/model",
        title="The plan has no gaps and contradicts nothing",
        source="ipmo",
        run=lambda context: model_facts(context.portfolio),
    ),
    Check(
        code="ipmo/schedule",
        title="The schedule keeps its promises and its logic",
        source="ipmo",
        run=lambda context: schedule_facts(context.portfolio, context.schedule),
    ),
    Check(
        code="ipmo/quality",
        title="The schedule is well made: the 14 points, loose ends",
        source=DCMA,
        run=lambda context: quality_facts(context.portfolio, context.schedule),
    ),
    Check(
        code="ipmo/contracts",
        rule="SCH-R15",
        title="What one project hands to another is agreed: dates, owners, and who holds the room between them",
        source=CONTRACTS,
        run=lambda context: contract_facts(context.portfolio, context.schedule),
    ),
    Check(
        code="ipmo/cross-links",
        rule="SCH-R16",
        title="Links across projects that drive, or nearly do, are known",
        source="GAO Schedule Assessment Guide (2015), best practices 2 and 6; Devaux, drag of a link",
        run=lambda context: cross_link_facts(context.portfolio),
    ),
    Check(code="ipmo/due", title="Nothing is past its day", source="ipmo", run=lambda context: due_facts(context.portfolio)),
    Check(
        code="ipmo/benefits",
        title="Benefits lead somewhere, belong to somebody and are counted once",
        source="MSP benefit profiles and maps; HM Treasury, The Green Book",
        run=lambda context: benefit_facts(context.portfolio),
    ),
    Check(
        code="ipmo/watermelons",
        rule="GOV-R07",
        title="Reported status is borne out by the figures",
        source="UK delivery confidence practice; PRINCE2 7, tolerances",
        run=lambda context: watermelons(context.portfolio, context.schedule, context.history),
    ),
    Check(
        code="ipmo/exceptions",
        rule="GOV-R04",
        title="What is forecast to exceed its tolerance is escalated",
        source="PRINCE2 7, management by exception",
        run=_exceptions,
    ),
    Check(code="ipmo/totals", title="Stated totals agree with their parts", source="ipmo", run=_budget_facts),
)
"""The checks that run on every portfolio. Their findings carry finer codes, all beginning with `ipmo/`."""

PLAIN = Methodology(name="plain", title="No method", source="ipmo")
"""The methodology of those who follow none: the core checks only."""

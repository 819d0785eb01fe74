"""Plugins found, isolated, named and listed.

What ipmo itself declares is a plugin like any other, handed in from above: the registry knows no rule and no format. Nothing
is loaded when ipmo is imported. The first question that needs a plugin loads them all: entry points of the group
`ipmo.plugins`, sorted by name, each with a manager of its own, so that a faulty one is set aside by name and everything
else works.
"""

from __future__ import annotations

import functools
import itertools
import os
import traceback
import warnings
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, TypeAlias, TypeVar

import attrs
import pluggy

from ipmo.errors import CRASHES, IpmoError, PluginError, PluginWarning, UnknownItemError, close_matches
from ipmo.figures.svg import Figure
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import (
    Check,
    CheckContext,
    EstimateKind,
    Extension,
    Format,
    Hooks,
    Methodology,
    Notice,
    Question,
    Section,
)
from ipmo.methods.facts import one_finding_a_fact
from ipmo.methods.notices import NOTICES
from ipmo.methods.tailoring import Chosen, Tailoring, chosen_methods, waived, waiver_facts
from ipmo.methods.unchanged import Unchanged
from ipmo.methods.unfit import refuse_unmarked, unfit
from ipmo.model.measures import LinkKind, Measure
from ipmo.model.portfolio import Portfolio
from ipmo.notebooks import Shown
from ipmo.progress import step
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.version import __version__

__all__ = ["InstalledPlugin", "InstalledPlugins", "Plugin", "Registry"]

Status: TypeAlias = Literal["built in", "loaded", "set aside"]
GROUP = "ipmo.plugins"
FEW = 12
"""Names of one kind that a summary lists; more are counted."""

T = TypeVar("T")
Declaration = Methodology | Check | Measure | LinkKind | EstimateKind | Extension | Format | Section | Question
Hooked = type[Methodology] | type[Check] | type[Measure] | type[LinkKind] | type[EstimateKind] | type[Format]
HOOKS: Mapping[str, Hooked] = {
    "ipmo_methodologies": Methodology,
    "ipmo_checks": Check,
    "ipmo_measures": Measure,
    "ipmo_link_kinds": LinkKind,
    "ipmo_estimates": EstimateKind,
    "ipmo_formats": Format,
}


@attrs.frozen(kw_only=True)
class Plugin:
    """One plugin: what it declares, or why it was set aside.

    Args:
        name: the entry point's name.
        distribution: the package and its version, or `added by hand`.
        declares: declarations by hook.
        built_in: it is ipmo itself, whose names are never taken over.
        error: why it is set aside; None when it works.
        trace: the traceback behind the error.
    """

    name: str
    distribution: str
    declares: Mapping[str, tuple[Declaration, ...]] = attrs.field(factory=dict)
    built_in: bool = False
    error: PluginError | None = None
    trace: str = ""

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """What it declares of one class by its hooks: what belongs to a method stands in the method."""
        return tuple(one for found in self.declares.values() for one in found if isinstance(one, kind))

    def everything(self, kind: type[T]) -> tuple[T, ...]:
        """What it declares of one class, in its methods too."""
        inside = (part for method in self.of(Methodology) for part in method.parts)
        return (*self.of(kind), *(part for part in inside if isinstance(part, kind)))

    @property
    def summary(self) -> str:
        """What it declares, in a few words."""
        words = []
        for hook, found in self.declares.items():
            what = hook.removeprefix("ipmo_").replace("_", " ")
            names = [_names(one)[0] for one in found]
            words.append(f"{what}: {', '.join(names)}" if len(names) <= FEW else f"{len(names)} {what}")
        words += [f"{len(method.checks)} check{'' if len(method.checks) == 1 else 's'}" for method in self.of(Methodology) if method.checks]
        return "; ".join(words)


@attrs.frozen
class InstalledPlugin(Shown):
    """An installed plugin, and how it stands.

    Args:
        name: its name.
        distribution: the package that it comes in, or `added by hand`.
        version: of that package; empty where it has none.
        status: `built in`, `loaded`, or `set aside` where it failed.
        declares: what it declares, in a few words.
        error: why it is set aside; empty when it works.
    """

    name: str
    distribution: str
    version: str
    status: Status
    declares: str
    error: str


@attrs.frozen(repr=False)
class InstalledPlugins(Answer[str, InstalledPlugin]):
    """The answer of `plugins`: one row an installed plugin, ipmo itself first."""

    rows: tuple[InstalledPlugin, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(row.name for row in self.rows)

    def __iter__(self) -> Iterator[InstalledPlugin]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str | int) -> InstalledPlugin:
        """A plugin by its name, or by its place from 0.

        Raises:
            UnknownItemError: none of that name is installed.
        """
        if isinstance(name, int):
            return row_at(self.rows, name, "the installed plugins")
        found = next((row for row in self.rows if row.name == name), None)
        if found is None:
            raise UnknownItemError(name, close_matches(name, self.ids), "the installed plugins")
        return found

    def explain(self, name: str | int) -> str:
        """What a plugin declares, or why it is set aside."""
        row = self[name]
        return f"{row.name}: {f'{row.distribution} {row.version}'.strip()}, {row.status}; {row.error or row.declares or 'declares nothing'}"

    def table(self) -> Table:
        """One row a plugin: name, distribution, version, status, what it declares, its error."""
        columns = ("name", "distribution", "version", "status", "declares", "error")
        return Table([Column(column, "str", [getattr(row, column) for row in self.rows]) for column in columns])

    def __repr__(self) -> str:
        return f"<InstalledPlugins: {', '.join(f'{row.name} ({row.status})' for row in self.rows)}>"


class Registry:
    """What plugins declare, merged by name. Two plugins that declare the same name are both set aside, by name.

    Args:
        core: a module or object in which ipmo itself declares what it brings, by the hooks of every plugin.
        strict: raise at the first fault.

    Raises:
        PluginError: what ipmo declares is faulty.
    """

    def __init__(self, core: object | None = None, *, strict: bool = False) -> None:
        self.plugins: list[Plugin] = []
        self._claims: dict[tuple[str, str], list[str]] = {}
        self.strict = True  # a fault in what is built in is no reason to go on without it
        if core is not None:
            self._ask(core, "ipmo", f"ipmo {__version__}", built_in=True)
        self.strict = strict

    # ---------------------------------------------------------------------------------------- loading

    def discover(self) -> Registry:
        """Loads every installed plugin, in the order of their names.

        Raises:
            PluginError: a plugin is faulty and the registry is strict.
        """
        disabled = {name.strip() for name in os.environ.get("IPMO_DISABLE_PLUGINS", "").split(",")}
        for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
            if point.name not in disabled:
                self._load(point)
        return self

    def _load(self, point: EntryPoint) -> None:
        dist = point.dist
        distribution = f"{dist.name} {dist.version}" if dist is not None else "unknown distribution"
        try:
            module = point.load()
        except CRASHES as error:
            self._fail(point.name, distribution, f"cannot be imported from {point.value!r}", error)
            return
        self.add(module, name=point.name, distribution=distribution)

    def add(self, module: object, *, name: str, distribution: str = "added by hand") -> Plugin:
        """Asks one plugin all hooks and keeps what it declares.

        Args:
            module: a module or object with functions marked `@hookimpl`.
            name: what to call it.
            distribution: where it comes from.

        Raises:
            PluginError: it is faulty, or declares a name twice, and the registry is strict.
        """
        return self._ask(module, name, distribution)

    def _ask(self, module: object, name: str, distribution: str, *, built_in: bool = False) -> Plugin:
        manager = pluggy.PluginManager("ipmo")
        manager.add_hookspecs(Hooks)
        try:
            manager.register(module, name)
            manager.check_pending()
            refuse_unmarked(module, manager, HOOKS)
        except CRASHES as error:
            return self._fail(name, distribution, "cannot be registered", error, unfit(error, HOOKS))
        reserved = {claim for plugin in self.plugins if plugin.built_in for claim in _claims(plugin)}
        declares: dict[str, tuple[Declaration, ...]] = {}
        for hook, kind in HOOKS.items():
            try:
                answers = getattr(manager.hook, hook)()
                found = tuple(one for answer in answers for one in answer)  # generators fail here, inside the guard
                for one in found:
                    if not isinstance(one, kind):
                        instead = f"the class {one.__name__}; declare an instance" if isinstance(one, type) else f"{one!r:.80}"
                        raise TypeError(f"expected {kind.__name__}, got {instead}")
                    if taken := reserved.intersection(_claims_of(one)):
                        raise ValueError(f"{sorted(taken)[0][1]!r} is built in; choose another name")
            except CRASHES as error:
                return self._fail(name, distribution, f"hook {hook!r} failed", error)
            if found:
                declares[hook] = found
        self.plugins.append(Plugin(name=name, distribution=distribution, declares=declares, built_in=built_in))
        self._forget()
        self._set_duplicates_aside(len(self.plugins) - 1)
        return self.plugins[-1]

    def _fail(self, name: str, distribution: str, doing: str, error: BaseException, cause: str = "") -> Plugin:
        problem = PluginError(name, distribution, doing, cause or f"{type(error).__name__}: {error}")
        if self._stops:
            raise problem from error
        plugin = Plugin(name=name, distribution=distribution, error=problem, trace="".join(traceback.format_exception(error)))
        self.plugins.append(plugin)
        warnings.warn(str(problem), PluginWarning, stacklevel=4)
        return plugin

    @property
    def _stops(self) -> bool:
        """Whether the first fault stops everything."""
        return self.strict or os.environ.get("IPMO_STRICT_PLUGINS") == "1"

    def _set_duplicates_aside(self, place: int) -> None:
        """None of several plugins that declare the same name wins by luck, whatever the order they are found in."""
        plugin = self.plugins[place]
        claimed = dict.fromkeys(_claims(plugin))
        for claim in claimed:
            self._claims.setdefault(claim, []).append(plugin.name)
        for what, name in claimed:
            owners = self._claims[what, name]
            if len(owners) < 2:
                continue
            names = " and ".join(map(repr, owners))
            for n, other in enumerate(self.plugins):
                if other.name not in owners or other.error is not None:
                    continue
                problem = PluginError(other.name, other.distribution, "cannot be used", f"plugins {names} both declare {what} {name!r}")
                if self._stops:
                    raise problem
                self.plugins[n] = attrs.evolve(other, declares={}, error=problem)
            self._forget()
            warnings.warn(f"plugins {names} both declare {what} {name!r}; none of them is used", PluginWarning, stacklevel=5)

    def _forget(self) -> None:
        for name, value in vars(type(self)).items():
            if isinstance(value, functools.cached_property):
                self.__dict__.pop(name, None)

    # ---------------------------------------------------------------------------------------- answers

    def _all(self, kind: type[T]) -> Iterator[T]:
        """Everything of one class, in methods too."""
        for plugin in self.plugins:
            yield from plugin.everything(kind)

    @functools.cached_property
    def methodologies(self) -> Mapping[str, Methodology]:
        """By name and alias."""
        return {name: method for method in self._all(Methodology) for name in (method.name, *method.aliases)}

    @functools.cached_property
    def checks(self) -> tuple[Check, ...]:
        """Those that belong to no method: ipmo's own and those of plugins."""
        return tuple(check for plugin in self.plugins for check in plugin.of(Check))

    @functools.cached_property
    def measures(self) -> Mapping[str, Measure]:
        """By name: ipmo's own, those of methods, those of none."""
        return {measure.name: measure for measure in self._all(Measure)}

    @functools.cached_property
    def link_kinds(self) -> Mapping[str, LinkKind]:
        """By name; only `schedule` moves dates."""
        return {kind.name: kind for kind in self._all(LinkKind)}

    @functools.cached_property
    def estimates(self) -> Mapping[str, EstimateKind]:
        """Kinds of estimate by name."""
        return {kind.name: kind for kind in self._all(EstimateKind)}

    @functools.cached_property
    def extensions(self) -> Mapping[str, Extension]:
        """What methods add to items, by name."""
        return {extension.name: extension for extension in self._all(Extension)}

    @functools.cached_property
    def formats(self) -> tuple[Format, ...]:
        """File formats: those of plugins, then ipmo's own."""
        plugins = sorted(self.plugins, key=lambda plugin: plugin.built_in)
        return tuple(form for plugin in plugins for form in plugin.of(Format))

    def methodology(self, name: str) -> Methodology:
        """The methodology of that name or alias.

        Raises:
            PluginError: its plugin was set aside; the message says why.
            UnknownItemError: there is none; those installed are named.
        """
        if name in self.methodologies:
            return self.methodologies[name]
        for plugin in self.plugins:
            if plugin.error is not None and name in (plugin.name, plugin.distribution.partition(" ")[0].removeprefix("ipmo-")):
                raise plugin.error
        raise UnknownItemError(
            name, close_matches(name, self.methodologies), f"the installed methodologies ({', '.join(sorted(self.methodologies))})"
        )

    @functools.cached_property
    def rules(self) -> frozenset[str]:
        """Ids and codes of all rules that can be waived."""
        codes = {check.code for check in self._all(Check)} | {check.rule for check in self._all(Check) if check.rule}
        return frozenset(codes | {notice.code for notice in self._notices()})

    @functools.cached_property
    def headings(self) -> Mapping[str, str]:
        """What stands over the findings of each code."""
        out = {notice.code: notice.heading for notice in self._notices()}
        return out | {check.code: check.heading or check.title for check in self._all(Check)}

    def _notices(self) -> Iterator[Notice]:
        yield from NOTICES
        for form in self.formats:
            yield from form.notices

    # ---------------------------------------------------------------------------------------- what applies

    def applicable(self, portfolio: Portfolio) -> Iterator[tuple[Methodology, Chosen]]:
        """The methods that the portfolio names and that can be used."""
        for chosen in chosen_methods(portfolio):
            try:
                yield self.methodology(chosen.name), chosen
            except (PluginError, UnknownItemError):
                continue

    def run(self, portfolio: Portfolio, *, history: tuple[Portfolio, ...] = (), baseline: Portfolio | None = None) -> Iterator[Finding]:
        """What reading found, then what every check finds that applies: ipmo's own, those of no method, those of the chosen methods as tailored.

        What a waiver covers is still said, as information with the waiver's reason; what two checks find is said once.
        """
        found = [*portfolio.source.findings, *self._run(portfolio, history, baseline)]
        same = {check.code: check.same_as for check in self._all(Check) if check.same_as}
        yield from one_finding_a_fact(waived(portfolio, found), same)
        if portfolio.waivers:
            seen = {name for one in found for name in (one.code, one.rule) if name}
            yield from waiver_facts(portfolio, self.rules | seen)

    def _run(self, portfolio: Portfolio, history: tuple[Portfolio, ...], baseline: Portfolio | None) -> Iterator[Finding]:
        context = CheckContext(portfolio=portfolio, measures=self.measures, history=history, baseline=baseline)
        watch = Unchanged(portfolio)
        methods = {chosen.name: self.methodologies.get(chosen.name) for chosen in chosen_methods(portfolio)}
        total = len(self.checks) + sum(len(method.checks) for method in methods.values() if method is not None)
        done = itertools.count()
        for plugin in self.plugins:
            checks = plugin.of(Check)
            for check in checks:
                step("checking", next(done), total)
                yield from self._guarded(check, context)
            if checks and not plugin.built_in:
                yield from self._left_alone(watch, checks[0])
        for chosen in chosen_methods(portfolio):
            try:
                method = self.methodology(chosen.name)
            except (PluginError, UnknownItemError) as error:
                yield Finding(
                    code="ipmo/methodology",
                    message=f"methodology {chosen.name!r} cannot be used: {error}",
                    severity=Severity.WARNING,
                    hint=f"install its plugin: pip install ipmo-{chosen.name}",
                )
                continue
            tailoring = Tailoring(portfolio, method, chosen)
            yield from tailoring.faults()
            here = attrs.evolve(context, scope=chosen.items, excluded=chosen.excluded)
            for check in method.checks:
                step("checking", next(done), total)
                yield from filter(tailoring.keeps, self._guarded(check, here))
            yield from tailoring.silenced()
            if method.checks:
                yield from self._left_alone(watch, method.checks[0])
        step("checking", total, total)
        for place, link in enumerate(portfolio.links):
            if link.kind not in self.link_kinds:
                yield Finding(
                    code="ipmo/link-kind",
                    message=f"link {link.id or f'links[{place}]'!r}: no plugin declares the kind {link.kind!r}",
                    hint=f"known are {', '.join(sorted(self.link_kinds))}",
                    severity=Severity.INFO,
                )

    def sections(
        self, portfolio: Portfolio, *, history: tuple[Portfolio, ...] = (), baseline: Portfolio | None = None
    ) -> Iterator[tuple[Methodology, Section, tuple[str | Table | Figure, ...]]]:
        """What the chosen methods add to the report; a section that crashes says so in its place."""
        context = CheckContext(portfolio=portfolio, measures=self.measures, history=history, baseline=baseline)
        for method, chosen in self.applicable(portfolio):
            here = attrs.evolve(context, scope=chosen.items, excluded=chosen.excluded)
            for section in method.sections:
                blocks: tuple[str | Table | Figure, ...]
                try:
                    blocks = tuple(section.show(here))
                    if wrong := [one for one in blocks if not isinstance(one, str | Table | Figure)]:
                        raise TypeError(f"a section gives texts, Tables and Figures, this one {wrong[0]!r:.60}")
                except IpmoError as error:
                    blocks = (f"Not shown: {error}",)
                except CRASHES as error:
                    blocks = (f"This section of {self._called(section)} failed: {type(error).__name__}: {error}",)
                if blocks:
                    yield method, section, blocks

    def owner(self, declared: Declaration) -> Plugin | None:
        """The plugin that declares something; None when it came from elsewhere."""
        return next((plugin for plugin in self.plugins if any(declared is one for one in plugin.everything(type(declared)))), None)

    def blame(self, declared: Declaration, doing: str, error: BaseException) -> PluginError | None:
        """What to raise when something declared fails: it names the plugin; None where that is ipmo itself.

        Args:
            declared: what failed.
            doing: what was being done.
            error: how it failed.
        """
        plugin = self.owner(declared)
        if plugin is None or plugin.built_in:
            return None
        return PluginError(plugin.name, plugin.distribution, doing, f"{type(error).__name__}: {error}")

    def _called(self, declared: Declaration) -> str:
        """The plugin that declares something, in words."""
        plugin = self.owner(declared)
        return "ipmo" if plugin is None or plugin.built_in else f"plugin {plugin.name!r} ({plugin.distribution})"

    def _guarded(self, check: Check, context: CheckContext) -> Iterator[Finding]:
        """A crashed check becomes a finding: the others still inform."""
        try:
            found = list(check.run(context))
            for one in found:
                if not isinstance(one, Finding):
                    raise TypeError(f"a check yields findings, this one {one!r:.60}")
                if one.code != check.code and (owner := self.owner(check)) is not None and not owner.built_in:
                    raise ValueError(f"its finding has the code {one.code!r}; let it be that of the check")
        except IpmoError as error:  # the question has no answer here: said once, whichever check asked
            severity = Severity.ERROR if error.items else Severity.WARNING  # an item stands in the way, or the question has no sense
            yield Finding(code="ipmo/no-answer", severity=severity, message=str(error), item=next(iter(error.items), ""))
            return
        except CRASHES as error:
            yield Finding(
                code="ipmo/check-crashed",
                severity=Severity.ERROR,
                message=f"check {check.code!r} of {self._called(check)} failed: {type(error).__name__}: {error}",
            )
            return
        for finding in found:
            yield finding if finding.rule or not check.rule else attrs.evolve(finding, rule=check.rule)

    def _left_alone(self, watch: Unchanged, check: Check) -> Iterator[Finding]:
        """A plugin whose checks change what they look at is said by name: what is found after them is about something else."""
        plugin = self.owner(check)
        if plugin is not None and not watch.still():
            yield Finding(
                code="ipmo/check-crashed",
                severity=Severity.ERROR,
                message=f"checks of {self._called(check)} changed the portfolio that they look at: what is said of it from here on may be wrong",
                hint=f"read it again, without this plugin until it is mended: IPMO_DISABLE_PLUGINS={plugin.name}",
            )

    def listing(self) -> InstalledPlugins:
        """Every plugin, with its package and how it stands."""
        return InstalledPlugins(tuple(map(_shown, self.plugins)))


# ------------------------------------------------------------------------------------------ names and hints


def _shown(plugin: Plugin) -> InstalledPlugin:
    package, number = _package(plugin)
    status: Status = "set aside" if plugin.error else "built in" if plugin.built_in else "loaded"
    return InstalledPlugin(plugin.name, package, number, status, plugin.summary, str(plugin.error or ""))


def _package(plugin: Plugin) -> tuple[str, str]:
    """Name and version of a plugin's package; one that was added by hand has no version."""
    name, _, number = plugin.distribution.rpartition(" ")
    return (name, number) if name and number[:1].isdigit() else (plugin.distribution, "")


def _names(one: Declaration) -> tuple[str, ...]:
    if isinstance(one, Check):
        return (one.code,)
    return (one.name, *one.aliases) if isinstance(one, Methodology) else (one.name,)


KINDS: Mapping[type, str] = {
    Methodology: "methodology",
    Check: "check",
    Measure: "measure",
    LinkKind: "link kind",
    EstimateKind: "estimate",
    Extension: "extension",
    Format: "format",
    Section: "section",
    Question: "question",
}


def _claims(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """(what, name) of everything that a plugin claims, inside its methods too."""
    for found in plugin.declares.values():
        for one in found:
            yield from _claims_of(one)


def _claims_of(one: Declaration) -> Iterator[tuple[str, str]]:
    what = next(word for kind, word in KINDS.items() if isinstance(one, kind))
    for name in _names(one):
        yield what, name
    for part in one.parts if isinstance(one, Methodology) else ():
        yield from _claims_of(part)

"""Plugins found, isolated, named and listed.

Nothing is loaded when ipmo is imported. The first question that needs a plugin loads them all: entry points of the
group `ipmo.plugins`, sorted by name, each with a manager of its own, so that a faulty one is set aside by name and
everything else works.
"""

from __future__ import annotations

import difflib
import functools
import os
import re
import traceback
import warnings
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import attrs
import pluggy

from ipmo.analysis.money.rollup import MEASURES
from ipmo.errors import IpmoError, PluginError, PluginWarning, UnknownItemError, close_matches
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import (
    PLAIN,
    Check,
    CheckContext,
    EstimateKind,
    Extension,
    Format,
    Hooks,
    Methodology,
    Section,
)
from ipmo.methods.tailoring import Chosen, Tailoring, chosen_methods, waived, waiver_facts
from ipmo.model.measures import LinkKind, Measure
from ipmo.model.portfolio import Portfolio
from ipmo.rules.checks import CORE_CHECKS
from ipmo.tables import Column, Table

__all__ = ["Plugin", "Registry", "installed"]

GROUP = "ipmo.plugins"
HOOKS: Mapping[str, type] = {
    "ipmo_methodologies": Methodology,
    "ipmo_checks": Check,
    "ipmo_measures": Measure,
    "ipmo_link_kinds": LinkKind,
    "ipmo_estimates": EstimateKind,
    "ipmo_formats": Format,
}


LINK_KINDS = (LinkKind(name="schedule", title="Moves dates"), LinkKind(name="informs", title="Passes knowledge on"))


@attrs.frozen(kw_only=True)
class Plugin:
    """One plugin: what it declares, or why it was set aside.

    Args:
        name: the entry point's name.
        distribution: the package and its version, or `added by hand`.
        declares: declarations by hook.
        error: why it is set aside; None when it works.
        trace: the traceback behind the error.
    """

    name: str
    distribution: str
    declares: Mapping[str, tuple[Any, ...]] = attrs.field(factory=dict)
    error: PluginError | None = None
    trace: str = ""

    def of(self, hook: str) -> tuple[Any, ...]:
        """What it declares under one hook."""
        return self.declares.get(hook, ())

    @property
    def summary(self) -> str:
        """What it declares, in a few words."""
        words = []
        for hook, found in self.declares.items():
            names = [getattr(one, "name", getattr(one, "code", "")) for one in found]
            if names:
                words.append(f"{hook.removeprefix('ipmo_').replace('_', ' ')}: {', '.join(names)}")
        for method in self.of("ipmo_methodologies"):
            words.append(f"{len(method.checks)} checks")
        return "; ".join(words)


class Registry:
    """What plugins declare, merged by name. Two plugins that declare the same name are both set aside, by name."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.plugins: list[Plugin] = []
        self._claims: dict[tuple[str, str], list[str]] = {}

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
        except (Exception, SystemExit) as error:
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
        manager = pluggy.PluginManager("ipmo")
        manager.add_hookspecs(Hooks)
        try:
            manager.register(module, name)
            manager.check_pending()
        except Exception as error:
            return self._fail(name, distribution, "cannot be registered", error, _unfit(error))
        declares: dict[str, tuple[Any, ...]] = {}
        for hook, kind in HOOKS.items():
            try:
                answers = getattr(manager.hook, hook)()
                found = tuple(one for answer in answers for one in answer)  # generators fail here, inside the guard
                for one in found:
                    if not isinstance(one, kind):
                        instead = f"the class {one.__name__}; declare an instance" if isinstance(one, type) else f"{one!r:.80}"
                        raise TypeError(f"expected {kind.__name__}, got {instead}")
                    if built_in := _BUILT_IN.get(hook, frozenset()) & set(_names(one)):
                        raise ValueError(f"{sorted(built_in)[0]!r} is built in; choose another name")
            except Exception as error:
                return self._fail(name, distribution, f"hook {hook!r} failed", error)
            if found:
                declares[hook] = found
        plugin = Plugin(name=name, distribution=distribution, declares=declares)
        self.plugins.append(plugin)
        self._forget()
        self._set_duplicates_aside(len(self.plugins) - 1)
        return self.plugins[-1]

    def _fail(self, name: str, distribution: str, doing: str, error: BaseException, cause: str = "") -> Plugin:
        problem = PluginError(name, distribution, doing, cause or f"{type(error).__name__}: {error}")
        if self.strict or os.environ.get("IPMO_STRICT_PLUGINS") == "1":
            raise problem from error
        plugin = Plugin(name=name, distribution=distribution, error=problem, trace="".join(traceback.format_exception(error)))
        self.plugins.append(plugin)
        warnings.warn(str(problem), PluginWarning, stacklevel=3)
        return plugin

    def _set_duplicates_aside(self, place: int) -> None:
        """None of several plugins that declare the same name wins by luck, whatever the order they are found in."""
        plugin = self.plugins[place]
        claimed = dict.fromkeys(claim for hook, found in plugin.declares.items() for one in found for claim in _claims(hook, one))
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
                if self.strict:
                    raise problem
                self.plugins[n] = attrs.evolve(other, declares={}, error=problem)
            self._forget()
            warnings.warn(f"plugins {names} both declare {what} {name!r}; none of them is used", PluginWarning, stacklevel=4)

    def _forget(self) -> None:
        for name in ("methodologies", "checks", "measures", "link_kinds", "estimates", "extensions", "formats", "rules"):
            self.__dict__.pop(name, None)

    # ---------------------------------------------------------------------------------------- answers

    def _all(self, hook: str) -> Iterator[Any]:
        for plugin in self.plugins:
            if plugin.error is None:
                yield from plugin.of(hook)

    @functools.cached_property
    def methodologies(self) -> Mapping[str, Methodology]:
        """By name and alias; `plain` is always there."""
        out = {PLAIN.name: PLAIN}
        for method in self._all("ipmo_methodologies"):
            for name in (method.name, *method.aliases):
                out[name] = method
        return out

    @functools.cached_property
    def checks(self) -> tuple[Check, ...]:
        """The core checks and those that belong to no method."""
        return (*CORE_CHECKS, *self._all("ipmo_checks"))

    @functools.cached_property
    def measures(self) -> Mapping[str, Measure]:
        """By name: the core ones, those of methods, those of none."""
        found = [*MEASURES.values(), *self._all("ipmo_measures")]
        found += [measure for method in self._all("ipmo_methodologies") for measure in method.measures]
        return {measure.name: measure for measure in found}

    @functools.cached_property
    def link_kinds(self) -> Mapping[str, LinkKind]:
        """By name; only `schedule` moves dates."""
        found = [*LINK_KINDS]
        found += self._all("ipmo_link_kinds")
        found += [kind for method in self._all("ipmo_methodologies") for kind in method.link_kinds]
        return {kind.name: kind for kind in found}

    @functools.cached_property
    def estimates(self) -> Mapping[str, EstimateKind]:
        """Kinds of estimate by name."""
        found = [*self._all("ipmo_estimates")]
        found += [kind for method in self._all("ipmo_methodologies") for kind in method.estimates]
        return {kind.name: kind for kind in found}

    @functools.cached_property
    def extensions(self) -> Mapping[str, Extension]:
        """What methods add to items, by name."""
        return {extension.name: extension for method in self._all("ipmo_methodologies") for extension in method.extensions}

    @functools.cached_property
    def formats(self) -> tuple[Format, ...]:
        """File formats of plugins."""
        return tuple(self._all("ipmo_formats"))

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
        known = [*self.checks, *(check for method in self.methodologies.values() for check in method.checks)]
        return frozenset(name for check in known for name in (check.rule, check.code) if name)

    # ---------------------------------------------------------------------------------------- what applies

    def applicable(self, portfolio: Portfolio) -> Iterator[tuple[Methodology, Chosen]]:
        """The methods that the portfolio names and that can be used."""
        for chosen in chosen_methods(portfolio):
            try:
                yield self.methodology(chosen.name), chosen
            except (PluginError, UnknownItemError):
                continue

    def run(self, portfolio: Portfolio, *, history: tuple[Portfolio, ...] = (), baseline: Portfolio | None = None) -> Iterator[Finding]:
        """Findings of every check that applies: the core ones, those of no method, those of the chosen methods as tailored.

        What a waiver covers is still told, as information with the waiver's reason.
        """
        yield from waived(portfolio, self._run(portfolio, history, baseline))
        if portfolio.waivers:
            yield from waiver_facts(portfolio, self.rules)

    def _run(self, portfolio: Portfolio, history: tuple[Portfolio, ...], baseline: Portfolio | None) -> Iterator[Finding]:
        context = CheckContext(portfolio=portfolio, measures=self.measures, history=history, baseline=baseline)
        for check in self.checks:
            yield from self._guarded(check, context)
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
                yield from filter(tailoring.keeps, self._guarded(check, here))
            yield from tailoring.told()
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
    ) -> Iterator[tuple[Methodology, Section, tuple[Any, ...]]]:
        """What the chosen methods add to the report; a section that crashes says so in its place."""
        context = CheckContext(portfolio=portfolio, measures=self.measures, history=history, baseline=baseline)
        for method, chosen in self.applicable(portfolio):
            here = attrs.evolve(context, scope=chosen.items, excluded=chosen.excluded)
            for section in method.sections:
                try:
                    blocks = tuple(section.show(here))
                except IpmoError as error:
                    blocks = (f"Not shown: {error}",)
                except Exception as error:
                    blocks = (f"This section of {self._owner_of(section)} failed: {type(error).__name__}: {error}",)
                if blocks:
                    yield method, section, blocks

    def _owner_of(self, declared: Any) -> str:
        """The plugin that declares a check or a section, in words."""
        for plugin in self.plugins:
            methods = plugin.of("ipmo_methodologies")
            if any(declared is one for one in (*plugin.of("ipmo_checks"), *(c for m in methods for c in (*m.checks, *m.sections)))):
                return f"plugin {plugin.name!r} ({plugin.distribution})"
        return "ipmo"

    def _guarded(self, check: Check, context: CheckContext) -> Iterator[Finding]:
        """A crashed check becomes a finding: the others still inform."""
        try:
            found = list(check.run(context))
            for one in found:
                if not isinstance(one, Finding):
                    raise TypeError(f"a check yields findings, this one {one!r:.60}")
        except IpmoError as error:  # the question has no answer here: said once, whichever check asked
            severity = Severity.ERROR if error.items else Severity.WARNING  # an item stands in the way, or the question has no sense
            yield Finding(code="ipmo/no-answer", severity=severity, message=str(error), item=next(iter(error.items), ""))
            return
        except Exception as error:
            yield Finding(
                code="ipmo/check-crashed",
                severity=Severity.ERROR,
                message=f"check {check.code!r} of {self._owner_of(check)} failed: {type(error).__name__}: {error}",
            )
            return
        for finding in found:
            yield finding if finding.rule or not check.rule else attrs.evolve(finding, rule=check.rule)

    def table(self) -> Table:
        """One row a plugin: name, distribution, status, what it declares, its error."""
        rows = self.plugins
        return Table(
            [
                Column("name", "str", [p.name for p in rows]),
                Column("distribution", "str", [p.distribution.rpartition(" ")[0] or p.distribution for p in rows]),
                Column(
                    "version",
                    "str",
                    [
                        p.distribution.rpartition(" ")[2]
                        if (" " in p.distribution and not p.error) or p.distribution[-1:].isdigit()
                        else ""
                        for p in rows
                    ],
                ),
                Column("status", "str", ["set aside" if p.error else "loaded" for p in rows]),
                Column("declares", "str", [p.summary for p in rows]),
                Column("error", "str", [str(p.error) if p.error else "" for p in rows]),
            ]
        )


# ------------------------------------------------------------------------------------------ names and hints

_BUILT_IN: Mapping[str, frozenset[str]] = {
    "ipmo_methodologies": frozenset((PLAIN.name,)),
    "ipmo_measures": frozenset(MEASURES),
    "ipmo_link_kinds": frozenset(kind.name for kind in LINK_KINDS),
    "ipmo_checks": frozenset(check.code for check in CORE_CHECKS),
    "ipmo_formats": frozenset(("folder", "json", "mpxj", "mspdi", "xer", "yaml")),
}


def _names(one: Any) -> tuple[str, ...]:
    return (getattr(one, "name", "") or getattr(one, "code", ""), *getattr(one, "aliases", ()))


def _claims(hook: str, one: Any) -> Iterator[tuple[str, str]]:
    """(what, name) of everything that a declaration claims, inside a methodology too."""
    what = hook.removeprefix("ipmo_").replace("_", " ").removesuffix("ies").removesuffix("s")
    what = {"methodolog": "methodology"}.get(what, what)
    for name in _names(one):
        yield what, name
    if isinstance(one, Methodology):
        inside = (("measure", one.measures), ("link kind", one.link_kinds), ("estimate", one.estimates), ("extension", one.extensions))
        for kind, found in inside:
            for part in found:
                yield kind, part.name
        for section in one.sections:
            yield "section", section.name


def _unfit(error: Exception) -> str:
    """What is wrong with a plugin's hooks, and what to do about it."""
    found = re.search(r"unknown hook '(\w+)'", str(error))
    if found is None:
        return f"{type(error).__name__}: {' '.join(str(error).split())}; hooks take no arguments and return declarations"
    near = difflib.get_close_matches(found[1], HOOKS, n=1, cutoff=0.85)
    if near:
        return f"unknown hook {found[1]!r}; close: {near[0]!r}"
    return f"unknown hook {found[1]!r}; it may be of a newer ipmo than this {_version()}, which has {', '.join(HOOKS)}"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ipmo")
    except PackageNotFoundError:
        return "one"


@functools.cache
def installed() -> Registry:
    """The registry of installed plugins, built at first need."""
    return Registry().discover()

"""Plugins found, isolated, named and listed.

Nothing is loaded when ipmo is imported. The first question that needs a plugin loads them all: entry points of the
group `ipmo.plugins`, sorted by name, each with a manager of its own, so that a faulty one is set aside by name and
everything else works.
"""

from __future__ import annotations

import functools
import os
import traceback
import warnings
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import attrs
import pluggy

from ipmo.analysis.rollup import MEASURES
from ipmo.errors import IpmoError, PluginError, PluginWarning, UnknownItemError, close_matches
from ipmo.findings import Finding, Severity
from ipmo.methods import (
    CORE_CHECKS,
    PLAIN,
    Check,
    CheckContext,
    EstimateKind,
    Extension,
    Format,
    Hooks,
    Methodology,
)
from ipmo.model.measures import LinkKind, Measure
from ipmo.model.work import Portfolio
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
        except Exception as error:
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
            return self._fail(name, distribution, "cannot be registered", error)
        declares: dict[str, tuple[Any, ...]] = {}
        for hook, kind in HOOKS.items():
            try:
                answers = getattr(manager.hook, hook)()
                found = tuple(one for answer in answers for one in answer)  # generators fail here, inside the guard
                for one in found:
                    if not isinstance(one, kind):
                        raise TypeError(f"expected {kind.__name__}, got {one!r:.80}")
            except Exception as error:
                return self._fail(name, distribution, f"hook {hook!r} failed", error)
            if found:
                declares[hook] = found
        plugin = Plugin(name=name, distribution=distribution, declares=declares)
        self.plugins.append(plugin)
        self._forget()
        self._set_duplicates_aside()
        return next(p for p in self.plugins if p.name == name)

    def _fail(self, name: str, distribution: str, doing: str, error: Exception) -> Plugin:
        problem = PluginError(name, distribution, doing, f"{type(error).__name__}: {error}")
        if self.strict or os.environ.get("IPMO_STRICT_PLUGINS") == "1":
            raise problem from error
        plugin = Plugin(name=name, distribution=distribution, error=problem, trace="".join(traceback.format_exception(error)))
        self.plugins.append(plugin)
        warnings.warn(str(problem), PluginWarning, stacklevel=3)
        return plugin

    def _set_duplicates_aside(self) -> None:
        """Neither of two plugins that declare the same name wins by luck."""
        owners: dict[tuple[str, str], list[int]] = {}
        for place, plugin in enumerate(self.plugins):
            for hook, found in plugin.declares.items():
                for one in found:
                    for name in (getattr(one, "name", getattr(one, "code", "")), *getattr(one, "aliases", ())):
                        owners.setdefault((hook, name), []).append(place)
        for (hook, name), places in owners.items():
            if len(set(places)) < 2 or any(self.plugins[p].error for p in places):
                continue
            names = " and ".join(repr(self.plugins[p].name) for p in dict.fromkeys(places))
            for place in dict.fromkeys(places):
                plugin = self.plugins[place]
                problem = PluginError(plugin.name, plugin.distribution, f"hook {hook!r}", f"plugins {names} both declare {name!r}")
                if self.strict:
                    raise problem
                self.plugins[place] = attrs.evolve(plugin, declares={}, error=problem)
            warnings.warn(f"plugins {names} both declare {name!r}; both are set aside", PluginWarning, stacklevel=4)

    def _forget(self) -> None:
        for name in ("methodologies", "checks", "measures", "link_kinds", "estimates", "extensions", "formats"):
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
        found = [LinkKind(name="schedule", title="Moves dates"), LinkKind(name="informs", title="Passes knowledge on")]
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

    def run(self, portfolio: Portfolio, *, history: tuple[Portfolio, ...] = (), baseline: Portfolio | None = None) -> Iterator[Finding]:
        """Findings of every check that applies: the core ones, those of no method, those of the chosen methods."""
        context = CheckContext(portfolio=portfolio, measures=self.measures, history=history, baseline=baseline)
        for check in self.checks:
            yield from self._guarded(check, context)
        for name, scope in self._chosen(portfolio).items():
            try:
                method = self.methodology(name)
            except (PluginError, UnknownItemError) as error:
                yield Finding(
                    code="ipmo/methodology",
                    message=f"methodology {name!r} cannot be used: {error}",
                    severity=Severity.WARNING,
                    hint=f"install its plugin: pip install ipmo-{name}",
                )
                continue
            for check in method.checks:
                yield from self._guarded(check, attrs.evolve(context, scope=frozenset(scope)))
        for place, link in enumerate(portfolio.links):
            if link.kind not in self.link_kinds:
                yield Finding(
                    code="ipmo/link-kind",
                    message=f"link {link.id or f'links[{place}]'!r}: no plugin declares the kind {link.kind!r}",
                    hint=f"known are {', '.join(sorted(self.link_kinds))}",
                    severity=Severity.INFO,
                )

    def _chosen(self, portfolio: Portfolio) -> dict[str, set[str]]:
        """Methodology to the ids of what it applies to; nothing is inherited across scopes, an item may override."""
        chosen: dict[str, set[str]] = {}
        scopes = portfolio.methodologies
        if "portfolio" in scopes:
            chosen.setdefault(scopes["portfolio"], set()).update(portfolio.items)
        for scope, nouns in (("offices", portfolio.offices), ("programme", portfolio.programmes), ("project", portfolio.projects)):
            for noun in nouns:
                name = noun.methodology or scopes.get(scope)
                if name:
                    chosen.setdefault(name, set()).add(noun.id)
        if "offices" in scopes and portfolio.offices:
            chosen[scopes["offices"]].update(portfolio.items)  # offices serve the whole portfolio
        return dict(sorted(chosen.items()))

    def _guarded(self, check: Check, context: CheckContext) -> Iterator[Finding]:
        """A crashed check becomes a finding: the others still inform."""
        try:
            found = list(check.run(context))
        except IpmoError as error:  # the question has no answer here: said once, whichever check asked
            severity = Severity.ERROR if error.items else Severity.WARNING  # an item stands in the way, or the question has no sense
            yield Finding(code="ipmo/no-answer", severity=severity, message=str(error), item=next(iter(error.items), ""))
            return
        except Exception as error:
            owner = next(
                (
                    p
                    for p in self.plugins
                    if any(check in (*p.of("ipmo_checks"), *(c for m in p.of("ipmo_methodologies") for c in m.checks)) for _ in (0,))
                ),
                None,
            )
            where = f"plugin {owner.name!r} ({owner.distribution})" if owner else "ipmo"
            yield Finding(
                code="ipmo/check-crashed",
                severity=Severity.ERROR,
                message=f"check {check.code!r} of {where} failed: {type(error).__name__}: {error}",
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


@functools.cache
def installed() -> Registry:
    """The registry of installed plugins, built at first need."""
    return Registry().discover()

"""Which method holds for which item, and what of it: scopes, overrides, profiles by size and criticality, waivers.

Nothing is inherited across scopes: a portfolio under one method says nothing about its projects. An item's own
`methodology:` stands over that of its scope. A name may carry a profile: `agile/light`.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError, close_matches
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import Methodology, Profile
from ipmo.model.governance import Gate, Waiver
from ipmo.model.hierarchy import hierarchy
from ipmo.model.people import Office
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import names_of_plain_work
from ipmo.model.work import Programme, Project, Task
from ipmo.units import as_day

__all__ = ["Chosen", "Tailoring", "chosen_methods", "method_for", "waived", "waiver_facts"]


@attrs.frozen(kw_only=True)
class Chosen:
    """A method that the portfolio names, and what it holds for.

    Args:
        name: of the method, as it was written.
        items: full ids of what it holds for.
        excluded: tasks and gates inside them that name another method.
        profiles: item to the profile that was named for it; the empty id stands for the portfolio.
    """

    name: str
    items: frozenset[str]
    excluded: frozenset[str] = frozenset()
    profiles: Mapping[str, str] = attrs.field(factory=dict)


def method_and_profile(written: str) -> tuple[str, str]:
    """What `method/profile` names; the profile is empty where there is none."""
    name, _, profile = written.partition("/")
    return name, profile


def chosen_methods(portfolio: Portfolio) -> tuple[Chosen, ...]:
    """The methods that a portfolio names, by name."""
    items: dict[str, set[str]] = {}
    excluded: dict[str, set[str]] = {}
    profiles: dict[str, dict[str, str]] = {}

    def choose(written: str, found: Iterable[str], bearer: str) -> None:
        name, profile = method_and_profile(written)
        items.setdefault(name, set()).update(found)
        if profile:
            profiles.setdefault(name, {})[bearer] = profile

    scopes = portfolio.methodologies
    if "portfolio" in scopes:
        choose(scopes["portfolio"], portfolio.items, "")
    if "offices" in scopes and portfolio.offices:  # offices serve the whole portfolio
        choose(scopes["offices"], portfolio.items, "")
    bearers: tuple[tuple[str, tuple[Office | Programme | Project, ...]], ...] = (
        ("offices", portfolio.offices),
        ("programme", portfolio.programmes),
        ("project", portfolio.projects),
    )
    for scope, nouns in bearers:
        for noun in nouns:
            written = noun.methodology or scopes.get(scope)
            if written:
                gates = (gate.id for gate in portfolio.gates if scope == "programme" and gate.programme == noun.id)
                choose(written, (noun.id, *gates), noun.id)
    for project in portfolio.projects:
        plain = names_of_plain_work(project) is not None  # none of that names a method
        inside: tuple[Task | Gate, ...] = (*(() if plain else project.tasks), *project.gates)
        for inner in inside:
            if inner.methodology:
                full_id = f"{project.id}/{inner.id}"
                own = method_and_profile(inner.methodology)[0]
                choose(inner.methodology, (full_id,), full_id)
                for name in items:
                    if name != own and project.id in items[name]:
                        excluded.setdefault(name, set()).add(full_id)
    for gate in portfolio.gates:
        if gate.methodology:
            choose(gate.methodology, (gate.id,), gate.id)
    return tuple(
        Chosen(name=name, items=frozenset(items[name]), excluded=frozenset(excluded.get(name, ())), profiles=profiles.get(name, {}))
        for name in sorted(items)
    )


def method_for(portfolio: Portfolio, item: str) -> tuple[str, ...]:
    """Names of the methods under which an item stands: its own, its project's, the portfolio's; without their profiles."""
    noun = portfolio.items.get(item)
    project = portfolio.items.get(portfolio.project_of(item) or (isinstance(noun, Gate) and noun.programme) or "")
    named = type(project if isinstance(noun, Gate) else noun).__name__
    scope = {"Programme": "programme", "Office": "offices", "NoneType": "portfolio"}.get(named, "project")
    written = [getattr(noun, "methodology", None), getattr(project, "methodology", None)]
    written += [portfolio.methodologies.get(scope), portfolio.methodologies.get("portfolio")]
    return tuple(dict.fromkeys(method_and_profile(name)[0] for name in written if name))


class Tailoring:
    """What of one method holds for each item.

    Args:
        portfolio: the portfolio.
        method: the method.
        chosen: what it was chosen for.
    """

    def __init__(self, portfolio: Portfolio, method: Methodology, chosen: Chosen) -> None:
        self.portfolio, self.method, self.chosen = portfolio, method, chosen
        self._profiles: dict[str, Profile | None] = {}
        self.switched_off: dict[str, set[str]] = {}

    def faults(self) -> Iterator[Finding]:
        """Profiles that are named and that the method does not have."""
        for item, name in sorted(self.chosen.profiles.items()):
            if self.method.profile(name) is None:
                known = ", ".join(profile.name for profile in self.method.profiles) or "none"
                yield Finding(
                    code="ipmo/methodology",
                    item=item,
                    message=f"method {self.method.name!r} has no profile {name!r}, so nothing is tailored",
                    hint=f"its profiles are: {known}",
                )

    def bearer(self, item: str) -> str:
        """What an item is tailored by: itself where it names a profile, else its project, programme or office."""
        if item in self.chosen.profiles:
            return item
        noun = self.portfolio.items.get(item)
        owner = self.portfolio.project_of(item) or (isinstance(noun, Gate) and noun.programme) or ""
        return owner or (item if item in self.chosen.items and not self._whole else "")

    @functools.cached_property
    def _whole(self) -> bool:
        return "" in self.chosen.profiles

    def profile(self, bearer: str) -> Profile | None:
        """The profile of a bearer: the one it names, that of the whole portfolio, else the first that fits by size and criticality."""
        if bearer not in self._profiles:
            named = self.chosen.profiles.get(bearer) or self.chosen.profiles.get("")
            found = self.method.profile(named) if named else None
            if not named and bearer and self.portfolio.project_of(bearer):
                found = next((p for p in self.method.profiles if p.by_itself and self._fits(p, self.portfolio.project_of(bearer))), None)
            self._profiles[bearer] = found
        return self._profiles[bearer]

    def _fits(self, profile: Profile, project: str) -> bool:
        if profile.criticality and self.portfolio[project].attributes.get("criticality") not in profile.criticality:
            return False
        if profile.up_to is None:
            return True
        budget = self._budgets.get(project)
        return budget is not None and self._limits.get(profile.name, Fraction(-1)) >= budget

    @functools.cached_property
    def _limits(self) -> dict[str, Fraction]:
        """The largest budget of each profile, in the portfolio's currency; none where no rate turns it into that."""
        pf, out = self.portfolio, {}
        for profile in self.method.profiles:
            if profile.up_to is None or pf.money is None:
                continue
            if profile.up_to.currency == pf.money.currency:
                out[profile.name] = Fraction(profile.up_to.amount)
            elif pf.status_date is not None:
                try:
                    out[profile.name] = pf.exchange_rates.convert(profile.up_to, as_day(pf.status_date))
                except IpmoError:  # without a rate nothing is small
                    continue
        return out

    @functools.cached_property
    def _budgets(self) -> dict[str, Fraction]:
        """Budgets that are known whole, in the portfolio's currency."""
        try:
            roll = roll_up(self.portfolio, "budget", include=("proposed", "cancelled"))
        except IpmoError:
            return {}
        return {
            p.id: Fraction(roll[p.id].value.amount)
            for p in self.portfolio.projects
            if p.id in roll and roll[p.id].value is not None and roll[p.id].known == roll[p.id].total
        }

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding stands: its item is not another method's, and its rule was not switched off for it."""
        if finding.item in self.chosen.excluded:
            return False
        bearer = self.bearer(finding.item)
        profile = self.profile(bearer)
        if profile is not None and finding.code in profile.without:
            self.switched_off.setdefault(profile.name, set()).add(bearer)
            return False
        return True

    def silenced(self) -> Iterator[Finding]:
        """What was switched off, and for whom: a rule that is silent by tailoring does not look as if it were kept."""
        for name, bearers in sorted(self.switched_off.items()):
            profile = self.method.profile(name)
            if profile is not None:
                whom = ", ".join(repr(b) for b in sorted(bearers)[:5] if b) or "the portfolio"
                more = f" and {len(bearers) - 5} more" if len(bearers) > 5 else ""
                yield Finding(
                    code="ipmo/tailored",
                    severity=Severity.INFO,
                    message=f"profile {name!r} of method {self.method.name!r} ({profile.title}) silences {', '.join(profile.without)}"
                    f" for {whom}{more}",
                    hint=f"source: {profile.source}",
                )


# -------------------------------------------------------------------------------------------------- waivers


def waived(portfolio: Portfolio, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings, those with a waiver that holds as information with its reason: nothing is silenced."""
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    by_rule: dict[str, list[Waiver]] = {}
    for waiver in portfolio.waivers:
        if waiver.rule and waiver.holds(today):
            by_rule.setdefault(waiver.rule, []).append(waiver)
    if not by_rule:
        yield from findings
        return
    for finding in findings:
        above = _above(portfolio, finding.item)
        leave = next((w for w in (*by_rule.get(finding.rule, ()), *by_rule.get(finding.code, ())) if w.item in above), None)
        if leave is None:
            yield finding
        else:
            by = f" by {leave.granted_by}" if leave.granted_by else ""
            message = f"{finding.message}; waived{by} until {leave.expires}: {leave.reason}"
            yield attrs.evolve(finding, severity=Severity.INFO, message=message, waived=leave.reason)


def _above(portfolio: Portfolio, item: str) -> Collection[str]:
    """An item, its project and the programmes above it."""
    programmes = [programme.id for programme in hierarchy(portfolio).programmes_of(item)]
    return [name for name in (item, portfolio.project_of(item), *programmes) if name]


def waiver_facts(portfolio: Portfolio, rules: Collection[str]) -> Iterator[Finding]:
    """Waivers that do not hold: without a reason, without an expiry, run out, or from a rule that nobody declares."""
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    for waiver in portfolio.waivers:
        what = f"the waiver of {waiver.item!r} from {waiver.of!r}"
        said: list[tuple[str, str]] = []
        if not waiver.reason.strip():
            said.append((f"{what} gives no reason, so it does not hold", "write reason:"))
        if waiver.expires is None:
            said.append((f"{what} has no expiry, so it does not hold", "write expires:"))
        elif today is not None and waiver.expires < today:
            said.append((f"{what} ran out on {waiver.expires}", "renew it, or comply"))
        if waiver.rule and waiver.rule not in rules:
            near = close_matches(waiver.rule, rules)
            hint = f"close: {', '.join(map(repr, near))}" if near else "a waiver names the code or the rule of a finding"
            said.append((f"{what}: no installed method has a rule or check of that name", f"{hint}; `ipmo plugins NAME` lists them"))
        for message, hint in said:
            yield Finding(code="ipmo/waiver", item=waiver.item, message=message, hint=hint)

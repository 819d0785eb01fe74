"""Several portfolios as one: a hub and its spokes, with ids that say whose each item is, and a manifest of who said what.

What one portfolio hands to another stands in both as a link to the same `external:NAME`: the giver says from which item it comes, the
receiver to which it goes. In the whole the two are one link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from ipmo.analysis.change.renamed import Renaming
from ipmo.errors import ModelError, Problem, ScheduleError
from ipmo.findings import Finding, Severity
from ipmo.model.contents import TOP
from ipmo.model.fields import Noun, PlainData
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL, ID
from ipmo.model.work import Link, Programme, Project
from ipmo.network.drafts import first_instant
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import Span, as_day, minutes, moment
from ipmo.words import agree, class_word, counted

__all__ = ["Merged", "Said", "merge"]

SHARED: Final = ("calendars", "people", "bodies", "offices", "objectives", "resources", "drivers", "standards", "stakeholders", "services")
"""What a spoke may repeat of the hub: where both say the very same, it is the hub's."""
AS_THEY_ARE: Final = ("reference_classes", "discounts")
"""What is named by a text of its own kind: kept under its id."""
WITHOUT_ITEM: Final = {
    "gates": "programme",
    "risks": "item",
    "issues": "item",
    "assumptions": "item",
    "decisions": "item",
    "changes": "item",
}
"""What is the whole portfolio's where it names nothing: of a spoke, the programme that stands for it."""
LEFT: Final = ("baselines",)
"""What is about one file: it does not hold for the whole."""
LISTS: Final = ("contributions", "flows", "waivers", "rates")


@attrs.frozen(kw_only=True)
class Said(Shown):
    """Who said an item.

    Args:
        item: its full id in the whole; of what lies in a project, that project says it.
        kind: what it is.
        by: the spoke, or the id of the hub.
        was: its id there.
        as_of: the status date of that portfolio.
        path: the file that it was read from; empty where it was made in Python.
        digest: of the whole portfolio that said it: see `Portfolio.digest`.
        also_by: spokes that say the very same.
    """

    item: str
    kind: str
    by: str
    was: str
    as_of: date | None
    path: str
    digest: str
    also_by: tuple[str, ...] = ()


class Merged(Rows[str, Said]):
    """The answer of `merge`: the whole portfolio, and who said each item that stands at the top of it.

    Args:
        rows: by id in the whole.
        portfolio: the whole.
        findings: what could not be taken over, or is said in two ways.
    """

    def __init__(self, rows: Mapping[str, Said], portfolio: Portfolio, findings: Sequence[Finding]) -> None:
        super().__init__(rows, "this manifest")
        self.portfolio, self.findings = portfolio, tuple(findings)

    def who(self, item: str) -> Said:
        """Who said an item, also one that lies in a project.

        Raises:
            UnknownItemError: there is no such item.
        """
        return self[self.portfolio.project_of(item) or item]

    def explain(self, item: str) -> str:
        """Who said an item, as what, and as of when.

        Raises:
            UnknownItemError: there is no such item.
        """
        row = self.who(item)
        day = "" if row.as_of is None else f", as of {row.as_of}"
        also = f"; {', '.join(row.also_by)} {agree(len(row.also_by), 'says', 'say')} the same" if row.also_by else ""
        return f"{item}: said by {row.by!r}, where the {row.kind} is called {row.was!r}{day}{also}"

    def table(self) -> Table:
        """One row an item at the top: item, kind, by, was, also_by, as_of, path, digest."""
        rows = self.rows
        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("item", "kind", "by", "was")),
                Column("also_by", "str", [", ".join(row.also_by) or None for row in rows]),
                Column("as_of", "date", [row.as_of for row in rows]),
                Column("path", "str", [row.path or None for row in rows]),
                Column("digest", "str", [row.digest[:12] for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        said = {row.by for row in self.rows}
        return f"<Merged: {counted(len(self.rows), 'item')} of {counted(len(said), 'portfolio')}, {counted(len(self.portfolio.links), 'link')}>"


def merge(
    hub: Portfolio, spokes: Mapping[str, Portfolio] | Sequence[Portfolio], *, links: Iterable[Link | Mapping[str, object]] = ()
) -> Merged:
    """A hub and its spokes as one portfolio.

    Items of the hub keep their ids; those of a spoke are called `SPOKE.id`, all under a programme of the spoke's name that has its funding,
    tolerance and registers. People, boards, objectives, calendars and the like that a spoke repeats word for word are the hub's. Links of two
    portfolios to the same `external:NAME`, from a giver in one and to a receiver in another, become one link: types and lags are joined, the date
    that the receiver had heard of falls away. Calendars, starts and status dates stay those of each. Baselines of spokes stay with the spokes.

    Args:
        hub: the portfolio that the others come into.
        spokes: portfolios by the names that their ids begin with; in a list each is called by its id.
        links: further links, between ids of the whole.

    >>> import ipmo
    >>> hub = ipmo.Portfolio(id="group", start="2026-01-05")
    >>> water = ipmo.Portfolio(id="water", start="2026-01-05", projects=[{"id": "plant", "tasks": [{"id": "pump", "duration": "10 d"}]}],
    ...     links=[{"from": "plant/pump", "to": "external:water-on"}])
    >>> town = ipmo.Portfolio(id="town", start="2026-01-05", projects=[{"id": "homes", "tasks": [{"id": "move", "duration": "5 d"}]}],
    ...     links=[{"from": "external:water-on", "to": "homes/move"}])
    >>> whole = merge(hub, [water, town])
    >>> [(link.source, link.target) for link in whole.portfolio.links], whole.who("town.homes/move").by
    ([('water.plant/pump', 'town.homes/move')], 'town')

    Raises:
        ModelError: a name is no id or stands twice, two conventions (dialects) meet, or the whole is impossible.
    """
    named = dict(spokes) if isinstance(spokes, Mapping) else _by_id(spokes)
    whole = _Whole(hub, [hub, *named.values()])
    for name, spoke in named.items():
        whole.take(name, spoke)
    return whole.done([one if isinstance(one, Link) else Link(**_keys(one)) for one in links])


def _by_id(spokes: Sequence[Portfolio]) -> dict[str, Portfolio]:
    out: dict[str, Portfolio] = {}
    for spoke in spokes:
        if out.setdefault(spoke.id, spoke) is not spoke:
            raise ModelError(f"two spokes are called {spoke.id!r}; give them names: merge(hub, {{'one': ..., 'other': ...}})")
    return out


def _keys(link: Mapping[str, object]) -> dict[str, PlainData]:
    return {{"from": "source", "to": "target"}.get(key, key): value for key, value in link.items()}


class _Whole:
    """The whole while it is being made."""

    def __init__(self, hub: Portfolio, everyone: Sequence[Portfolio]) -> None:
        self.hub = hub
        self.money = next((one.money for one in everyone if one.money is not None), None)
        self._start = min((first for one in everyone if (first := _first(one)) is not None), default=None)
        days = [one.status_date for one in everyone if one.status_date is not None]
        self._today = hub.status_date if hub.status_date is not None else max(days, key=minutes, default=None)
        self.portfolios: dict[str, Portfolio] = {hub.id: hub}
        self.lists: dict[str, list[PlainData]] = {name: list(getattr(hub, name)) for name in (*TOP, *LISTS)}
        self.rows: dict[str, Said] = {}
        self.findings: list[Finding] = []
        for name in TOP:
            for noun in getattr(hub, name):
                if noun.id is not None:
                    self._say(noun.id, noun, hub.id, hub, noun.id)
        for name in ("projects", "gates"):
            self.lists[name] = [self._timed(noun, noun, "", hub) for noun in self.lists[name]]

    def _say(self, item: str, noun: Noun, by: str, portfolio: Portfolio, was: str) -> None:
        day = None if portfolio.status_date is None else as_day(portfolio.status_date)
        kind = class_word(type(noun))
        self.rows[item] = Said(item=item, kind=kind, by=by, was=was, as_of=day, path=portfolio.source.path, digest=portfolio.digest)

    def _note(self, code: str, item: str, message: str, hint: str) -> None:
        self.findings.append(Finding(code=f"ipmo/{code}", item=item, severity=Severity.WARNING, message=message, hint=hint))

    # ------------------------------------------------------------------------------------------- a spoke

    def take(self, name: str, spoke: Portfolio) -> None:
        """Takes a spoke in."""
        hub = self.hub
        if not ID.fullmatch(name) or name in self.portfolios:
            raise ModelError(f"{name!r} cannot name a spoke: it is no id, or names another portfolio")
        if spoke.dialect != hub.dialect:
            raise ModelError(
                f"{name!r} counts by the conventions {spoke.dialect.name!r} and the hub by {hub.dialect.name!r}; write one dialect:"
            )
        self.portfolios[name] = spoke
        shared = self._shared(name, spoke)
        own = {noun.id: f"{name}.{noun.id}" for field in TOP for noun in getattr(spoke, field) if noun.id is not None}
        own = {old: new for old, new in own.items() if old not in shared} | {
            one.id: one.id for f in AS_THEY_ARE for one in getattr(spoke, f)
        }
        renaming = Renaming(spoke, own, name)
        held = next((one for one in self.lists["programmes"] if one.id == name), None)
        if held is None:
            stands = Programme(
                id=name,
                name=spoke.name,
                funding=spoke.funding,
                tolerance=spoke.tolerance,
                attributes=spoke.attributes,
                extensions=renaming.extensions(spoke.extensions),
            )
            self.lists["programmes"].append(stands)
            self._say(name, stands, name, spoke, spoke.id)
        for field in TOP:
            for noun in getattr(spoke, field) if field not in LEFT else ():
                if noun.id in shared:
                    row = self.rows[noun.id]
                    self.rows[noun.id] = attrs.evolve(row, also_by=(*row.also_by, name))
                elif field in AS_THEY_ARE:
                    self._as_it_is(field, noun, name, spoke)
                else:
                    self._place(field, renaming.noun(noun), noun, name, spoke)
        self._beside(name, spoke, renaming)

    def _shared(self, name: str, spoke: Portfolio) -> frozenset[str]:
        """The ids of what a spoke says as the hub does, word for word, with all that it refers to."""
        theirs = {noun.id: noun for field in SHARED for noun in getattr(spoke, field)}
        ours = {noun.id: noun for field in SHARED for noun in getattr(self.hub, field)}
        both = {one for one in theirs.keys() & ours.keys() if type(theirs[one]) is type(ours[one])}
        same = set(both)
        while True:
            names = {
                noun.id: f"{name}.{noun.id}"
                for field in TOP
                for noun in getattr(spoke, field)
                if noun.id is not None and noun.id not in same
            }
            renaming = Renaming(spoke, names, name)
            kept = {one for one in same if renaming.noun(theirs[one]) == ours[one]}
            if kept == same:
                break
            same = kept
        for one in sorted(both - same):
            what = class_word(type(theirs[one]))
            self._note(
                "said-twice",
                f"{name}.{one}",
                f"{what} {one!r} of {name!r} is not what the hub calls {one!r}",
                "say the same in both, or rename one",
            )
        return frozenset(same)

    def _as_it_is(self, field: str, noun: PlainData, name: str, spoke: Portfolio) -> None:
        other = next((one for one in self.lists[field] if one.id == noun.id), None)
        if other is None:
            self.lists[field].append(noun)
            self._say(noun.id, noun, name, spoke, noun.id)
        elif other != noun:
            raise ModelError(f"{class_word(type(noun))} {noun.id!r} of {name!r} is another one elsewhere; rename one of them")

    def _place(self, field: str, made: PlainData, noun: PlainData, name: str, spoke: Portfolio) -> None:
        """A renamed noun with what held for it in its own portfolio."""
        if isinstance(made, Project | Programme) and made.programme is None:
            made = attrs.evolve(made, programme=name)
        scope = {"projects": "project", "programmes": "programme", "offices": "offices"}.get(field, "")
        if scope in spoke.methodologies and made.methodology is None:
            made = attrs.evolve(made, methodology=spoke.methodologies[scope])
        about = WITHOUT_ITEM.get(field)
        if about is not None and getattr(made, about) is None:
            made = attrs.evolve(made, **{about: name})
        if isinstance(made, Project) or field == "gates":
            made = self._timed(made, noun, name, spoke)
        if field == "benefits" and made.belongs_to == spoke.id:
            made = attrs.evolve(made, belongs_to=name)
        self.lists[field].append(made)
        if made.id is not None:
            self._say(made.id, made, name, spoke, noun.id)

    def _timed(self, made: PlainData, noun: PlainData, name: str, spoke: Portfolio) -> PlainData:
        """A project, or a gate in none, by the calendar, the start and the status date of its own portfolio."""
        changes: dict[str, object] = {}
        calendar = spoke.calendar or "standard"
        if made.calendar is None and calendar != (self.hub.calendar or "standard"):
            changes["calendar"] = f"{name}.{calendar}" if f"{name}.{calendar}" in {c.id for c in self.lists["calendars"]} else calendar
        first = _first(spoke)
        if first is not None and first != self._start and isinstance(noun, Project) and noun.start is None and (noun.tasks or noun.gates):
            changes["start"] = moment(first)
        elif (
            first is not None
            and first != self._start
            and not isinstance(noun, Project)
            and (noun.not_before is None or minutes(noun.not_before) < first)
        ):
            changes["not_before"] = moment(first)
        if isinstance(noun, Project) and noun.status_date is None and self._today is not None and spoke.status_date != self._today:
            if spoke.status_date is not None:
                changes["status_date"] = spoke.status_date
            elif first is not None:  # no date of another portfolio moves its work
                changes["status_date"] = moment(first)
        return attrs.evolve(made, **changes) if changes else made

    def _beside(self, name: str, spoke: Portfolio, renaming: Renaming) -> None:
        """What has no ids, and what of a spoke does not hold for the whole."""
        for field in ("contributions", "flows", "waivers"):
            self.lists[field] += [renaming.noun(one) for one in getattr(spoke, field)]
        self._rates(name, spoke)
        left = [
            f"{counted(len(getattr(spoke, field)), class_word(type(getattr(spoke, field)[0])))}" for field in LEFT if getattr(spoke, field)
        ]
        left += [f"the method {spoke.methodologies['portfolio']!r} for all of it"] if "portfolio" in spoke.methodologies else []
        if left:
            self._note(
                "left-out",
                name,
                f"{' and '.join(left)} of {name!r} {agree(len(left), 'stays', 'stay')} with it",
                "say in the hub what holds for all",
            )

    def _rates(self, name: str, spoke: Portfolio) -> None:
        """Exchange rates of a spoke, as far as nobody before it has said another one from the same day on."""
        if spoke.rates and (self.money is None or spoke.money is None or self.money.currency != spoke.money.currency):
            self._note("left-out", name, f"exchange rates of {name!r} are not into the currency of the whole", "add rates: to the hub")
            return
        said = {(row.since, code): rate for row in self.lists["rates"] for code, rate in row.per.items()}
        for row in spoke.rates:
            new = {code: rate for code, rate in row.per.items() if (row.since, code) not in said}
            other = [code for code, rate in row.per.items() if said.get((row.since, code), rate) != rate]
            if new:
                self.lists["rates"].append(attrs.evolve(row, per=new))
            if other:
                message = f"the rate of {', '.join(other)} from {row.since} of {name!r} is not what was said before it, which stays"
                self._note("said-twice", name, message, "say the same in both")

    # ------------------------------------------------------------------------------------------- the whole

    def done(self, more: Sequence[Link]) -> Merged:
        """The whole, with what is handed over between its parts."""
        self.lists["links"] = [*_joined(self.lists["links"]), *more]
        hub, money = self.hub, self.money
        fields = {name: tuple(rows) for name, rows in self.lists.items()}
        try:
            whole = hub.evolve(**fields, start=None if self._start is None else moment(self._start), status_date=self._today, money=money)
        except ModelError as error:
            raise ModelError([self._said(problem) for problem in error.problems]) from None
        return Merged(self.rows, whole, self.findings)

    def _said(self, problem: Problem) -> Problem:
        """A problem of the whole, with who said what it is about."""
        field, place = (*problem.path, None, None)[:2]
        rows = self.lists.get(str(field), [])
        noun = rows[place] if isinstance(place, int) and place < len(rows) else None
        row = self.rows.get(getattr(noun, "id", None) or "")
        return problem if row is None else attrs.evolve(problem, message=f"{problem.message} (said by {row.by!r})")


def _first(portfolio: Portfolio) -> int | None:
    """When a portfolio starts; None where nothing says so."""
    try:
        return first_instant(portfolio)
    except ScheduleError:
        return None


def _joined(links: Sequence[Link]) -> list[Link]:
    """The links of the whole: of those to and from the same outside, each giver with each receiver."""
    gives: dict[str, list[Link]] = {}
    takes: dict[str, list[Link]] = {}
    for link in links:
        if link.target.startswith(EXTERNAL):
            gives.setdefault(link.target, []).append(link)
        elif link.source.startswith(EXTERNAL):
            takes.setdefault(link.source, []).append(link)
    met = gives.keys() & takes.keys()
    out = [link for link in links if link.target not in met and link.source not in met]
    taken: set[str | None] = set()
    for name in sorted(met):
        for give in gives[name]:
            for take in takes[name]:
                joined = _one(give, take)
                out.append(attrs.evolve(joined, id=None) if joined.id in taken else joined)
                taken.add(joined.id)
    return out


def _one(give: Link, take: Link) -> Link:
    """What leaves one portfolio and what comes into the other, as one link."""
    status = (
        "delivered"
        if "delivered" in (give.status, take.status)
        else "disputed"
        if "disputed" in (give.status, take.status)
        else take.status or give.status
    )
    return attrs.evolve(
        take,
        id=take.id or give.id,
        source=give.source,
        type=give.type[0] + take.type[1],
        lag=_sum(give.lag, take.lag, give),
        kind=take.kind if give.kind == "schedule" else give.kind,
        giver_owner=give.giver_owner or take.giver_owner,
        receiver_owner=take.receiver_owner or give.receiver_owner,
        promised=give.promised if give.promised is not None else take.promised,
        needed=take.needed if take.needed is not None else give.needed,
        status=status,
        date=None,
        note=take.note or give.note,
    )


def _sum(one: Span | None, other: Span | None, give: Link) -> Span | None:
    if one is None or other is None:
        return one if other is None else other
    if one.unit != other.unit:
        raise ModelError(
            f"what {give.source!r} hands over to {give.target!r} has a lag in {one.unit} on one side and in {other.unit} on the other; use one unit"
        )
    return Span(one.amount + other.amount, one.unit)

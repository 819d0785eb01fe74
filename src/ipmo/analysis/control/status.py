"""Status computed beside status reported, never over it; forecast breaches of tolerance, and who must hear of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Literal, NamedTuple, get_args

import attrs

from ipmo.analysis.control.aspect import AMOUNTS, made_good, stands_as, tolerated_below, with_own
from ipmo.analysis.control.aspects import Aspect, Aspects, Judged, Noun
from ipmo.analysis.control.authority import Approver, Breach, Level, approver
from ipmo.analysis.control.pictures import status_picture
from ipmo.analysis.control.policies import (
    BY_WORST,
    POLICIES,
    UNWEIGHTED,
    Child,
    Policy,
    PolicyName,
    ToleranceBased,
    at_least,
    not_known,
    worst_of,
)
from ipmo.analysis.money.amounts import rounded
from ipmo.analysis.money.made_rows import MadeRows
from ipmo.analysis.money.rollup import LEFT_OUT, LEVELS
from ipmo.errors import MissingRateError, one_of
from ipmo.figures.svg import Figure
from ipmo.memory import remember
from ipmo.model.governance import RAG, Confidence, StatusReport
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import as_day, as_when
from ipmo.words import counted

__all__ = ["Breach", "ItemStatus", "StatusView", "status", "status_between"]

Of = Literal["computed", "reported"]
ABOVE: Mapping[str, Level] = {"task": "project", "project": "programme", "programme": "portfolio", "portfolio": "portfolio"}
"""The level that hears of what an item of a level exceeds (PRINCE2 7)."""


@attrs.frozen(kw_only=True)
class ItemStatus(Shown):
    """Reported and computed status of one item.

    Args:
        item: full id.
        name: title.
        level: portfolio, programme, project or task.
        reported: latest reported colour.
        reported_on: date of that report.
        computed: colour by the policy; None when nothing can be said, or when what is unknown could make it worse.
        aspects: what it was computed from.
        confidence: the latest assessment of each assessor, on its own scale: another thing than status.
        at_least: the colour that it has whatever the unknown turns out to be; the computed one where that is known.
    """

    item: str
    name: str
    level: str
    reported: str | None
    reported_on: date | None
    computed: str | None
    aspects: tuple[Aspect, ...] = ()
    confidence: tuple[Confidence, ...] = ()
    at_least: str | None = None

    @property
    def gap(self) -> int | None:
        """By how many colours the computed status is worse than the reported one, at least; negative when better."""
        if self.at_least is None or self.reported is None:
            return None
        apart = RAG.index(self.at_least) - RAG.index(self.reported)
        return apart if self.computed is not None or apart > 0 else None

    @property
    def colour(self) -> str:
        """The computed colour in words: `red`, `not known, at least amber`, `no colour`."""
        if self.computed is not None:
            return self.computed
        return "no colour" if self.at_least is None else not_known(self.at_least)

    @property
    def why(self) -> str:
        """What made the computed colour, in one line."""
        if self.computed is None:
            told = [a for a in self.aspects if a.withholds or a.rag == self.at_least] or self.aspects
            return (f"{self.colour}; " if self.at_least else "") + "; ".join(f"{a.name}: {a.text}" for a in told)
        open_ones = (None,) if self.computed == RAG[0] else ()  # a green says what it does not know
        said = [a for a in self.aspects if a.rag == self.computed] + [a for a in self.aspects if a.rag in open_ones]
        return "; ".join(f"{a.name}: {a.text}" for a in (said or self.aspects))


class StatusView(Rows[str, ItemStatus]):
    """The answer of `status`, indexed by id.

    Args:
        rows: by id, from the top down.
        breaches: tolerances that are forecast to be exceeded.
        policy: the name of the policy.
        as_of: reports later than this are not seen.
        computed: the computed colour of each row, where they are known without the rows being made.
    """

    def __init__(
        self,
        rows: Mapping[str, ItemStatus],
        breaches: Iterable[Breach],
        policy: str,
        as_of: date | None,
        computed: Mapping[str, str | None] | None = None,
    ) -> None:
        super().__init__(rows, "this status")
        self.breaches, self.policy, self.as_of = tuple(breaches), policy, as_of
        self._computed = computed

    def __reduce__(self) -> tuple[type[StatusView], tuple[Mapping[str, ItemStatus], tuple[Breach, ...], str, date | None]]:
        return StatusView, (dict(self._rows), self.breaches, self.policy, self.as_of)

    @property
    def computed(self) -> Mapping[str, str | None]:
        """The computed colour of each item, from the top down; None where it is not known."""
        return {row.item: row.computed for row in self.rows} if self._computed is None else self._computed

    def items(self, level: str | None = None) -> tuple[ItemStatus, ...]:
        """The rows, from the top down; of one level when it is named."""
        if level is not None:
            one_of("level", level, LEVELS)
        return tuple(row for row in self.rows if level is None or row.level == level)

    def explain(self, item: str) -> str:
        """How an item's colour came about: what was reported, each aspect with its colour, and who hears of a breach.

        Raises:
            UnknownItemError: it has no row.
        """
        row = self[item]
        reported = "nothing reported" if row.reported is None else f"reported {row.reported} on {row.reported_on}"
        lines = [f"{item}: {row.colour} by {self.policy}, {reported}"]
        for aspect in row.aspects:
            lines.append(f"  {aspect.name}: {aspect.rag or 'unknown'}: {aspect.text}")
            for breach in self.breaches:
                if (breach.item, breach.aspect, breach.level) == (item, aspect.name, row.level):
                    lines.append(f"    escalate to {breach.escalate_to or 'nobody'}: {breach.reason}")
        lines += [f"  confidence by {one.assessor}: {one.rating} on {one.date}" for one in row.confidence]
        return "\n".join(lines)

    def stands(self, item: str, aspect: str) -> str:
        """What an aspect of an item comes to where it is no exception, in words; empty where the item has no row."""
        return stands_as(aspect, self[item].aspects if item in self else None)

    def table(self, level: str | None = None) -> Table:
        """One row an item: item, name, level, reported, reported_on, computed, gap, time, cost, benefits, risk, carbon, why."""
        rows = self.items(level)

        def aspect(name: str) -> list[str | None]:
            return [next((a.rag for a in r.aspects if a.name == name), None) for r in rows]

        return Table(
            [
                Column("item", "str", [r.item for r in rows]),
                Column("name", "str", [r.name for r in rows]),
                Column("level", "str", [r.level for r in rows]),
                Column("reported", "str", [r.reported for r in rows]),
                Column("reported_on", "date", [r.reported_on for r in rows]),
                Column("computed", "str", [r.computed for r in rows]),
                Column("gap", "int", [r.gap for r in rows]),
                *(Column(name, "str", aspect(name)) for name in ("time", "cost", "benefits", "risk", "carbon")),
                Column("why", "str", [r.why for r in rows]),
            ]
        )

    def plot(self, level: str | None = None) -> Figure:
        """A picture of it: a row an item, with reported and computed colour and each aspect beside one another.

        Of more than forty items the worst are drawn. Shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            level: portfolio, programme, project or task; all when left out.

        Raises:
            OptionError: there is no such level.
            ModelError: there is no item of it.
        """
        return status_picture(self.items(level), level, self.policy)

    def exceptions(self) -> Table:
        """One row a breach: item, level, aspect, text, stake, body, escalate_to, covered."""
        rows = self.breaches
        currency = next((b.stake.currency for b in rows if b.stake is not None), "")
        return Table(
            [
                Column("item", "str", [b.item for b in rows]),
                Column("level", "str", [b.level for b in rows]),
                Column("aspect", "str", [b.aspect for b in rows]),
                Column("text", "str", [b.text for b in rows]),
                Column("stake", "float", [None if b.stake is None else float(b.stake.amount) for b in rows], currency),
                Column("body", "str", [b.body for b in rows]),
                Column("escalate_to", "str", [b.escalate_to for b in rows]),
                Column("covered", "bool", [b.covered for b in rows]),
            ]
        )

    def __repr__(self) -> str:
        rows = self.items("project")
        worse = sum(1 for row in rows if (row.gap or 0) > 0)
        exceptions = counted(len(self.breaches), "exception")
        return f"<Status by {self.policy}: {counted(len(rows), 'project')}, {worse} worse than reported, {exceptions}>"


def status(
    portfolio: Portfolio,
    *,
    policy: Policy | PolicyName = "tolerance",
    of: Of = "computed",
    as_of: date | str | None = None,
    baseline: Portfolio | None = None,
    tasks: bool = False,
) -> StatusView:
    """Computed status beside reported status for every project, programme and the portfolio, and the exceptions.

    A forecast within its commitment or budget is green, beyond it but within tolerance amber, beyond tolerance red; equal
    to the limit is within it (PRINCE2 7). An item without a tolerance takes that of its programme or the portfolio; without any, the limit
    is the commitment or budget itself, and nothing is escalated, because nobody set a limit; lost benefits are then amber. A project is judged by
    the benefits that it serves, through hand-overs and `requires` too, a programme by its own, else by those that it serves.
    What cannot be compared has no colour, and says why. An aspect under a stated tolerance that is not known, or a child, withholds the
    colour of the whole unless that is red already: it is then not known, and `at_least` what is known of it.

    Args:
        portfolio: the portfolio.
        policy: how colours combine: a policy, or the name of one in `POLICIES`.
        of: `computed` or `reported`: which colours of the children the policy combines.
        as_of: reports later than this are not seen; the status date when left out.
        baseline: the plan that commitments and budgets are taken from, where items state none.
        tasks: tasks get a row too.

    Raises:
        OptionError: there is no such policy, or colours of another kind are asked for.
        ScheduleError: nothing says when the portfolio starts.
    """
    if isinstance(policy, str):
        one_of("policy", policy, POLICIES)
        policy = POLICIES[policy]
    one_of("of", of, get_args(Of))
    when = as_day(as_when(as_of)) if as_of is not None else as_day(portfolio.status_date) if portfolio.status_date is not None else None
    if baseline is not None or POLICIES.get(policy.name) is not policy:
        return _Tree(portfolio, policy, of, when, baseline, tasks).run()
    return remember(portfolio, ("status", policy.name, of, when, tasks), lambda: _tree(portfolio, policy, of, when, tasks).run())


class Other(NamedTuple):
    """An item whose computed status is another in a copy.

    Args:
        item: full id.
        level: portfolio, programme, project or task.
        name: title.
        was: its colour; None where that is not known.
        now: its colour in the copy.
    """

    item: str
    level: str
    name: str
    was: str | None
    now: str | None


class Between(NamedTuple):
    """What of the status of a portfolio and of a changed copy is other.

    Args:
        colours: items of both whose colour is another, from the top down.
        breaches: exceptions of the portfolio, and of the copy; those of items that are judged alike are left out.
        stands: of each, tells what an aspect of an item comes to where it is no exception; empty where the item does not count.
    """

    colours: Sequence[Other]
    breaches: tuple[Sequence[Breach], Sequence[Breach]]
    stands: Sequence[Callable[[str, str], str]]


def status_between(portfolio: Portfolio, copy: Portfolio, moved: AbstractSet[str] | None) -> Between:
    """What of the status of a changed copy is other: only what can be other is judged, on both sides.

    Args:
        portfolio: what the copy was made from.
        copy: the copy.
        moved: the projects that are other, or of which a date or a hand-over may be; None where more than projects is other.

    Raises:
        ScheduleError: nothing says when one of them starts.
    """
    if moved is None:
        one, other = status(portfolio), status(copy)
        both = [name for name in one.computed if name in other.computed and one.computed[name] != other.computed[name]]
        rows = [Other(name, one[name].level, one[name].name, one.computed[name], other.computed[name]) for name in both]
        return Between(rows, (one.breaches, other.breaches), (one.stands, other.stands))
    policy: Policy = POLICIES["tolerance"]
    when = None if copy.status_date is None else as_day(copy.status_date)
    return _tree(portfolio, policy, "computed", when, False).beside(_Tree(copy, policy, "computed", when, None, False), moved)


def _tree(portfolio: Portfolio, policy: Policy, of: Of, when: date | None, tasks: bool) -> _Tree:
    """What every item of a portfolio is judged by, of which copies take over what is the same."""
    return remember(portfolio, ("judged", policy.name, of, when, tasks), lambda: _Tree(portfolio, policy, of, when, None, tasks))


Colours = tuple[str | None, str | None]
"""(colour, at least)."""


class _Found(NamedTuple):
    """What is found of one item: it, its level, (colour, at least), and what its aspects come to."""

    noun: Noun
    level: str
    colours: Colours
    judged: tuple[Judged, ...]


class _Tree:
    """Status of every level, children first."""

    def __init__(self, portfolio: Portfolio, policy: Policy, of: Of, as_of: date | None, baseline: Portfolio | None, tasks: bool) -> None:
        self.portfolio, self.policy, self.of, self.as_of, self.tasks = portfolio, policy, of, as_of, tasks
        self.aspects = Aspects(portfolio, as_of, baseline)
        self.found: dict[str, _Found] = {}
        self._colours: dict[str, Colours] = {}

    def run(self) -> StatusView:
        """Every level, children first; shown from the top down. What is said of an item is made when somebody looks at it."""
        pf = self.portfolio
        order: list[str] = []

        def visit(noun: Programme | Project) -> None:
            order.append(noun.id)
            if isinstance(noun, Project):
                self._judged(noun)
                if self.tasks:
                    for task in noun.tasks:
                        full_id = f"{noun.id}/{task.id}"
                        order.append(full_id)
                        self._leaf(full_id, task, "task")
                return
            for inner in self.counted(noun):
                visit(inner)
            self._judged(noun)

        for noun in self.counted(pf):
            visit(noun)
        self._judged(pf)
        self.order = list(dict.fromkeys((pf.id, *order)))
        computed = {name: self.found[name].colours[0] for name in self.order}
        return StatusView(MadeRows(self.all_places, self.row), list(self._breaches(self.order)), self.policy.name, self.as_of, computed)

    def counted(self, noun: Portfolio | Programme) -> list[Programme | Project]:
        """What lies directly in something, but for what was stopped."""
        return [n for n in hierarchy(self.portfolio).direct(noun) if not isinstance(n, Project) or n.counted_as not in LEFT_OUT]

    def all_places(self) -> Mapping[str, int]:
        """The place of every item, from the top down."""
        return {name: place for place, name in enumerate(self.order)}

    def row(self, place: int) -> ItemStatus:
        """What is said of one item."""
        name = self.order[place]
        found = self.found[name]
        latest = self._latest(found.noun)
        newest: dict[str, Confidence] = {}
        for one in found.noun.confidence if isinstance(found.noun, Project) else ():
            if (self.as_of is None or one.date <= self.as_of) and (one.assessor not in newest or newest[one.assessor].date <= one.date):
                newest[one.assessor] = one
        return ItemStatus(
            item=name,
            name=found.noun.name,
            level=found.level,
            reported=latest.rag if latest else None,
            reported_on=latest.date if latest else None,
            computed=found.colours[0],
            aspects=tuple(judged.told() for judged in found.judged),
            confidence=tuple(newest.values()),
            at_least=found.colours[1],
        )

    def _latest(self, noun: Noun) -> StatusReport | None:
        """The latest report of a colour."""
        said: tuple[StatusReport, ...] = () if isinstance(noun, Portfolio) else noun.status
        reports = [r for r in said if r.rag is not None and (self.as_of is None or as_day(r.date) <= self.as_of)]
        return max(reports, key=lambda r: r.date) if reports else None

    # ------------------------------------------------------------------------------ beside a changed copy

    def beside(self, copy: _Tree, moved: AbstractSet[str]) -> Between:
        """What is judged otherwise in a changed copy in which only projects are other.

        Args:
            copy: what the items of the copy are judged by; its policy is that the worst counts, as here.
            moved: the projects in which something may be other.
        """
        alike = copy.aspects.same_as(self.aspects)
        judged: list[str] = []
        """What may be judged otherwise, from the top down."""

        def same(noun: Programme | Project, there: Programme | Project | None) -> bool:
            """Whether something is in both and has the same colours there."""
            if isinstance(noun, Project) and noun is there and alike is not None and noun.id not in moved and alike(noun.id, noun):
                return True
            judged.append(noun.id)
            if isinstance(noun, Programme) and isinstance(there, Programme):
                return whole(noun, there)
            return there is not None and self._seen_as(noun) == copy._seen_as(there)

        def whole(noun: Portfolio | Programme, there: Portfolio | Programme) -> bool:
            """The same of what holds others."""
            inside, those = self.counted(noun), {one.id: one for one in copy.counted(there)}
            kept = [same(one, those.pop(one.id, None)) for one in inside]
            judged.extend(those)
            plain = noun.tolerance is None and there.tolerance is None
            if all(kept) and not those and plain and any(self._seen_as(one)[0] == RAG[-1] for one in inside):
                return True  # its own figures cannot make it worse
            return self._seen_as(noun) == copy._seen_as(there)

        judged.append(self.portfolio.id)
        whole(self.portfolio, copy.portfolio)
        rows = []
        for name in judged:
            noun, there = self._noun(name), copy._noun(name)
            was = None if noun is None else self._seen_as(noun)[0]
            now = None if there is None else copy._seen_as(there)[0]
            if noun is not None and there is not None and was != now:
                rows.append(Other(name, _level_of(noun), noun.name, was, now))
        return Between(rows, (list(self._breaches(judged)), list(copy._breaches(judged))), (self.stands, copy.stands))

    def stands(self, item: str, aspect: str) -> str:
        """What an aspect of an item comes to where it is no exception; empty where the item does not count."""
        return stands_as(aspect, None if (noun := self._noun(item)) is None else self._judged(noun).judged)

    def _noun(self, name: str) -> Portfolio | Programme | Project | None:
        """What counts under an id; None where nothing does."""
        noun = self.portfolio if name == self.portfolio.id else self.portfolio.items.get(name)
        if isinstance(noun, Project) and noun.counted_as in LEFT_OUT:
            return None
        return noun if isinstance(noun, Portfolio | Programme | Project) else None

    def _seen_as(self, noun: Portfolio | Programme | Project) -> Colours:
        """(colour, at least) of something by the worst that it holds: once a part is red, the others are not judged."""
        found = self.found.get(noun.id)
        if found is not None:
            return found.colours
        if isinstance(noun, Project) or noun.tolerance is not None:
            return self._judged(noun).colours
        if noun.id not in self._colours:
            below = self.counted(noun)
            known = (self.found[one.id].colours[0] for one in below if one.id in self.found)
            if RAG[-1] in known or any(self._seen_as(one)[0] == RAG[-1] for one in below):
                self._colours[noun.id] = RAG[-1], RAG[-1]
            else:
                self._colours[noun.id] = self._judged(noun).colours
        return self._colours[noun.id]

    # ----------------------------------------------------------------------------------------- one item

    def _judged(self, noun: Portfolio | Programme | Project) -> _Found:
        """What is found of something, and before it of all that it holds."""
        if noun.id not in self.found:
            if isinstance(noun, Project):
                self._leaf(noun.id, noun, "project")
            else:
                below = self.counted(noun)
                for one in below:
                    self._judged(one)
                self._parent(noun.id, noun, "portfolio" if isinstance(noun, Portfolio) else "programme", [one.id for one in below])
        return self.found[noun.id]

    def _leaf(self, full_id: str, noun: Project | Task, level: str) -> None:
        judged = self.aspects.of(full_id, noun)
        self.found[full_id] = _Found(noun, level, _worst(judged), judged)

    def _parent(self, full_id: str, noun: Programme | Portfolio, level: str, below: list[str]) -> None:
        rag, why, least = self._combined(below)
        if isinstance(self.policy, ToleranceBased) and self.of == "computed":
            own = self.aspects.of(full_id, noun)
            if noun.tolerance is not None and self._judged_by_all(own, below):
                own += made_good(full_id, [name for name in below if self.found[name].colours[0] == RAG[-1]])
                self.found[full_id] = _Found(noun, level, _worst(own), own)
                return
            below_it = Judged.of(Aspect(name="children", rag=rag, text=why, withholds=rag is None and bool(below)))
            if noun.tolerance is None:
                own = tuple(self._as_tolerated_below(noun, one, below) for one in own)
                self.found[full_id] = _Found(noun, level, with_own(rag, least, own), (*own, below_it))
                return
            computed, known = _worst((*own, below_it))
            floors = [colour for colour in (known, least) if colour is not None]
            self.found[full_id] = _Found(noun, level, (computed, max(floors, key=RAG.index, default=None)), (*own, below_it))
            return
        alone = Judged.of(Aspect(name="children", rag=rag, text=f"{why} ({self.policy.name})"))
        self.found[full_id] = _Found(noun, level, (rag, least), (alone,))

    def _as_tolerated_below(self, noun: Programme | Portfolio, one: Judged, below: list[str]) -> Judged:
        """An own figure where nobody set a limit at this level: no worse than that of its parts, which say what of it is tolerated."""
        if one.rag != RAG[-1] or one.over or one.own or (one.name == "cost" and getattr(noun, "budget", None) is not None):
            return one
        parts = [part.rag for name in below for part in self.found[name].judged if part.name == one.name and part.rag is not None]
        worst = max(parts, key=RAG.index, default=one.rag)
        return one if worst == one.rag else one._replace(rag=worst, told=functools.partial(tolerated_below, one.told, worst))

    def _judged_by_all(self, own: tuple[Judged, ...], below: list[str]) -> bool:
        """Whether something is judged by all that it or its parts have figures of: a part without a colour, or late, is not made good by another."""
        judged = {one.name for one in own if one.rag is not None}
        if not judged or len(judged) < len(own) or any(self.found[name].colours[0] is None for name in below):
            return False
        parts = [one for name in below for one in self.found[name].judged if one.rag is not None]
        return {one.name for one in parts} - {"children"} <= judged and {one.name for one in parts if one.rag == RAG[-1]} <= AMOUNTS

    def _combined(self, below: list[str]) -> tuple[str | None, str, str | None]:
        """(the colour that the policy gives, why, the best one that it can turn out to be) of what has such parts."""
        if type(self.policy) in BY_WORST:
            seen = [self._seen(name) for name in below]
            return worst_of(below, [rag for rag, _ in seen], [least for _, least in seen])
        children = [self._child(name) for name in below]
        rag, why = self.policy.combine(children)
        return rag, why, rag if rag is not None else at_least(self.policy, children)

    def _seen(self, name: str) -> Colours:
        """(the colour of a child, the best one that it can turn out to have) as the policy is to see it."""
        found = self.found[name]
        if self.of == "computed":
            return found.colours
        return (latest.rag if (latest := self._latest(found.noun)) else None), None

    def _child(self, name: str) -> Child:
        """What the policy sees of a child; what it weighs children by, and when they finish, is asked only where it may look at that."""
        rag, least = self._seen(name)
        if type(self.policy) in UNWEIGHTED:
            return Child(item=name, rag=rag, at_least=least)
        budget = self.aspects.budget(name)
        return Child(
            item=name,
            rag=rag,
            budget=None if budget is None else float(budget),
            finish=self.aspects.finish(name),
            at_least=least,
            later=bool(self.aspects.schedule.doubt(name)),
        )

    # ------------------------------------------------------------------------------------ exceptions

    def _breaches(self, names: Iterable[str]) -> Iterable[Breach]:
        for item, found in ((name, self.found[name]) for name in names if name in self.found):
            if found.level in ("programme", "portfolio") and found.noun.tolerance is None:
                continue  # nobody set a limit at that level: its parts escalate theirs
            for judged in found.judged:
                if not judged.over:
                    continue
                aspect, above = judged.told(), ABOVE[found.level]
                who = self._approver(aspect, above)
                roll = self.aspects.rolls["budget"]
                stake = rounded(aspect.stake, roll.total.unit) if aspect.stake is not None and roll is not None else None
                yield Breach(
                    item=item,
                    aspect=aspect.name,
                    text=aspect.text,
                    level=found.level,
                    body=None if who.body is None else who.body.id,
                    escalate_to=None if who.escalate_to is None else who.escalate_to.id,
                    reason=who.reason,
                    stake=stake,
                )

    def _approver(self, aspect: Aspect, above: Level) -> Approver:
        """Who may decide on a breach; where an exchange rate is missing, nobody is known to, and the top board hears why."""
        try:
            return approver(self.portfolio, aspect.stake, level=above, as_of=self.as_of)
        except MissingRateError as error:
            told = approver(
                self.portfolio.evolve(bodies=[attrs.evolve(b, authority=None) for b in self.portfolio.bodies]), None, level=above
            )
            return attrs.evolve(told, reason=str(error))


def _worst(aspects: Iterable[Judged]) -> Colours:
    """(colour, at least): the worst of what is known; without a colour where something under tolerance is not, unless it is red."""
    found = list(aspects)
    worst = max((aspect.rag for aspect in found if aspect.rag is not None), key=RAG.index, default=None)
    withheld = worst != "red" and any(aspect.withholds for aspect in found)
    return None if withheld else worst, worst


def _level_of(noun: Portfolio | Programme | Project) -> str:
    return "portfolio" if isinstance(noun, Portfolio) else "programme" if isinstance(noun, Programme) else "project"

"""What may happen and what has: risks, shared drivers, issues, assumptions."""

from __future__ import annotations

from datetime import date

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError
from ipmo.model.estimates import Estimate, number
from ipmo.model.estimating import as_cost, as_factor, as_time
from ipmo.model.fields import EMPTY, Extensions, FrozenMap, Noun, as_extensions, as_map, as_noun, as_nouns, doc, texts
from ipmo.model.reading import named
from ipmo.units import Money, Span, When, as_date, as_day, as_money, as_share, as_span, as_when, minutes

__all__ = ["Assumption", "Branch", "Driver", "Exposure", "Impact", "Issue", "Risk", "Way"]
RESPONSES = (
    "avoid",
    "reduce",
    "transfer",
    "share",
    "accept",
    "contingent",
    "exploit",
    "enhance",
    "reject",
)


def closes_first(starts: When, ends: When) -> bool:
    """A window ends before it begins."""
    return as_day(ends) < as_day(starts) or minutes(ends, end=True) < minutes(starts)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Impact(Noun):
    """What a risk does to one item, in time or money.

    The mean cost, with the probability, is counted as exposure. The simulation counts both.
    """

    target: str | None = attrs.field(
        default=None, metadata=doc("the item it hits; when left out the project, programme or portfolio of the risk", refers="item")
    )
    delay: Estimate | None = attrs.field(default=None, converter=optional(as_time), metadata=doc("time lost", unit="time"))
    cost: Estimate | None = attrs.field(default=None, converter=optional(as_cost), metadata=doc("money lost", unit="money"))

    def __attrs_post_init__(self) -> None:
        for key, estimate, word in (("delay", self.delay, "time"), ("cost", self.cost, "money")):
            central = None if estimate is None else estimate.central()
            if central is None:
                continue
            if number(central) < 0:
                raise ModelError.of(
                    key, f"{word} lost has no sign (got {central}); what is gained is the {key} of a risk with opportunity: true"
                )
            if isinstance(central, Span) and central.dimension == "step":
                raise ModelError.of(key, f"{central} has no fixed length; write working time (20 d) or elapsed time (30 ed)")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Exposure(Noun):
    """Probability and impacts at one time: before or after the response; what the one after leaves out is as before."""

    probability: float | None = attrs.field(default=None, converter=optional(as_share), metadata=doc("that it happens", unit="share"))
    impacts: tuple[Impact, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("what it would do", one_or_many=True))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Risk(Noun):
    """An uncertain event with cause, effect, owner and response; a threat or an opportunity, of a project, a programme or the portfolio.

    Dates, probability and cost before and after the response are counted, until the last day it can happen; the simulation counts the
    cost of the response too, and lets the risk strike only what runs between its first and its last day, and once what it is `triggered_by` has
    happened in the sample. The fallback and how one notices are kept for the risk register; no figure is made from them.
    """

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("the event"))
    item: str | None = attrs.field(
        default=None, metadata=doc("what it threatens; outside a project, whose register it stands in, else the portfolio's", refers="item")
    )
    cause: str = attrs.field(default="", metadata=doc("why it may happen"))
    effect: str = attrs.field(default="", metadata=doc("what follows"))
    category: str = attrs.field(default="", metadata=doc("free name"))
    opportunity: bool = attrs.field(default=False, metadata=doc("it would help"))
    owner: str | None = attrs.field(default=None, metadata=doc("who watches it", refers="owner"))
    actionee: str | None = attrs.field(default=None, metadata=doc("who carries out the response", refers="owner"))
    driver: str | None = attrs.field(default=None, metadata=doc("the shared cause behind it", refers="driver"))
    objectives: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("objectives it hits", refers="objective"))
    before: Exposure | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("as it stands now"))
    after: Exposure | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("once the response works"))
    response: str | None = attrs.field(default=None, metadata=doc("what is done about it", choices=RESPONSES))
    response_cost: Money | None = attrs.field(default=None, converter=optional(as_money), metadata=doc("of the response", unit="money"))
    fallback: str = attrs.field(default="", metadata=doc("what is done when it happens"))
    trigger: str = attrs.field(default="", metadata=doc("how one notices"))
    triggered_by: str | None = attrs.field(
        default=None, metadata=doc("the gate, milestone or work after which alone it can happen: its date opens the window", refers="item")
    )
    within: Span | None = attrs.field(
        default=None, converter=optional(as_span), metadata=doc("how long after its trigger it can happen", unit="time")
    )
    starts: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("first day it can happen"))
    ends: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("last day it can happen", end=True))
    state: str = attrs.field(default="open", metadata=doc("open, occurred or closed", choices=("open", "occurred", "closed")))
    raised: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("first noted"))
    reviewed: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("last looked at"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))

    def __attrs_post_init__(self) -> None:
        if self.response_cost is not None and self.response_cost.amount < 0:
            raise ModelError.of("response_cost", f"a response costs nothing at the least (got {self.response_cost})")
        if self.starts is not None and self.ends is not None and closes_first(self.starts, self.ends):
            raise ModelError.of("ends", f"the last day it can happen, {self.ends}, lies before the first, {self.starts}")
        if self.within is not None and self.triggered_by is None:
            raise ModelError.of("within", f"{self.within} after what? Name what it is triggered by: triggered_by:")
        if self.within is not None and self.within.amount <= 0:
            raise ModelError.of("within", f"a risk can happen for some time after its trigger (got {self.within})")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Driver(Noun):
    """A shared cause: in the simulation it multiplies the durations, costs or values of all it touches, and so correlates them (Hulett)."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    probability: float = attrs.field(default=1.0, converter=as_share, metadata=doc("that it is at work", unit="share"))
    factor: Estimate | None = attrs.field(
        default=None, converter=optional(as_factor), metadata=doc("multiplies what it affects", unit="number")
    )
    affects: str = attrs.field(default="duration", metadata=doc("what it multiplies", choices=("duration", "cost", "value")))
    targets: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("what it touches", refers="item"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Way(Noun):
    """One way that things may go at a branch, with the work that is done only then."""

    probability: float = attrs.field(converter=as_share, metadata=doc("that things go this way", unit="share"))
    items: tuple[str, ...] = attrs.field(
        default=(), converter=texts, metadata=doc("work that is done only then; none where nothing more is to do", refers="item")
    )
    name: str = attrs.field(default="", metadata=doc("title"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Branch(Noun):
    """A fork whose way is not known yet, such as a test that may fail: the simulation takes one way a sample, and none with what is left.

    The schedule counts the work of every way, as it is planned. With a single way it is work that may not be needed at all.
    Source: probabilistic branching and task existence, Hulett, Practical Schedule Risk Analysis (2009).
    """

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("what decides"))
    ways: tuple[Way, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("the ways; at most one is taken"))

    def __attrs_post_init__(self) -> None:
        whole = sum(one.probability for one in self.ways)
        if whole > 1 + 1e-9:
            raise ModelError.of("ways", f"the ways of {self.id!r} have probabilities of {whole:g} in all; they are at most 1")
        named = [item for one in self.ways for item in one.items]
        twice = next((item for item in named if named.count(item) > 1), None)
        if twice is not None:
            raise ModelError.of("ways", f"{twice!r} belongs to the ways of {self.id!r} twice; name it in one of them")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Issue(Noun):
    """Something that has happened and needs handling."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("what happened"))
    item: str | None = attrs.field(default=None, metadata=doc("what it is about", refers="item"))
    severity: str | None = attrs.field(default=None, metadata=doc("how bad", choices=("low", "medium", "high", "critical")))
    owner: str | None = attrs.field(default=None, metadata=doc("who handles it", refers="owner"))
    raised: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when"))
    due: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("to be settled by", end=True))
    closed: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when it was settled"))
    risk: str | None = attrs.field(default=None, metadata=doc("the risk that occurred", refers="item"))
    note: str = attrs.field(default="", metadata=doc("remarks"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Assumption(Noun):
    """Something taken as true; what may be false is a risk."""

    id: str = attrs.field(metadata=doc("id"))
    text: str = attrs.field(default="", metadata=doc("what is taken as true"))
    item: str | None = attrs.field(default=None, metadata=doc("what rests on it", refers="item"))
    probability: float | None = attrs.field(default=None, converter=optional(as_share), metadata=doc("that it holds", unit="share"))
    owner: str | None = attrs.field(default=None, metadata=doc("who checks it", refers="owner"))
    review: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("next look"))
    state: str = attrs.field(default="open", metadata=doc("open, confirmed or false", choices=("open", "confirmed", "false")))

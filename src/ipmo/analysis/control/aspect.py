"""One aspect of control of one item: its colour, what was compared, and how far beyond a tolerance it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

import attrs

from ipmo.analysis.dates.committed import Commitment
from ipmo.analysis.money.amounts import rounded
from ipmo.model.benefits import Benefit
from ipmo.model.governance import RAG, Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.words import agree, counted

__all__ = [
    "AMOUNTS",
    "Aspect",
    "Judged",
    "Noun",
    "benefits_told",
    "cost_told",
    "late_told",
    "made_good",
    "never_told",
    "stands_as",
    "tolerance_of",
    "tolerance_source",
    "tolerated_below",
    "with_own",
    "without_stake",
]

Noun = Portfolio | Programme | Project | Task


def tolerance_of(portfolio: Portfolio, noun: Noun) -> Tolerance | None:
    """The tolerance that holds for an item: its own, that of its programme or of one above, or the portfolio's."""
    own = noun.tolerance
    if own is None and isinstance(noun, Project | Programme):
        own = next((p.tolerance for p in hierarchy(portfolio).programmes_of(noun.id) if p.tolerance is not None), None)
    return portfolio.tolerance if own is None else own


def tolerance_source(portfolio: Portfolio, noun: Noun) -> str:
    """The id of what states the tolerance that holds for an item; empty where nothing does."""
    if noun.tolerance is not None:
        return noun.id
    above = hierarchy(portfolio).programmes_of(noun.id) if isinstance(noun, Project | Programme) else ()
    stated = next((one.id for one in above if one.tolerance is not None), "")
    return stated or (portfolio.id if portfolio.tolerance is not None else "")


@attrs.frozen(kw_only=True)
class Aspect:
    """One aspect of control of one item.

    Args:
        name: time, cost, benefits, risk, carbon or children.
        rag: its colour; None when it cannot be said.
        text: what was compared.
        over: how far beyond a tolerance that somebody stated, in words; empty within it and where nobody did.
        stake: money of a breach, for the authority that it takes.
        withholds: it has no colour although somebody set a tolerance for it: without it the item is not known to be well.
    """

    name: str
    rag: str | None
    text: str
    over: str = ""
    stake: Fraction | None = attrs.field(default=None, repr=False)
    withholds: bool = False


class Judged(NamedTuple):
    """What an aspect comes to, before it is told in words.

    Args:
        name: time, cost, benefits, risk, carbon or children.
        rag: its colour; None when it cannot be said.
        withholds: it has no colour although somebody set a tolerance for it.
        over: it is beyond a tolerance that somebody stated.
        told: makes the aspect as people read it.
        own: it is of something that no part of the item bears, such as its own gate.
    """

    name: str
    rag: str | None
    withholds: bool
    over: bool
    told: Callable[[], Aspect]
    own: bool = False

    @classmethod
    def of(cls, aspect: Aspect) -> Judged:
        """An aspect that is told already."""
        return cls(aspect.name, aspect.rag, aspect.withholds, bool(aspect.over), lambda: aspect)


def stands_as(name: str, found: Iterable[Judged | Aspect] | None) -> str:
    """What an aspect of an item comes to where it is no exception, in words; empty where the item does not count.

    Args:
        name: of the aspect.
        found: what was found of the item; None where it does not count.
    """
    if found is None:
        return ""
    one = next((one for one in found if one.name == name), None)
    if one is None or one.rag is None:
        return f"{name} {'not judged' if one is None else 'not known'}"
    return f"{name} {'beyond what was agreed, without a tolerance' if one.rag == RAG[-1] else 'within tolerance'}"


AMOUNTS = frozenset({"cost", "carbon", "benefits", "risk"})
"""Aspects that add up, so that one part may make good what another lacks; days do not."""


def made_good(full_id: str, red: list[str]) -> tuple[Judged, ...]:
    """What is said of parts that are red where all together keep what is tolerated: amber at best, and never green; nothing where there are none."""
    if not red:
        return ()
    text = f"{', '.join(red[:3])}{f' and {len(red) - 3} more' if len(red) > 3 else ''} {agree(len(red), 'is', 'are')} red, all together within what is tolerated of {full_id}"
    return (Judged.of(Aspect(name="children", rag=RAG[1], text=text)),)


def with_own(rag: str | None, least: str | None, own: Iterable[Judged]) -> tuple[str | None, str | None]:
    """(colour, at least) of what has no tolerance of its own: that of its parts, or of an own figure that is worse.

    Args:
        rag: the colour that its parts make; None where it is not known.
        least: the best that this can turn out to be.
        own: its own figures.
    """
    known = list(own)
    worst = max((one.rag for one in known if one.rag is not None), key=RAG.index, default=RAG[0])
    found = rag, least
    if worst != RAG[0] and (least is None or RAG.index(least) < RAG.index(worst)):
        found = worst if rag is not None or worst == RAG[-1] else None, worst
    if found[0] != RAG[-1] and any(one.own and one.withholds for one in known):
        return None, found[1]  # what no part bears is not known, and its parts say nothing of it
    return found


def cost_told(rag: str, how: str, amounts: tuple[Fraction, Fraction, Fraction], stated: bool, currency: str) -> Aspect:
    """The aspect of cost in words.

    Args:
        rag: its colour.
        how: how the expected cost was found.
        amounts: expected, budget, limit.
        stated: somebody stated that limit.
        currency: of the amounts.
    """
    expected, budget, limit = amounts
    text = f"{how} {rounded(expected, currency):,}, budget {rounded(budget, currency):,}"
    if rag == "green":
        return Aspect(name="cost", rag=rag, text=text)
    if rag == "amber":
        return Aspect(name="cost", rag=rag, text=f"{text}, within tolerance")
    over = f"{rounded(expected - limit, currency):,} beyond {'tolerance' if stated else 'the budget'}"
    return Aspect(name="cost", rag=rag, text=f"{text}, {over}", over=over if stated else "", stake=expected - budget)


def benefits_told(amounts: tuple[Fraction, Fraction, Fraction | None], counts: tuple[int, int], currency: str, rag: str | None) -> Aspect:
    """The aspect of benefits in words.

    Args:
        amounts: planned, lost, and how much may be lost; None where nothing says.
        counts: how many benefits are known, and how many there are.
        currency: of the amounts.
        rag: the colour.
    """
    (planned, lost, share), (known, many) = amounts, counts
    rest = f", {many - known} of {counted(many, 'benefit')} not known" if known < many else ""
    text = f"{'none' if lost <= 0 else f'{rounded(lost, currency):,}'} lost of {rounded(planned, currency):,} planned{rest}"
    if rag is None:
        return Aspect(name="benefits", rag=None, text=text, withholds=share is not None)
    if rag == "green":
        return Aspect(name="benefits", rag=rag, text=text)
    if rag == "amber" or share is None:
        return Aspect(name="benefits", rag=rag, text=f"{text}, {'no tolerance is stated' if share is None else 'within tolerance'}")
    over = f"{rounded(lost - share, currency):,} beyond tolerance"
    return Aspect(name="benefits", rag=rag, text=f"{text}, {over}", over=over, stake=lost)


def late_told(rag: str, row: Commitment) -> Aspect:
    """The aspect of benefits where one starts later than was stated and no value is lost by it, or none is known to be."""
    when = (
        f"{row.forecast}, {row.late} late" if row.expected is not None else "which never comes" if row.standing == "missed" else "overdue"
    )
    return Aspect(name="benefits", rag=rag, text=f"{row.item} is {row.word} {row.stated_text}, {when}")


def never_told(named: Commitment | Benefit, more: int, lost: Callable[[], Aspect] | None) -> Aspect:
    """The aspect of benefits where some never come.

    Args:
        named: what is committed to of the first of them, or it, where nothing is.
        more: how many others never come.
        lost: the aspect of what is lost of their value; None where that is not known.
    """
    text = f"{named.id} never comes" if isinstance(named, Benefit) else late_told(RAG[-1], named).text
    others = f", nor {agree(more, 'does', 'do')} {more} more" if more else ""
    beside = f"; {lost().text}" if lost is not None else ""
    return Aspect(name="benefits", rag=RAG[-1], text=f"{text}{others}{beside}")


def waiting_told(rag: str | None, row: Commitment, amounts: tuple[Fraction, Fraction | None], currency: str) -> Aspect:
    """The aspect of benefits where it is not known whether one starts in time.

    Args:
        rag: the colour that it has at least.
        row: the start that was stated.
        amounts: lost at least, and how much may be lost; None where nothing says.
        currency: of the amounts.
    """
    lost, share = amounts
    text = f"{row.item} is {row.word} {row.stated_text}, not known whether it is kept: {row.reason}"
    if lost > 0:
        text += f"; at least {rounded(lost, currency):,} lost"
    elif rag is not None:
        text += "; late though all went on today"
    over = "" if rag != RAG[-1] or share is None else f"at least {rounded(lost - share, currency):,} beyond tolerance"
    return Aspect(
        name="benefits", rag=rag, text=f"{text}, {over}" if over else text, over=over, withholds=not over, stake=lost if over else None
    )


def tolerated_below(told: Callable[[], Aspect], rag: str) -> Aspect:
    """An aspect of what holds others and has no tolerance: beyond what is stated, within what its parts tolerate."""
    found = told()
    return attrs.evolve(found, rag=rag, text=f"{found.text}, within what its parts tolerate", stake=None)


def without_stake(told: Callable[[], Aspect]) -> Aspect:
    """An aspect whose stake is in a currency without an exchange rate: how much that is for those who decide is not known."""
    return attrs.evolve(told(), stake=None)

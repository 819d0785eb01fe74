"""The portfolio kanban: where each epic is, since when, how many are in each state, and how fast they are done (AGL-R08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction

import attrs

from ipmo.model import Portfolio, Project
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, ShownAnswer, Table, UnitError, agree, counted
from ipmo_agile.fields import STATES, AgileFields, bearers, day_of, fields_of, lasting

__all__ = ["EpicCard", "Kanban", "epics_in_hand", "portfolio_kanban"]

YEAR = timedelta(days=365)
CHANCE = 0.05
"""As many starts against finishes as come about by chance more seldom than this, were both as likely, are said (one-sided sign test)."""
IMPLEMENTING, DONE = STATES[-2], STATES[-1]


@attrs.frozen(kw_only=True)
class EpicCard(Shown):
    """An epic on the board.

    Args:
        item: full id of the project, programme or task.
        state: where it is.
        since: the day on which it came there.
        age: days since then.
    """

    item: str
    state: str
    since: date
    age: int


@attrs.frozen(kw_only=True)
class Kanban(ShownAnswer):
    """The board on a day.

    Args:
        today: the day.
        cards: every epic that is not done and was not given up, by state, the oldest first.
        limits: state to how many epics it may hold.
        begun: epics whose implementing began in the year before.
        done: epics that were done in it.
    """

    today: date
    cards: tuple[EpicCard, ...] = attrs.field(repr=False)
    limits: tuple[tuple[str, int], ...]
    begun: tuple[str, ...]
    done: tuple[str, ...]

    def of(self, state: str) -> tuple[EpicCard, ...]:
        """The epics in a state, the oldest first."""
        return tuple(card for card in self.cards if card.state == state)

    def __repr__(self) -> str:
        said = f"{counted(len(self.cards), 'epic')} on the board, {len(self.begun)} begun and {len(self.done)} done in a year"
        return f"<Kanban of {self.today}: {said}>"

    @property
    def years_in_hand(self) -> float | None:
        """How many years it takes to do what is being implemented at the pace of this one; None where nothing was done."""
        return len(self.of(IMPLEMENTING)) / len(self.done) if self.done else None

    def table(self) -> Table:
        """state, epics, limit, oldest (days), mean_age (days): a row for each state but done."""
        limits = dict(self.limits)
        rows = [(state, self.of(state)) for state in STATES[:-1]]
        return Table(
            [
                Column("state", "str", [state for state, _ in rows]),
                Column("epics", "int", [len(cards) for _, cards in rows]),
                Column("limit", "int", [limits.get(state) for state, _ in rows]),
                Column("oldest", "int", [max((card.age for card in cards), default=None) for _, cards in rows], "days"),
                Column("mean_age", "float", [sum(c.age for c in cards) / len(cards) if cards else None for _, cards in rows], "days"),
            ]
        )


def portfolio_kanban(portfolio: Portfolio, *, as_of: date | None = None, covers: Iterable[str] | None = None) -> Kanban:
    """The board of epics on a day.

    An epic is where it came last; of two states of one day the later one counts. It was begun when it last came to be implemented. A project that
    is closed is done on the day it finished; one that was cancelled is on no board.

    Args:
        portfolio: the portfolio.
        as_of: the day; the status date when left out.
        covers: full ids of the epics to look at; all when left out.

    Raises:
        UnitError: no day is given and the portfolio has no status date.
    """
    when = as_of if as_of is not None else portfolio.status_date
    if when is None:
        raise UnitError(f"portfolio {portfolio.id!r} has no status date; pass as_of=")
    today = day_of(when)
    wanted = None if covers is None else frozenset(covers)
    cards, begun, done = [], [], []
    for full_id, noun, fields in bearers(portfolio):
        known = _known(noun, fields, today)
        if not known or (wanted is not None and full_id not in wanted) or (isinstance(noun, Project) and noun.counted_as == "cancelled"):
            continue
        since, place = max((day, STATES.index(state)) for state, day in known.items())
        if STATES[place] == DONE:
            if since > today - YEAR:
                done.append(full_id)
        else:
            cards.append(EpicCard(item=full_id, state=STATES[place], since=since, age=(today - since).days))
        if IMPLEMENTING in known and known[IMPLEMENTING] > today - YEAR and place >= STATES.index(IMPLEMENTING):
            begun.append(full_id)
    order = {state: place for place, state in enumerate(STATES)}
    return Kanban(
        today=today,
        cards=tuple(sorted(cards, key=lambda card: (order[card.state], -card.age, card.item))),
        limits=tuple((state, limits[state]) for state in STATES if state in (limits := fields_of(portfolio).kanban_limits)),
        begun=tuple(begun),
        done=tuple(done),
    )


def _known(noun: object, fields: AgileFields, today: date) -> dict[str, date]:
    """The states that an epic had come to by a day; a project that was closed by then is done, whatever its board says."""
    known = {state: day for state, day in fields.kanban.items() if day <= today}
    if known and isinstance(noun, Project) and noun.counted_as == "closed" and DONE not in known:
        end = max(known.values()) if noun.actual_finish is None else day_of(noun.actual_finish)
        if end <= today:
            known[DONE] = end
    return known


def epics_in_hand(context: CheckContext) -> Iterable[Finding]:
    """AGL-R08: no more epics are in a state than agreed, none is there longer than agreed, and no more are begun than are done."""
    pf = context.portfolio
    if pf.status_date is None:
        return
    board = portfolio_kanban(pf, covers=[full_id for full_id, _, _ in bearers(pf) if context.covers(full_id)])
    for state, limit in board.limits:
        cards = board.of(state)
        if len(cards) > limit:
            message = f"{counted(len(cards), 'epic')} {agree(len(cards), 'is', 'are')} in {state}, at most {limit} {agree(limit, 'is', 'are')} agreed: the oldest is {cards[0].item!r}, {counted(cards[0].age, 'day')} there"
            yield _finding("", message, "finish, or put back, before another comes in", part=state)
    begun, done, hand = len(board.begun), len(board.done), len(board.of(IMPLEMENTING))
    if by_chance(begun, done) <= CHANCE:
        message = f"{counted(begun, 'epic')} {agree(begun, 'was')} begun in a year and {done} done; {hand} {agree(hand, 'is', 'are')} being implemented"
        if board.years_in_hand is not None:
            message += f", {board.years_in_hand:.1f} years of work at that pace"
        yield _finding("", message, "limit what is implemented at once", part="rate")
    yield from _ages(context, board)


def _ages(context: CheckContext, board: Kanban) -> Iterator[Finding]:
    for state, span in fields_of(context.portfolio).kanban_ages.items():
        for card in board.of(state):
            if card.age > lasting(span):
                message = f"epic {card.item!r} has been in {state} for {counted(card.age, 'day')}; at most {span} is agreed"
                yield _finding(card.item, message, "take it on, or drop it", part=state)


def _finding(item: str, message: str, hint: str, part: str) -> Finding:
    return Finding(code="agile/epics-in-hand", item=item, part=part, message=message, hint=hint, severity=Severity.WARNING)


def by_chance(begun: int, done: int) -> float:
    """How likely that many starts or more are among so many starts and finishes, were either as likely.

    >>> by_chance(5, 0), by_chance(0, 0)
    (0.03125, 1.0)
    """
    whole = begun + done
    ways = found = 1
    for k in range(whole, begun, -1):  # so many ways to k - 1 starts, from those to k
        ways = ways * k // (whole - k + 1)
        found += ways
    return float(Fraction(found, 2**whole))

"""Work that may be interrupted: by how often and in what pieces, and the times in which it rests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnitError
from ipmo.model.fields import Noun, Short, doc, flag
from ipmo.model.reading import IN_PYTHON, Reading, named, noun_of, reads
from ipmo.units import Span, When, as_number, as_span, as_when, minutes

__all__ = ["Interruption", "Splitting", "as_splitting", "in_order"]


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Interruption(Noun):
    """A time in which work that is done in pieces rests: its people are free for other work, and it goes on afterwards."""

    since: When = attrs.field(converter=as_when, metadata=doc("from when on it rests", key="from"))
    until: When = attrs.field(converter=as_when, metadata=doc("until when; of a day to its end", end=True))

    def __attrs_post_init__(self) -> None:
        if self.period[0] >= self.period[1]:
            raise ModelError.of("until", f"an interruption ends after it begins (got {self.since} to {self.until})")

    @property
    def period(self) -> tuple[int, int]:
        """The minute in which it begins, and that in which it is over."""
        return minutes(self.since), minutes(self.until, end=True)


def in_order(some: Sequence[Interruption]) -> tuple[Interruption, ...]:
    """Interruptions by when they begin.

    Raises:
        ModelError: two of them overlap.
    """
    found = sorted(some, key=lambda one: one.period)
    for one, other in itertools.pairwise(found):
        if other.period[0] < one.period[1]:
            raise ModelError.of(
                "interruptions", f"{one.since} to {one.until} and {other.since} to {other.until} overlap; write them as one, or apart"
            )
    return tuple(found)


def _number(value: int | str) -> int:
    number = as_number(value)
    if number != int(number) or number < 1:
        raise UnitError(f"work is interrupted a whole number of times, at least once (got {value}); leave split: out where it must not be")
    return int(number)


def _least(value: Span | str) -> Span:
    span = as_span(value)
    if span.amount <= 0 or span.dimension == "step":
        raise UnitError(f"a piece takes some working or elapsed time (got {span}); write for example 1 d")
    return span


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Splitting(Short):
    """That work may be interrupted (preemption), and how far. In files `split: true`, or a mapping: `split: {least: 1 d, most: 2}`."""

    least: Span | None = attrs.field(
        default=None, converter=optional(_least), metadata=doc("no piece of it is shorter than that; a minute when left out", unit="time")
    )
    most: int | None = attrs.field(
        default=None, converter=optional(_number), metadata=doc("interrupted so often at most; as often as it takes when left out")
    )

    def to_plain(self) -> object:
        """True, or a mapping."""
        found: dict[str, object] = {name: getattr(self, name) for name in ("least", "most") if getattr(self, name) is not None}
        return found or True


def as_splitting(value: object, reading: Reading = IN_PYTHON) -> Splitting | None:
    """`True`, a mapping, or a Splitting as a Splitting; `False` as None.

    Raises:
        UnitError: it is none of these.
        ModelError: fields of the mapping are wrong.

    >>> as_splitting({"least": "1 d", "most": 2})
    Splitting(least=Span(amount=Decimal('1'), unit='d'), most=2)
    """
    if isinstance(value, Splitting):
        return value
    if isinstance(value, Mapping):
        return noun_of(Splitting, value, reading)
    try:
        return Splitting() if flag(value) else None
    except UnitError:
        raise UnitError(f"{value!r:.60} does not say whether work may be interrupted; write true, or {{least: 1 d, most: 2}}") from None


reads(Splitting, lambda _: as_splitting, Splitting)

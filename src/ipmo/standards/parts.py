"""Objects of a JSON document that remember what was read of them: what nobody read has no home, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from ipmo.errors import UnitError
from ipmo.model.fields import PlainData, PlainMap
from ipmo.units import Money

__all__ = ["Part"]

Place = tuple[str | int, ...]
SMALLEST = -15
MOST_DIGITS = 28
"""Digits of a number, as many as sums are exact to; a million of them are no amount, and take hours to add up."""
"""Powers of ten below which a number is none that anybody means."""


@attrs.define(eq=False)
class Part:
    """One object of a document.

    Args:
        data: its keys and values.
        place: where it stands.
    """

    data: PlainMap
    place: Place = ()
    asked: dict[str, list[Part]] = attrs.field(factory=dict)
    """The keys that were taken, each with the objects inside it."""
    wrong: list[tuple[Place, str]] = attrs.field(factory=list)
    """Values of another type than the standard says, each with a sentence."""
    read: list[tuple[Place, str]] = attrs.field(factory=list)
    """Values of another type that were understood all the same."""

    def __contains__(self, key: str) -> bool:
        return self.data.get(key) is not None

    def text(self, key: str) -> str:
        """A text; empty where there is none."""
        found = self.data.get(key)
        if found is None:
            return ""
        if not isinstance(found, str):
            self._refuse(key, found, "a text")
            return ""
        self.asked[key] = []
        return found

    def number(self, key: str) -> Decimal | None:
        """A number, also one that is written as a text; None where there is none."""
        found = self.data.get(key)
        if found is None:
            return None
        try:
            if isinstance(found, bool):
                raise ValueError
            number = Decimal(str(found).strip())
            if not number.is_finite() or (number and number.adjusted() < SMALLEST):
                raise ValueError
            if len(number.as_tuple().digits) > MOST_DIGITS:
                self._refuse(key, found, f"a number of at most {MOST_DIGITS} digits")
                return None
        except (ValueError, ArithmeticError):
            self._refuse(key, found, "a number")
            return None
        self.asked[key] = []
        return number

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty where there is none. One text counts as a list of it."""
        found = self.data.get(key)
        if isinstance(found, str):
            found = [found]
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self._refuse(key, found, "a list of texts")
            return []
        self.asked[key] = []
        return list(found)

    def part(self, key: str) -> Part | None:
        """The object under a key, the same one each time; None where there is none."""
        if before := self.asked.get(key):
            return before[0]
        found = self.data.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            self._refuse(key, found, "an object")
            return None
        made = Part(found, (*self.place, key))
        self.asked[key] = [made]
        return made

    def parts(self, key: str) -> list[Part]:
        """The objects in a list, the same ones each time; empty where there is none."""
        if before := self.asked.get(key):
            return before
        found = self.data.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            self._refuse(key, found, "a list of objects")
            return []
        for number, one in enumerate(found):
            if not isinstance(one, dict):
                self.wrong.append(((*self.place, key, number), f"{key!r} must hold objects; got {_shown(one)}"))
        made = [Part(one, (*self.place, key, number)) for number, one in enumerate(found) if isinstance(one, dict)]
        self.asked[key] = made
        return made

    def money(self, key: str) -> Money | None:
        """A value of OC4IDS: an amount and its currency; None where one of the two is missing or is none."""
        inner = self.part(key)
        if inner is None:
            return None
        amount, currency = inner.number("amount"), inner.text("currency")
        if amount is not None and currency:
            try:
                found = Money(amount, currency)
            except UnitError as error:
                self.wrong.append((inner.place, str(error)))
            else:
                if isinstance(inner.data["amount"], str):
                    self.read.append(((*inner.place, "amount"), f"'amount' must be a number; got the text {_shown(inner.data['amount'])}"))
                return found
        elif amount is not None:
            inner.wrong.append((inner.place, f"the amount {_shown(amount)} of {key!r} has no currency"))
        self.give_back(key)
        return None

    def give_back(self, *keys: str) -> None:
        """What was asked for and has no home after all; without keys, all of it."""
        for key in keys or tuple(self.asked):
            for inner in self.asked.pop(key, []):
                self.wrong += inner.faults()
                self.read += inner.understood()

    def left(self) -> Iterator[Place]:
        """The places that nobody asked for, the highest of each branch."""
        for key, value in self.data.items():
            if key not in self.asked:
                if value not in (None, "", [], {}):
                    yield (*self.place, key)
            else:
                for inner in self.asked[key]:
                    yield from inner.left()

    def faults(self) -> Iterator[tuple[Place, str]]:
        """Every value of another type than the standard says."""
        yield from self.wrong
        for inner in self.asked.values():
            for one in inner:
                yield from one.faults()

    def understood(self) -> Iterator[tuple[Place, str]]:
        """Every value of another type than the standard says that was understood all the same."""
        yield from self.read
        for inner in self.asked.values():
            for one in inner:
                yield from one.understood()

    def _refuse(self, key: str, found: PlainData, what: str) -> None:
        self.wrong.append(((*self.place, key), f"{key!r} must be {what}; got {_shown(found)}"))


def _shown(found: PlainData) -> str:
    shown = str(found) if isinstance(found, Decimal) else repr(found)
    return f"{shown[:40]}{'...' if len(shown) > 40 else ''}"

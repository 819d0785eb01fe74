"""Numbers, shares and money as people type them: `1,250`, `£12.4m`, `5m GBP`, `(300)`, `50 %`; the column says what is ambiguous."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Final

import attrs

from ipmo.registers.cells.outcomes import SPACES, CellError
from ipmo.registers.cells.sizes import OddSizeError, Sizes
from ipmo.registers.fields import POWERS
from ipmo.registers.opening.sheets import Raw, said_cell
from ipmo.units import Money, Rate, as_money

__all__ = [
    "CODES",
    "LOST",
    "SHARED",
    "SIGN",
    "SIGNS",
    "WORDS",
    "Amounts",
    "NamedMoney",
    "Numbers",
    "Shares",
    "currency_named",
    "money_said",
    "number_text",
    "plain_number",
    "power_said",
    "share_said",
    "two_ways",
]

PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,30})?|\.[0-9]{1,30}", re.ASCII)
DIGITS = re.compile(r"[0-9][0-9.,'’ ]*|(?<![A-Za-z])[.,][0-9]+", re.ASCII)
GROUPS = {
    "point": re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+", re.ASCII),
    "comma": re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?|[0-9]+(?:,[0-9]*)?|,[0-9]+", re.ASCII),
}
"""Numbers of each way of writing: thousands in groups of three (of two in India), the first of which is no zero, then decimals."""
EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
"""One separator and three digits behind it: thousands to some, thousandths to others."""
SPACED = re.compile(r"(?<=[0-9])['’ ](?=[0-9]{3}(?![0-9]))", re.ASCII)
ENGLISH = frozenset(("GBP", "USD", "CAD", "AUD", "NZD", "INR", "SGD", "HKD", "JPY", "CNY", "MXN", "ILS", "KES", "NGN", "PHP", "MYR", "THB"))
"""Currencies of countries that write a decimal point."""
LOST: Final = "\ufffd"
"""What a sign of a currency became where its encoding was lost."""
SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "£": ("GBP",), "€": ("EUR",), "$": (), "¥": (), "₹": ("INR",), "₩": ("KRW",), "₪": ("ILS",), "₦": ("NGN",), "₺": ("TRY",), "₱": ("PHP",), "฿": ("THB",),
    "₫": ("VND",), "zł": ("PLN",), "kč": ("CZK",), "fr.": ("CHF",), "rs.": (), "rs": (), "kr.": (), "kr": (), LOST: (),
    "us$": ("USD",), "a$": ("AUD",), "au$": ("AUD",), "c$": ("CAD",), "ca$": ("CAD",), "cdn$": ("CAD",), "nz$": ("NZD",), "s$": ("SGD",), "hk$": ("HKD",),
    "r$": ("BRL",),
}  # fmt: skip
"""What the signs of currencies stand for where nothing else is said; those of none are signs of many."""
_RUPEES, _CROWNS = frozenset(("INR", "PKR", "LKR", "NPR")), frozenset(("SEK", "NOK", "DKK", "ISK"))
SHARED: Final[Mapping[str, frozenset[str]]] = {
    "$": frozenset(("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "BRL")), "£": frozenset(("GBP", "EGP", "GIP", "FKP")), "¥": frozenset(("JPY", "CNY")),
    "rs": _RUPEES, "rs.": _RUPEES, "kr": _CROWNS, "kr.": _CROWNS,
}  # fmt: skip
WORDS: Final = {
    "k": 3, "thousand": 3, "thousands": 3, "m": 6, "mn": 6, "mio": 6, "mln": 6, "mm": 6, "mil": 6, "mill": 6, "million": 6, "millions": 6,
    "bn": 9, "b": 9, "billion": 9, "billions": 9, "mrd": 9, "mld": 9, "tn": 12, "trillion": 12, "trillions": 12,
    "tsd": 3, "tausend": 3, "milliers": 3, "miles": 3, "mila": 3, "tys": 3, "tis": 3, "tusen": 3, "millionen": 6, "millones": 6, "milhões": 6, "milioni": 6, "miljoen": 6,
    "milliarden": 9, "milliards": 9, "miliardi": 9, "miljard": 9, "lakh": 5, "lakhs": 5, "lac": 5, "lacs": 5, "crore": 7, "crores": 7, "cr": 7,
}  # fmt: skip
THOUSAND_MIL: Final = frozenset(("BRL", "ARS", "CLP", "COP", "MXN", "PEN", "UYU"))
"""Currencies of countries where `mil` is a thousand; in English it is a million."""
PER = re.compile(r"(.+?)(?: ?/ ?| per | an? |(?= p\.?a\b))(.+)", re.IGNORECASE)
CODES: Final = frozenset(
    "AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP ETB EUR FKP GBP GEL GHS GIP HKD HUF IDR ILS INR ISK JOD JPY KES KRW KWD KZT"
    " LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB RWF SAR SEK SGD THB TND TRY TWD TZS UAH UGX USD UYU UZS VND XAF XOF ZAR ZMW".split()
)
"""Currencies whose codes are read in a cell; others are stated by the mapping."""
SIGN: Final = "|".join(sorted(map(re.escape, SIGNS), key=len, reverse=True))
_CODE = "|".join(sorted(CODES))
_WORD = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
MONEY = re.compile(
    r"(?P<sign>[-+−–]?)(?P<open>\(?)(?P<sign2>[-+−–]?)"
    rf"(?P<front>(?i:{SIGN})|[A-Za-z]{{3}}(?![A-Za-z]))? ?(?P<sign3>[-+−–]?)"
    rf"(?P<number>[0-9][0-9.,'’ ]*|[.,][0-9]+) ?(?P<power>(?i:{_WORD})\.?|[A-Za-z]{{1,10}}?\.?)?? ?(?P<back>(?i:{SIGN}|{_CODE})|[A-Z]{{3}})?(?P<close>\)?)(?P<minus>-?)"
)
PERS: Final = {
    "year": "year", "yr": "year", "annum": "year", "p.a.": "year", "pa": "year", "p.a": "year", "month": "month", "mth": "month", "week": "w", "wk": "w",
    "day": "d", "hour": "h", "hr": "h", "pd": "pd", "ph": "ph", "pw": "pw", "person-day": "pd", "person day": "pd", "person-hour": "ph",
    "person hour": "ph", "man-day": "pd", "unit": "unit", "item": "item",
}  # fmt: skip
EFFORTS: Final = {"d": "pd", "h": "ph", "w": "pw"}
FIFTEEN: Final = Context(prec=15)
"""As many digits as office programs keep: what stands behind them is what a binary number made of it."""
WITH_POWER: Final = re.compile(r"[0-9][,.']? ?[A-Za-z]")
"""A number with a word behind it, which may be a multiplier."""


def _per(text: str) -> str | None:
    """What money is counted per; None where that is nothing known."""
    word = text.strip().casefold()
    return PERS.get(word) or PERS.get(word.rstrip("s"))


def number_text(text: str) -> str:
    """A text with its spaces as one, and plain signs."""
    return SPACES.sub(" ", text).strip()


@attrs.define
class Numbers:
    """How the numbers of one column are written.

    Args:
        decimal: `point` or `comma`; empty where nothing says so, and what is ambiguous is refused.
    """

    decimal: str = ""

    @classmethod
    def of(cls, texts: Iterable[str], stated: str, currency: str = "") -> Numbers:
        """As the mapping states it, else as the column shows it, else as the currency's country writes.

        Args:
            texts: of the column.
            stated: `point`, `comma` or empty.
            currency: of the column.
        """
        if stated:
            return cls(stated)
        seen: set[str] = set()
        for text in texts:
            found = DIGITS.search(text)
            if found is not None and len(seen) < 2:
                seen.add(_way(SPACED.sub("", found[0].strip())))
        seen.discard("")
        if len(seen) == 1:
            return cls(seen.pop())
        return cls("point" if not seen and currency in ENGLISH else "")

    def read(self, text: str) -> Decimal:
        """An unsigned number.

        Raises:
            CellError: it is none, or can be read in two ways.
        """
        bare = SPACED.sub("", text.strip())
        if (
            PLAIN.fullmatch(bare)
            and len(bare) < 16
            and not (self.decimal != "point" and EITHER.fullmatch(bare))
            and self.decimal != "comma"
        ):
            return Decimal(bare)
        way = self.decimal or _way(bare)
        if not way and EITHER.fullmatch(bare):
            raise CellError(f"{text!r} is thousands or decimals, and nothing else in the column says which; say decimal: point or comma")
        if not way:
            way = "point"
        if not GROUPS[way].fullmatch(bare):
            raise CellError(f"{text!r} is no number" + (f" with a decimal {self.decimal}" if self.decimal else ""))
        plain = bare.replace(",", "") if way == "point" else bare.replace(".", "").replace(",", ".")
        if len(plain.partition(".")[0].lstrip("0")) > 15:
            raise CellError(f"{text[:30]!r} has more than 15 digits")
        return FIFTEEN.create_decimal(plain)


def two_ways(text: str) -> bool:
    """Whether the number of a text is thousands to some and thousandths to others.

    >>> two_ways("1.250"), two_ways("€3.400"), two_ways("12.5 EUR"), two_ways("1.250,50"), two_ways("0.125")
    (True, True, False, False, False)

    Args:
        text: of a cell.
    """
    found = DIGITS.search(text)
    return found is not None and EITHER.fullmatch(SPACED.sub("", found[0].strip())) is not None


def _way(bare: str) -> str:
    """Which decimal sign a number can only have been written with; empty where it could be either."""
    point, comma = bare.rfind("."), bare.rfind(",")
    if point < 0 and comma < 0:
        return ""
    if point >= 0 and comma >= 0:
        way = "point" if point > comma else "comma"
    else:
        sign, other = (".", "comma") if point >= 0 else (",", "point")
        if bare.count(sign) > 1:
            way = other
        elif EITHER.fullmatch(bare):
            return ""
        else:
            way = "point" if sign == "." else "comma"
    return way if GROUPS[way].fullmatch(bare) else ""


def bare_number(cell: Raw) -> Decimal | None:
    """The number of a cell that holds one; None for text.

    Raises:
        CellError: it holds something else.
    """
    if isinstance(cell, str):
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise CellError(f"{said_cell(cell)} is no number")
    if not math.isfinite(cell) or abs(cell) >= 1e15:
        raise CellError(f"{cell!r} is no number that can be kept")
    return Decimal(int(cell)) if cell == int(cell) else FIFTEEN.create_decimal_from_float(float(cell))


def signed(numbers: Numbers, cell: Raw) -> Decimal:
    """A number with its sign: `-5`, `(300)`, `1.5`.

    Raises:
        CellError: it is none.
    """
    number = bare_number(cell)
    if number is not None:
        return number
    text = number_text(str(cell))
    match = re.fullmatch(r"([-+−–]?) ?(\(?)([0-9.,'’ ]+)(\)?)(-?)", text, re.ASCII)
    if match is None or bool(match[2]) != bool(match[4]):
        raise CellError(f"{said_cell(cell)} is no number")
    found = numbers.read(match[3])
    return -found if match[1] in tuple("-−–") or match[2] or match[5] else found


@attrs.frozen
class _Parts:
    """What an amount of money is written with.

    Args:
        number: its digits.
        minus: it is less than nothing.
        power: its multiplier, one of `WORDS`; empty for none.
        front: the sign or code before it.
        back: the sign or code behind it.
    """

    number: str
    minus: bool = False
    power: str = ""
    front: str = ""
    back: str = ""

    @classmethod
    def of(cls, cell: Raw) -> _Parts:
        """An amount, taken apart.

        Raises:
            CellError: it is none.
        """
        match = MONEY.fullmatch(number_text(str(cell)))
        if match is None or bool(match["open"]) != bool(match["close"]):
            raise CellError(f"{said_cell(cell)} is no amount of money")
        minus = sum(bool(match[name]) for name in ("open", "minus")) + sum(match[n] in tuple("-−–") for n in ("sign", "sign2", "sign3"))
        if minus > 1 or sum(bool(match[name]) for name in ("sign", "sign2", "sign3")) > 1:
            raise CellError(f"{said_cell(cell)} has two signs")
        power = (match["power"] or "").rstrip(".").casefold()
        back = match["back"] or ""
        if not power and back.casefold() in WORDS:
            power, back = back.casefold(), ""
        if power and power not in WORDS:
            raise CellError(f"{match['power']!r} in {said_cell(cell)} is no multiplier; write k, m or bn")
        return cls(match["number"], bool(minus), power, match["front"] or "", back)


def power_said(word: str, currency: str) -> int | None:
    """The power of ten that a word beside an amount stands for; None where the currency does not say which of several.

    >>> power_said("mil", "GBP"), power_said("mil", "BRL"), power_said("mil", "EUR"), power_said("cr", "INR"), power_said("cr", "GBP")
    (6, 3, None, 7, None)

    Args:
        word: one of `WORDS`.
        currency: the code of the amount's currency; empty where it is not known.
    """
    if word == "mil":
        return 3 if currency in THOUSAND_MIL else 6 if currency in ENGLISH or not currency else None
    if word == "cr":  # elsewhere the credit side of an account
        return WORDS[word] if currency in _RUPEES else None
    return WORDS[word]


def _power(word: str, currency: str, cell: Raw) -> int:
    found = power_said(word, currency)
    if found is None:
        raise CellError(f"{word!r} in {said_cell(cell)} may stand for several multipliers; write k, m or bn")
    return found


def plain_number(text: str) -> Decimal | None:
    """The number that a text is, whichever way its decimals are written; None where it is none.

    >>> plain_number("1,250.5"), plain_number("(300)"), plain_number("1.250"), plain_number("1e5")
    (Decimal('1250.5'), Decimal('-300'), Decimal('1.250'), None)

    Args:
        text: of a cell.
    """
    for decimal in ("point", "comma"):
        try:
            return signed(Numbers(decimal), text)
        except CellError:
            continue
    return None


CURRENCY_WORDS: Final = {
    "pound": "GBP", "pounds": "GBP", "sterling": "GBP", "pounds sterling": "GBP", "pound sterling": "GBP", "euro": "EUR", "euros": "EUR",
    "us dollar": "USD", "us dollars": "USD", "canadian dollar": "CAD", "canadian dollars": "CAD", "australian dollar": "AUD",
    "australian dollars": "AUD", "new zealand dollar": "NZD", "new zealand dollars": "NZD", "swiss franc": "CHF", "swiss francs": "CHF",
    "yen": "JPY", "indian rupee": "INR", "indian rupees": "INR",
}  # fmt: skip
"""Names of currencies that are of one country each."""


def currency_named(text: str) -> str | None:
    """The currency that a text names by its code, its sign or its name; None where it names none, or one of several.

    >>> currency_named("eur"), currency_named("£"), currency_named("US$"), currency_named("Euros"), currency_named("$"), currency_named("hard")
    ('EUR', 'GBP', 'USD', 'EUR', None, None)

    Args:
        text: of a cell.
    """
    low = number_text(text).casefold()
    if low in SIGNS:
        return SIGNS[low][0] if SIGNS[low] else None
    return CURRENCY_WORDS.get(low) or (low.upper() if low.upper() in CODES else None)


@attrs.frozen
class NamedMoney:
    """An amount that says that it is money.

    Args:
        currency: the code that it names; its sign where that is one of many, empty where it names a multiplier only.
        per: it is money per something.
    """

    currency: str
    per: bool = False


def money_said(text: str) -> NamedMoney | None:
    """What a text names, if it is an amount that names a currency or a multiplier; None where it is none.

    >>> money_said("RSD 5,000"), money_said("£320 / day"), money_said("12k"), money_said("about £5")
    (NamedMoney(currency='RSD', per=False), NamedMoney(currency='GBP', per=True), NamedMoney(currency='', per=False), None)

    Args:
        text: of a cell.
    """
    plain = number_text(text)
    if (match := PER.fullmatch(plain)) is not None and _per(match[2]) is not None:
        found = money_said(match[1]) or (NamedMoney("") if plain_number(match[1]) is not None else None)
        return None if found is None else NamedMoney(found.currency, per=True)
    try:
        parts = _Parts.of(plain)
    except CellError:
        return None
    named = {
        (*SIGNS[low], low)[0] if low in SIGNS else low.upper()
        for sign in (parts.front, parts.back)
        if (low := sign.casefold()) not in ("", LOST)
    }
    known = all(one in CODES or one in SIGNS for one in named)
    if not known or len(named) > 1 or not (named or parts.power or LOST in (parts.front, parts.back)) or plain_number(parts.number) is None:
        return None
    return NamedMoney(named.pop() if named else "")


@attrs.define(slots=False)
class Amounts:
    """How the amounts of money of one column are read.

    Args:
        numbers: how its numbers are written.
        currency: of bare amounts; empty where none is stated.
        multiplier: of bare amounts: empty, `k`, `M`, `bn`.
        per: what bare amounts are per; empty for none.
        row: the currency that another column names for the rows of these cells; empty where none does. What contradicts it is refused.
        cells: the different cells of the column: what stands beside an amount says of what size it may be.
        stated: the mapping states for this column that bare amounts are written in full.
        doubts: why a bare amount that was read may lack a multiplier, by its cell: what is read adds to it.
    """

    numbers: Numbers
    currency: str = ""
    multiplier: str = ""
    per: str = ""
    row: str = ""
    cells: Sequence[Raw] = attrs.field(default=(), repr=False)
    stated: bool = False
    doubts: dict[Raw, str] = attrs.field(factory=dict, repr=False)

    def money(self, cell: Raw) -> Money:
        """An amount.

        Raises:
            CellError: it is none, or in no currency.
        """
        number = bare_number(cell)
        if number is not None:
            return self._made(number, "", self._bare(cell), cell)
        parts = _Parts.of(cell)
        found = self.numbers.read(parts.number)
        named = {self._currency(sign, cell) for sign in (parts.front, parts.back) if sign not in ("", LOST)}
        if len(named) > 1:
            raise CellError(f"{said_cell(cell)} names two currencies")
        currency = named.pop() if named else self._bare(cell)
        if self.row and currency != self.row:
            raise CellError(f"{said_cell(cell)} is in {currency}, and its row says {self.row}")
        return self._made(-found if parts.minus else found, parts.power, currency, cell)

    def _bare(self, cell: Raw) -> str:
        """The currency of an amount that names none."""
        if self.row and self.currency and self.row != self.currency:
            raise CellError(f"the column of {said_cell(cell)} is in {self.currency}, and its row says {self.row}")
        return self.row or self.currency

    def _currency(self, sign: str, cell: Raw) -> str:
        low = sign.casefold()
        if low in SHARED:
            whose = next((one for one in (self.row, self.currency) if one in SHARED[low]), None)
            if whose is not None:
                return whose
        if low in SIGNS:
            if not SIGNS[low]:
                raise CellError(f"{sign!r} in {said_cell(cell)} is the sign of several currencies; say currency:")
            return SIGNS[low][0]
        if sign.upper() not in CODES and sign.upper() not in (self.row, self.currency):
            raise CellError(f"{sign!r} in {said_cell(cell)} is no currency; write a code such as GBP")
        return sign.upper()

    def _made(self, number: Decimal, power: str, currency: str, cell: Raw) -> Money:
        if not currency:
            raise CellError(f"{said_cell(cell)} is in no currency; say currency: in the mapping")
        if not power and number:
            self._sized(abs(number), cell)
        return as_money(Money(number.scaleb(_power(power, currency, cell) if power else POWERS[self.multiplier]), currency))

    def _sized(self, number: Decimal, cell: Raw) -> None:
        """Refuses a bare amount of quite another size than those beside it, or keeps the doubt where one amount alone says so.

        Raises:
            OddSizeError: it is far from them, and nearer where it is taken for the other way of writing.
        """
        if self.multiplier:
            if why := self._sizes.in_full(number):
                raise OddSizeError(f"{said_cell(cell)} {why}")
        elif not self.stated:
            why, alone = self._sizes.unnamed(number)
            if why and not alone:
                raise OddSizeError(
                    f"{said_cell(cell)} {why}; write it with its own, or say multiplier: for the column (1 for amounts in full)"
                )
            if why:
                self.doubts[cell] = f"{said_cell(cell)} {why}"

    @functools.cached_property
    def _sizes(self) -> Sizes:
        """The amounts of the column; none where nothing names a multiplier."""
        named, powers, bare = [], set(), []
        if not self.multiplier and not any(isinstance(cell, str) and WITH_POWER.search(cell) for cell in self.cells):
            return Sizes()
        for cell in self.cells:
            match = PER.fullmatch(number_text(cell)) if isinstance(cell, str) else None
            try:
                number = bare_number(cell)
                parts = _Parts.of(match[1] if match is not None else cell) if number is None else _Parts("")
                number = self.numbers.read(parts.number) if number is None else number
                power = power_said(parts.power, self.currency) if parts.power else 0
            except CellError:
                continue
            if number and power:
                named.append(abs(float(number.scaleb(power))))
                powers.add(power)
            elif number and power == 0:
                bare.append(abs(float(number)))
        return Sizes(named, frozenset(powers), bare, self.multiplier)

    def rate(self, cell: Raw) -> Rate:
        """Money per something: `£320 per day`, `320` where the column says per what.

        Raises:
            CellError: it is none.
        """
        found = self.worth(cell)
        if isinstance(found, Money):
            raise CellError(f"{said_cell(cell)} does not say per what; say per: pd (person-day) or ph, or year")
        if found.per in EFFORTS:
            found = Rate(found.money, EFFORTS[found.per])
        return found

    def worth(self, cell: Raw) -> Money | Rate:
        """Money, or money per something.

        Raises:
            CellError: it is neither.
        """
        if isinstance(cell, str):
            match = PER.fullmatch(number_text(cell))
            if match is not None:
                unit = _per(match[2])
                if unit is None:
                    raise CellError(
                        f"{match[2]!r} in {said_cell(cell)} is nothing that money is counted per; write per year, per month or per pd"
                    )
                return Rate(self.money(match[1]), unit)
        money = self.money(cell)
        return Rate(money, PERS.get(self.per, self.per)) if self.per else money


def share_said(text: str) -> bool:
    """Whether a text is a number of percent that says so."""
    plain = number_text(text)
    return plain.endswith("%") and plain_number(plain[:-1].rstrip()) is not None


@attrs.define
class Shares:
    """How the shares of one column are read: 50, 50 % and 0.5 are told apart by the whole column.

    Args:
        numbers: how its numbers are written.
        unit: what bare numbers are: `percent` or `share`; empty where nothing says so.
        why: why bare numbers that could be either are refused.
    """

    numbers: Numbers
    unit: str = ""
    why: str = ""

    @classmethod
    def of(cls, cells: Iterable[Raw], numbers: Numbers, stated: str, scores: int) -> Shares:
        """As the mapping states it, else as the column shows it.

        Args:
            cells: of the column, those that are neither blank nor unknown.
            numbers: how its numbers are written.
            stated: `percent`, `share` or empty.
            scores: up to what whole numbers alone may be scores instead.
        """
        if stated:
            return cls(numbers, "percent" if stated == "percent" else "share")
        bare: list[Decimal] = []
        for cell in cells:
            try:
                if not isinstance(cell, str) or "%" not in cell:
                    bare.append(signed(numbers, cell))
            except CellError:
                continue
        inside = any(0 < number < 1 for number in bare)
        above = any(1 < number <= 100 for number in bare)
        if inside and above:
            return cls(numbers, "", "the column has numbers below 1 and above; say unit: percent or share")
        if above and max(number for number in bare if number <= 100) <= scores and all(number == int(number) for number in bare):
            return cls(numbers, "", "it may be a score; say scale:, or unit: percent")
        if above:
            return cls(numbers, "percent")
        return cls(numbers, "share") if inside else cls(numbers, "", "1 is 1 % or all of it; say unit: percent or share")

    def read(self, cell: Raw) -> float:
        """A share of 0 to 1.

        Raises:
            CellError: it is none, or can be read in two ways.
        """
        text = number_text(cell) if isinstance(cell, str) else ""
        percent = text.endswith("%")
        number = signed(self.numbers, text[:-1].rstrip() if percent else cell)
        if not percent and not self.unit and number != 0:
            raise CellError(f"{said_cell(cell)} is ambiguous: {self.why}")
        share = number / 100 if percent or self.unit == "percent" else number
        if not 0 <= share <= 1:
            raise CellError(f"{said_cell(cell)} does not lie between 0 and 100 %")
        return int(share) if share == int(share) else float(share)

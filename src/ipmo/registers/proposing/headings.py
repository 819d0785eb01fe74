"""What the heading of a column says: its words as offices shorten and spell them, its unit, currency and multiplier, its period."""

from __future__ import annotations

import functools
import re
from typing import Final

import attrs

from ipmo.registers.cells import amounts
from ipmo.registers.cells.amounts import LOST, SIGNS
from ipmo.registers.proposing.other_languages import english

__all__ = ["CODES", "CURRENCIES", "Heading", "heading"]

WORDS = {
    "proj": "project",
    "prj": "project",
    "prog": "programme",
    "pgm": "programme",
    "prgm": "programme",
    "program": "programme",
    "dept": "department",
    "departmental": "department",
    "desc": "description",
    "descr": "description",
    "no": "number",
    "num": "number",
    "nr": "number",
    "nbr": "number",
    "numer": "number",
    "identifier": "id",
    "ident": "id",
    "ref": "reference",
    "refs": "reference",
    "est": "estimated",
    "estd": "estimated",
    "estimate": "estimated",
    "pct": "percent",
    "perc": "percent",
    "percentage": "percent",
    "age": "age",
    "mgr": "manager",
    "mngr": "manager",
    "mgmt": "management",
    "org": "organisation",
    "organization": "organisation",
    "organizational": "organisation",
    "bl": "baseline",
    "baselined": "baseline",
    "dca": "delivery confidence assessment",
    "wlc": "whole life cost",
    "lcc": "life cycle cost",
    "lifecycle": "life cycle",
    "lifetime": "life time",
    "wholelife": "whole life",
    "fcst": "forecast",
    "fcast": "forecast",
    "forecasted": "forecast",
    "dur": "duration",
    "prob": "probability",
    "cat": "category",
    "pred": "predecessor",
    "preds": "predecessor",
    "succ": "successor",
    "qty": "quantity",
    "amt": "amount",
    "curr": "current",
    "prio": "priority",
    "resp": "responsible",
    "responsibility": "responsible",
    "reqd": "required",
    "req": "required",
    "dt": "date",
    "compl": "completion",
    "approx": "approximate",
    "bud": "budget",
    "budgeted": "budget",
    "exp": "expenditure",
    "exec": "executive",
    "kickoff": "kick off",
    "sched": "schedule",
    "mit": "mitigation",
    "assgn": "assigned",
    "ben": "benefit",
    "dep": "dependency",
    "deps": "dependency",
    "dependencies": "dependency",
    "colour": "rag",
    "color": "rag",
    "fiscal": "financial",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
    "yr": "year",
    "yrs": "year",
    "ms": "milestone",
    "finance": "financial",
    "programmme": "programme",
    "realization": "realisation",
    "realized": "realised",
    "realised": "realised",
    "prioritization": "prioritisation",
    "authorized": "authorised",
    "mitigating": "mitigation",
    "mitigations": "mitigation",
    "mitigated": "mitigated",
    "analyse": "analysis",
    "labor": "labour",
    "center": "centre",
    "tkt": "ticket",
    "tgt": "target",
    "orig": "original",
    "rem": "remaining",
    "cum": "cumulative",
    "ctd": "to date",
    "itd": "to date",
    "ytd": "year to date",
    "fin": "financial",
    "ltd": "to date",
    "spend": "spend",
    "spent": "spend",
    "expended": "spend",
    "spending": "spend",
    "costs": "cost",
    "rsk": "risk",
    "dec": "decision",
    "iss": "issue",
    "resourcing": "resource",
    "rsrc": "resource",
    "cust": "customer",
    "svc": "service",
    "rec": "record",
    "pos": "position",
    "loc": "location",
    "addr": "address",
    "acct": "account",
    "avg": "average",
    "complt": "complete",
    "cal": "calendar",
    "mins": "minutes",
    "rôle": "role",
    "comp": "completion",
}
"""Short forms, American spellings and word forms, and how they are read here."""
LITTLE = frozenset(
    "the of a an for and in on is are be this these its it please enter if any all your you which that with or was were will has have been s".split()
)
"""Words that carry no meaning in a heading."""
KEPT_S = frozenset(
    "bcws bcwp acwp kpis wbs cbs rbs obs status progress basis process address business analysis access class bus series news diagnosis cross loss sms aws gas".split()
)
CURRENCIES: Final = {sign: codes[0] if codes else sign for sign, codes in SIGNS.items() if not sign.startswith(("kr", "rs", LOST))}
"""Signs in headings; a sign of several currencies stands for itself."""
WORDLIKE: Final = ("COP", "GEL", "MAD", "PEN", "RON", "TRY")
"""Codes that are words too: in a heading they are currencies only where they are written as codes."""
CODES: Final = tuple(sorted(amounts.CODES))
_CODE = "|".join(code for code in CODES if code not in WORDLIKE) + f"|(?-i:{'|'.join(WORDLIKE)})"
_SYMBOL = "|".join(sorted((re.escape(sign) for sign in CURRENCIES if not sign.isalpha() and not sign.endswith(".")), key=len, reverse=True))
FACTORS = {word: 10**power for word, power in amounts.WORDS.items() if power <= 9} | dict.fromkeys(
    ("'000", "'000s", "'000's", "000", "000s", "000's", "ks", "th"), 1_000
)
_FACTOR = "|".join(sorted(map(re.escape, FACTORS), key=len, reverse=True))
_OF = r"\.?\s*(?:(?:of|de|du|di|van)\s+|d')?"
"""What may stand between a multiplier and its currency: `Mio. €`, `miles de euros`, `milliers d'euros`."""
_BETWEEN = r"(?:[\s,.:]*(?:in\s+)?(?='?(?:000|thousand|million|billion|tsd|mio|mill|mn|bn|k(?!\w)|m(?!\w)))|\s*)"
"""What may stand between a currency and its multiplier: `GBP, k`, `£ in 000`, `£,000`."""
MONEY = re.compile(
    rf"(?:(?<![\w$])(?P<sign>{_SYMBOL})(?:{_BETWEEN}(?P<after>{_FACTOR})\.?)?(?![\w'&]))"
    rf"|(?:(?<!\w)(?P<before>{_FACTOR}){_OF}(?P<sign2>{_SYMBOL}|{_CODE}|euros?)(?!\w))"
    rf"|(?:(?<!\w)(?P<tausend>T)\s?(?:€|EUR)(?!\w))"
    rf"|(?:(?<!\w)(?P<crowns>t|m|mn|md|mio\.?\s?)kr\.?(?!\w))"
    rf"|(?:(?<![a-z])(?P<code>{_CODE})(?:{_BETWEEN}(?P<after2>{_FACTOR})\.?)?(?![a-z]))"
    rf"|(?:(?<!\w)(?P<word>in\s+thousands|in\s+millions|in\s+billions|thousands|millions|billions|000s|'000s?)"
    rf"(?:\s+(?:of\s+)?(?P<whose>{_CODE}|{_SYMBOL}|pounds|dollars|euros))?(?!\w))",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?<!\w)(?:[x×*]\s*(?P<front>€|£|\$)?\s*|(?P<front2>€|£|\$)\s*)1[.,' ]?(?P<zeros>000(?:[.,' ]?000)?)(?![\d.,])", re.IGNORECASE
)
"""What amounts are to be multiplied by, as figures: `x € 1.000`, `× 1,000,000`."""
_POWER = re.compile(r"(?<![\d.,])10\s*(?:(?:\^|\*\*)\s*(?P<figure>[369])|(?P<raised>[³⁶⁹]))(?!\d)")
_ALONE = re.compile(
    rf"\s*(?:in\s+)?(?P<front>{_SYMBOL}|{_CODE})?\s*1(?:(?P<zeros>[.,' ]?000(?:[.,' ]?000)?)s?|\s?(?P<factor>{_FACTOR}))\s*(?:kr\.?\s*)?(?P<back>{_SYMBOL}|{_CODE})?\s*",
    re.IGNORECASE,
)
"""What amounts count, alone in brackets: `£1,000`, `1000 kr NOK`, `£1m`."""
_BESIDE = re.compile(r"[^\W_][\w&]*")
SAID = {"3": "thousands", "6": "millions", "9": "billions", "³": "thousands", "⁶": "millions", "⁹": "billions"}
COUNTS = frozenset("ten tens hundred hundreds half dozen".split())
"""Words before a multiplier that make it another one."""
_PER = re.compile(
    r"(?:(?<![a-z])per[\s_]+|(?<=[^\W\d_])\s?/\s?|(?<=[€£$])\s?/\s?)(?P<one>annum|year|yr|month|mth|week|wk|day|hour|hr|h|d|tag|stunde)s?(?![a-z]|\s?/)|(?<![a-z])(?P<pa>p\.\s?a\.?|pa)(?![a-z])",
    re.IGNORECASE,
)
_OF_TIME = {
    "annum": "year",
    "yr": "year",
    "mth": "month",
    "wk": "week",
    "hr": "hour",
    "h": "hour",
    "d": "day",
    "tag": "day",
    "stunde": "hour",
}
_BOUND = re.compile(r"(?<![a-z])(?:no|not)[\s_]+(?:later|earlier|sooner|before|after)(?![a-z])", re.IGNORECASE)
PLAIN_BESIDE = frozenset(
    "pa annum year month week day hour incl excl inc exc ex vat net gross nominal real prices price cash total current constant only equivalent value in of per the at cost budget ht ttc netto brutto inkl exkl mwst iva".split()
)
"""Words beside a currency that say nothing of how many of it an amount counts."""
CROWNS = {"t": 1_000, "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "md": 1_000_000_000}
NAMED = {"pounds": "GBP", "dollars": "$", "euro": "EUR", "euros": "EUR"}
QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u00b4`\u2032", "'"))
UNITS = {
    "d": "days",
    "day": "days",
    "days": "days",
    "wd": "days",
    "w": "weeks",
    "wk": "weeks",
    "wks": "weeks",
    "week": "weeks",
    "weeks": "weeks",
    "month": "months",
    "months": "months",
    "mth": "months",
    "mths": "months",
    "mo": "months",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "hour": "hours",
    "hours": "hours",
    "minutes": "minutes",
    "years": "years",
    "%": "%",
    "%age": "%",
    "percent": "%",
    "fte": "fte",
    "ftes": "fte",
    "tage": "days",
    "tagen": "days",
    "at": "days",
    "pd": "days",
    "md": "days",
    "j": "days",
    "jour": "days",
    "jours": "days",
    "woche": "weeks",
    "wochen": "weeks",
    "semaine": "weeks",
    "semaines": "weeks",
    "monate": "months",
    "mois": "months",
    "stunden": "hours",
    "std": "hours",
    "heures": "hours",
    "sp": "points",
    "pts": "points",
}
_SINGLE = re.compile(r"(?<![\d/-])((?:19|20)\d\d)(?![\d/-])")
_SPAN = re.compile(r"(?<!\d)(?:fy\s*)?((?:19|20)\d\d)\s*[/–-]\s*((?:19|20)?\d\d)(?!\d)", re.IGNORECASE)
_FY = re.compile(r"(?<![a-z])fy\s*'?((?:19|20)?\d\d)(?:\s*[/-]\s*(\d\d))?(?!\d)", re.IGNORECASE)
_QUARTER = re.compile(r"(?<![a-z])q([1-4])(?![a-z\d])", re.IGNORECASE)
_POINTS = re.compile(r"(?<![\w/-])[01]\s*(?:-|to)\s*(?:3|4|5|10|100)(?![\w/-])")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2,})")
_AS_OF = re.compile(r"(?<![A-Za-z])as[ _]of(?![A-Za-z])", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]?")
_INCLUDING = re.compile(r"[ _,]+(?:incl?|including|excl?|excluding)(?:[. _]+|$)", re.IGNORECASE)
_TOKEN = re.compile(r"%|#|[^\W_]+", re.UNICODE)
LONG = 9
"""Words after which only the first line, or the first part of a sentence, counts."""


@attrs.frozen
class Heading:
    """A heading, read.

    Args:
        text: as it stands in the sheet.
        words: what it is about, spelt one way; without units, brackets and periods.
        unit: the unit that it names (`days`, `hours`, `%`, `fte`), None where it names none.
        currency: the currency that it names, `$` where it says only dollars, None where it names none.
        multiplier: what its amounts count: 1, a thousand, a lakh, a million, a crore, a billion.
        period: the period that it names: `2021-22` (a financial year), `2021`; None where it names none.
        core: its words without those in brackets.
        explained: the words that stood in brackets, after the first line, or after the first part of a long sentence.
        meant: what it is called in English, where it is of another language; its words are those then.
        unread: a word beside its currency that may be a multiplier and that nobody understands; empty where there is none.
        bare: its core as it stands, without its currency and multiplier.
        assumed: what is open where its words are not its own.
        money: `capex` or `opex` where its period has money of both.
        aside: the words in its brackets, but for units and money.
        strange: what stands in its brackets beside a unit, or as one, and is none that is known.
        per: the time that its amounts are counted per: `year`, `month`, `week`, `day`, `hour`; empty where it names none.
        bound: that its date is one no later, or no earlier than which something happens, in its words.
    """

    text: str
    words: tuple[str, ...]
    unit: str | None = None
    currency: str | None = None
    multiplier: int = 1
    period: str | None = None
    core: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    meant: str = ""
    unread: str = ""
    bare: str = ""
    assumed: str = ""
    money: str = ""
    aside: tuple[str, ...] = ()
    strange: str = ""
    per: str = ""
    bound: str = ""


@functools.lru_cache(maxsize=8192)
def heading(text: str) -> Heading:
    """What a heading says.

    >>> read = heading("2013/2014 Budget (£million)")
    >>> read.words, read.currency, read.multiplier, read.period
    (('year', 'budget'), 'GBP', 1000000, '2013-14')
    >>> heading("estimatedCompletionDate").words
    ('estimated', 'completion', 'date')

    Args:
        text: the heading.
    """
    plain = _AS_OF.sub(" asof ", _CAMEL.sub(" ", text)).translate(QUOTES).replace("\u00a0", " ").replace("\u2013", "-").strip()
    core, asides = _apart(plain)
    unit = currency = None
    multiplier = 1
    rest, unread = [], ""
    for part in [core, *asides]:
        left, named, beside = _money(part, aside=part is not core)
        unread = unread or beside
        if named is not None:
            currency, multiplier = named[0] or currency, named[1] if multiplier == 1 else multiplier
        rest.append(left)
    core, asides = rest[0], rest[1:]
    bare = core
    core, period = _period(_POINTS.sub(" ", core))
    meant = english(core)
    words = list(_words(meant or core))
    if "year" in words and period is None and "from" not in words and "to" not in words:
        words = _joined_year(words)
    explained: list[str] = []
    own, said, strange = tuple(words), list[str](), ""
    if len(words) > 1 and words[-1] in UNITS and words[-1] not in ("percent",):
        unit = UNITS[words[-1]]
        words = words[:-1]
    for aside in asides:
        found = _words(aside)
        named_unit = _unit_of(found)
        if named_unit is not None and len(found) <= 3:
            unit = unit or named_unit
            continue
        said.extend(found)
        strange = strange or (" ".join(aside.split()) if 0 < len(found) <= 3 and currency is None else "")
        if (
            0 < len(found) <= 3
            and found[0] not in ("including", "excluding")
            and not any(map(str.isdigit, "".join(found)))
            and currency is None
        ):
            words.extend(word for word in found if word not in words)
        else:
            explained.extend(found)
    if "percent" in words:
        unit = unit or "%"
    return Heading(
        text,
        tuple(words) or tuple(explained),
        unit,
        currency,
        multiplier,
        period,
        own,
        tuple(explained),
        meant,
        unread,
        bare,
        aside=tuple(said),
        strange=strange,
        per=_per(plain),
        bound=" ".join(limit[0].lower().replace("_", " ").split()) if (limit := _BOUND.search(plain)) else "",
    )


def _apart(text: str) -> tuple[str, list[str]]:
    """The core of a heading, and what stands in brackets or, of a long one, after its first line or first comma."""
    asides = [found.group(1) for found in _BRACKETS.finditer(text)]
    core = _BRACKETS.sub(" ", text)
    parts = _INCLUDING.split(core, maxsplit=1)
    if len(parts) == 2 and _TOKEN.search(parts[0]):
        core = parts[0]
        asides.append("including " + parts[1])
    lines = [line for line in core.splitlines() if line.strip()]
    if len(core.split()) > LONG:
        first = lines[0] if lines else core
        first = re.split(r"[,;:.]\s", first)[0] if len(first.split()) > LONG else first
        if _TOKEN.search(first):
            asides.append(core.replace(first, " ", 1))
            core = first
    if re.fullmatch(r"\W*custom field\W*", core, re.IGNORECASE) and asides:
        core, asides = asides[0], asides[1:]
    if not _TOKEN.search(core) and asides:
        core, asides = asides[0], asides[1:]
    return core, asides


def _money(text: str, *, aside: bool) -> tuple[str, tuple[str | None, int] | None, str]:
    """The text without the currency and multiplier that it names, these, and a word beside the currency that nobody understands."""
    currency: str | None = None
    factor = 1
    found = False
    unread = ""

    def taken(match: re.Match[str]) -> str:
        nonlocal currency, factor, found, unread
        said = match.groupdict()
        symbol = said["sign"] or said["sign2"] or said["code"] or said["whose"] or ("EUR" if said["tausend"] else None)
        if symbol is None and said["word"] is None and said["crowns"] is None:
            return match.group(0)
        if symbol is not None:
            named = CURRENCIES.get(symbol.lower()) or NAMED.get(symbol.lower()) or symbol.upper()
            currency = currency or named
        scale = said["after"] or said["before"] or said["after2"] or (said["word"] or "").split()[-1:]
        word = (scale if isinstance(scale, str) else "".join(scale)).lower()
        if said["tausend"] or said["crowns"]:
            factor = 1_000 if said["tausend"] else CROWNS[said["crowns"].strip(" .").lower()]
        elif word:
            power = amounts.power_said(word, (currency or "").strip("$")) if word in amounts.WORDS else None
            factor = 10**power if power is not None else FACTORS.get(word, factor) if word not in amounts.WORDS else factor
            unread = word if power is None and word in amounts.WORDS else unread
        found = True
        return " "

    powered = _POWER.sub(lambda match: f" {SAID[match['figure'] or match['raised']]} ", text.replace("_", " "))
    spaced = _TIMES.sub(
        lambda match: f" {match['front'] or match['front2'] or ''} {'millions' if len(match['zeros']) > 3 else 'thousands'} ", powered
    )
    whole = _ALONE.fullmatch(spaced) if aside else None
    if whole is not None and (symbol := whole["front"] or whole["back"]):
        word = whole["factor"] or ("thousands" if len(whole["zeros"]) <= 4 else "millions")
        return " ", (CURRENCIES.get(symbol.lower(), symbol.upper()), FACTORS[word.lower()]), ""
    left = MONEY.sub(taken, spaced)
    if found:  # "(£ million)" is taken whole; "Cost £ (millions)" leaves its factor as the next part
        words = [
            word
            for word in _BESIDE.findall(_PER.sub(" ", left))
            if word.lower() not in PLAIN_BESIDE and word.lower() not in UNITS and not _SINGLE.fullmatch(word)
        ]
        more = [word for word in words if word.lower() in COUNTS or word in ("10", "100")]
        if aside and factor > 1 and more:
            return left, (currency, 1), " ".join(more)
        if currency and factor == 1 and not unread and (0 < len(words) <= 2 if aside else len(words) == 1 and words[0] in amounts.WORDS):
            unread = " ".join(words)
        return left, (currency, factor), unread
    alone = re.fullmatch(rf"\s*(?:in\s+|en\s+|em\s+)?(?P<whose>rs\.?\s*)?({_FACTOR})\.?\s*", spaced, re.IGNORECASE)
    if alone and alone.group(2).lower() not in ("b", "th", "cr" if not alone["whose"] else ""):
        return " ", (None, FACTORS[alone.group(2).lower()]), ""
    return text, None, ""


def _per(text: str) -> str:
    """The time that amounts are counted per; empty where a heading names none.

    >>> _per("Value (£k p.a.)"), _per("Rate (£/day)"), _per("hrs/week"), _per("dd/mm/yyyy"), _per("per cent")
    ('year', 'day', 'week', '', '')
    """
    found = _PER.search(text.replace("_", " "))
    if found is None:
        return ""
    return "year" if found["pa"] else _OF_TIME.get(found["one"].lower(), found["one"].lower())


def _period(text: str) -> tuple[str, str | None]:
    """The text with the period that it names as the word `year`, and the period."""
    span = _SPAN.search(text)
    if span and (int(span.group(2)[-2:]) - int(span.group(1)[-2:])) % 100 == 1:
        return _SPAN.sub(" year ", text, count=1), f"{span.group(1)}-{span.group(2)[-2:]}"
    year = _FY.search(text)
    if year:
        first, second = year.group(1), year.group(2)
        named = int(first) if len(first) == 4 else 2000 + int(first)
        return _FY.sub(" year ", text, count=1), f"{named}-{second}" if second else f"FY{named}"
    single = _SINGLE.search(text)
    if single:
        return _SINGLE.sub(" year ", text, count=1), single.group(1)
    return text, None


def _joined_year(words: list[str]) -> list[str]:
    """Financial year, in year and the like are one notion."""
    return [word for place, word in enumerate(words) if not (word == "financial" and "year" in words[place + 1 : place + 2])]


def _words(text: str) -> tuple[str, ...]:
    """The words of a text, spelt one way."""
    found = []
    for token in _TOKEN.findall(text.replace("%age", "%")):
        low = token.lower()
        if low in ("%", "#"):
            found.append("percent" if low == "%" else "number")
            continue
        if low in LITTLE:
            continue
        low = WORDS.get(low, low)
        for word in low.split():
            singular = _singular(word)
            found.append(WORDS.get(singular, singular))
    return tuple(found)


def _singular(word: str) -> str:
    """A word without the ending of its plural, but for names of units."""
    if len(word) <= 3 or word in KEPT_S or word in UNITS or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def _unit_of(words: tuple[str, ...]) -> str | None:
    """The unit that the words in brackets are, if they are one: `days`, `working days`, `in hours`."""
    named = [UNITS.get(word) for word in words]
    rest = [word for word, unit in zip(words, named, strict=True) if unit is None]
    units = [unit for unit in named if unit is not None]
    if len(units) != 1 or not all(word in ("working", "calendar", "elapsed", "business", "man", "person", "decimal") for word in rest):
        return None
    return f"elapsed {units[0]}" if {"calendar", "elapsed"} & set(rest) else units[0]

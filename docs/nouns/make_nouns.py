"""A page for every noun of the model: its fields with units, choices and where they stand, and an example that reads.

python docs/nouns/make_nouns.py           # writes the pages beside it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import yaml

import ipmo
import ipmo.model
from ipmo.emissions import Emissions
from ipmo.model.fields import Noun, Short
from ipmo.model.plain import plain_value, to_plain_portfolio
from ipmo.model.shape import Kind, Shape, shape
from ipmo.units import Effort, Money, Span, When

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILES = ("examples/city.yaml", "src/ipmo/examples/library.yaml", "src/ipmo/examples/commitment.yaml", "examples/gmpp-2022.yaml")
"""Where examples are looked for, the first that has one wins."""
LINES = 14
"""An example is cut to what fits into so many."""
DAY = re.compile(r"\d{4}-\d\d-\d\d")
WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    Decimal: "number",
    bool: "yes or no",
    date: "day",
    When: "day, or day and time",
    Span: "time",
    Money: "money",
    Effort: "effort",
    Emissions: "carbon",
    ipmo.model.Rate: "rate",
    ipmo.model.Combine: "how parts add up",
    object: "anything that files hold",
}
OWN: dict[str, Any] = {
    "After": {"from": "design", "type": "FF", "lag": "2 w"},
    "Branch": {
        "id": "ground",
        "name": "what the ground is like",
        "ways": [{"probability": 0.3, "items": ["tram/blasting"], "name": "rock"}],
    },
    "Budget": [
        {"from": "2026-04-01", "until": "2027-03-31", "amount": "3 M EUR", "class": "capex"},
        {"from": "2027-06-30", "amount": "250 k EUR"},
    ],
    "CalendarException": {"from": "2026-12-24", "to": "2027-01-01", "hours": "none", "name": "works shutdown"},
    "Constraints": {"must_start_on": "2026-03-02"},
    "Interruption": {"from": "2026-03-04", "until": "2026-03-06"},
    "Splitting": {"least": "2 d", "most": 1},
    "WorkMode": {"name": "by machine", "duration": "4 d", "assignments": [{"resource": "excavator"}]},
    "Dialect": {"name": "p6", "progress": "override"},
    "DiscountBand": {"until": 30, "rate": "3.5 %"},
    "DiscountSchedule": {
        "id": "social",
        "source": "HM Treasury, The Green Book",
        "bands": [{"until": 30, "rate": "3.5 %"}, {"until": 75, "rate": "3.0 %"}],
    },
    "Driver": {"id": "wages", "factor": {"low": 0.95, "likely": 1.0, "high": 1.2}, "affects": "cost"},
    "Earning": {"rule": "units", "total": 12, "done": 3},
    "EarningStep": {"name": "drawings approved", "weight": 2, "done": "2026-04-17"},
    "Enabler": {"from": "tram/open", "lag": "2 months"},
    "LostDays": {"months": [1, 2], "days": {"low": 0, "likely": 3, "high": 8}, "name": "frost"},
    "RateRow": {"from": "2026-01-01", "per": {"EUR": 0.86, "USD": 0.75}, "source": "European Central Bank"},
    "ReferenceClass": {
        "id": "bridges",
        "of": "cost",
        "ratios": [1.05, 1.2, 1.3, 1.6, 2.1],
        "source": "own closed projects",
        "date": "2026-03-31",
    },
    "Spread": ["20 %", "50 %", "30 %"],
    "Stakeholder": {"id": "residents", "name": "Residents' association", "items": ["tram"], "interest": "high", "influence": "high"},
    "Uplift": {"certainty": "80 %", "uplift": "55 %"},
    "Way": {"probability": 0.3, "items": ["tram/blasting"], "name": "rock"},
}
"""Examples of what no shipped portfolio holds, or only in its shortest form."""


def nouns() -> list[type[Noun]]:
    """Every class of the model that files hold, by name."""
    found = {name: getattr(ipmo.model, name) for name in ipmo.model.__all__}
    kinds = (one for one in found.values() if isinstance(one, type) and issubclass(one, Noun) and one not in (Noun, Short))
    return sorted(kinds, key=lambda cls: cls.__name__)


def page_of(cls: type) -> str:
    """The name of a noun's page."""
    return cls.__name__.lower()


# ------------------------------------------------------------------------------------------------ what fields take


def takes(one: Shape) -> str:
    """What a field takes, in words."""
    if one.choices and one.kind.form != "map":
        said = ", ".join(f"`{choice}`" for choice in one.choices)
        return f"{'any of' if one.many else 'one of'} {said}"
    words = _words(one.kind, one)
    if one.choices:
        words += f", each one of {', '.join(f'`{choice}`' for choice in one.choices)}"
    if one.one_or_many or (one.many and one.cls is str):
        words += "; one may stand alone"
    return words


def _words(kind: Kind, one: Shape) -> str:
    if kind.form == "many":
        inner = kind.inner[0]
        return f"ids: {one.refers}" if one.refers and inner.cls is str else f"list of {_words(inner, one)}"
    if kind.form == "map":
        return f"names with {_words(kind.inner[0], one)}"
    if kind.form == "either":
        return " or ".join(_words(inner, one) for inner in kind.inner)
    cls = kind.cls
    if one.refers and cls is str:
        return f"id of {'an' if one.refers[0] in 'aeiou' else 'a'} {one.refers}"
    if cls in (float, Decimal) and one.unit:
        return f"share {one.unit}" if one.unit.startswith(("per", "of")) else "number of units" if one.unit == "units" else one.unit
    if isinstance(cls, type) and issubclass(cls, Noun) and cls in nouns():
        return f"[{cls.__name__}]({page_of(cls)}.md)"
    if cls is ipmo.model.Estimate:
        return f"estimate of {one.unit or 'a number'}"
    return WORDS.get(cls) or getattr(cls, "__name__", "value").lower()


def default(one: Shape) -> str:
    """What holds where a field is left out."""
    if one.required:
        return "must be stated"
    if one.default is None or one.default == "" or (one.many and not one.default) or one.kind.form == "map":
        return ""
    if isinstance(one.default, bool):
        return "yes" if one.default else "no"
    if isinstance(one.default, tuple):
        return ", ".join(f"`{part}`" for part in one.default)
    return f"`{one.default}`" if isinstance(one.default, str | int | float) else ""


# --------------------------------------------------------------------------------------------------- where it stands


@cache
def parents() -> dict[type, list[tuple[type, Shape]]]:
    """The fields that hold each noun."""
    out: dict[type, list[tuple[type, Shape]]] = {}
    for cls in nouns():
        for one in shape(cls):
            for kind in (one.kind.one, *one.kind.inner):
                if isinstance(kind.cls, type) and one.in_files:
                    held = out.setdefault(kind.cls, [])
                    if (cls, one) not in held:
                        held.append((cls, one))
    return out


# ---------------------------------------------------------------------------------------------------------- examples


def inside(value: object) -> Iterator[Noun]:
    """Every noun in a value."""
    if isinstance(value, Noun):
        yield value
        for field in attrs.fields(type(value)):
            yield from inside(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from inside(one)


@cache
def shipped() -> dict[type, list[tuple[Noun, str]]]:
    """The nouns of the shipped portfolios, with the file they stand in."""
    out: dict[type, list[tuple[Noun, str]]] = {}
    for name in FILES:
        for noun in inside(ipmo.read(ROOT / name)):
            out.setdefault(type(noun), []).append((noun, name))
    return out


def written(data: object) -> str:
    """Data as YAML, the way files are written; days without quotes."""

    def dated(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: dated(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [dated(inner) for inner in value]
        return date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else value

    return yaml.safe_dump(dated(data), sort_keys=False, allow_unicode=True, width=110).removesuffix("...\n").rstrip("\n")


def shown(noun: Noun) -> str:
    """A noun as YAML; lists longer than two are cut, then the longest parts left out, until it fits."""
    if isinstance(noun, ipmo.Portfolio):
        whole = to_plain_portfolio(noun)
        head = {key: value for key, value in whole["portfolio"].items() if key not in ("extensions", "methodologies")}
        return written({"ipmo": whole["ipmo"], "portfolio": head, "calendars": whole["calendars"]})
    data = plain_value(noun)
    if not isinstance(data, dict):
        return written(data)
    data = {key: value[:2] if isinstance(value, list) else value for key, value in data.items()}
    while len(written(data).splitlines()) > LINES and len(data) > 1:
        longest = max((key for key in data if key != "id"), key=lambda key: len(written({key: data[key]}).splitlines()))
        del data[longest]
    return written(data)


def example(cls: type[Noun]) -> tuple[str, str]:
    """(YAML, where it is from) of an example: of those in the first file that has any, the one that says most."""
    found = shipped().get(cls, [])
    if cls.__name__ in OWN:
        return written(OWN[cls.__name__]), ""
    first = [noun for noun, name in found if name == found[0][1]]
    best = max(first, key=lambda noun: (len(shown(noun).splitlines()), -first.index(noun)))
    return shown(best), found[0][1]


# ------------------------------------------------------------------------------------------------------------- pages


def summary(cls: type) -> tuple[str, str]:
    """The first sentence of a class, and the rest of what it says, without its fields."""
    text = (cls.__doc__ or "").partition("\n    Args:\n")[0].partition("\n\n    >>>")[0]
    first, _, rest = text.partition("\n\n")
    return " ".join(first.split()), "\n\n".join(" ".join(part.split()) for part in rest.split("\n\n"))


def page(cls: type[Noun]) -> str:
    """The page of one noun."""
    first, rest = summary(cls)
    lines = [f"# {cls.__name__}", "", first, ""]
    if rest:
        lines += [rest, ""]
    held = parents().get(cls, [])
    if held:
        owners = {owner: [f"`{one.key}`" for other, one in held if other is owner] for owner, _ in held}
        where = (f"{', '.join(keys)} of [{owner.__name__}]({page_of(owner)}.md)" for owner, keys in owners.items())
        lines += [f"Stands under {'; '.join(where)}.", ""]
    lines += ["| field | what it says | takes | left out |", "| --- | --- | --- | --- |"]
    for one in shape(cls):
        if one.in_files:
            name = f"`{one.key}`" if one.key == one.name else f"`{one.key}` (in Python `{one.name}`)"
            ends = "; without a time the end of its day" if one.end else ""
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in (name, one.help + ends, takes(one), default(one))) + " |")
    text, source = example(cls)
    lines += ["", f"An example, from `{source}`:" if source else "An example:", "", "```yaml", *text.splitlines(), "```", ""]
    home = "ipmo" if hasattr(ipmo, cls.__name__) else "ipmo.model"
    lines += [f"In Python it is `{home}.{cls.__name__}`; its fields are keywords and take what a file takes.", ""]
    return "\n".join(lines)


def index(found: Iterable[type[Noun]]) -> str:
    """The page that lists them all."""
    lines = [
        "# Nouns",
        "",
        "What a portfolio is made of. Each page lists the fields with what they take, and shows an example that reads. "
        "`python docs/nouns/make_nouns.py` writes these pages from the declarations in `ipmo.model`.",
        "",
        "What fields take: `time` is `10 d`, `6 h` or `3 months`; `money` is `4.2 M GBP`; `effort` is `3 pd`; `carbon` is `120 t CO2e`; a `share` is `0.3` or `30 %`; an `estimate` is one "
        "value or a range such as `{low: 5 d, likely: 8 d, high: 20 d}` ([the file format](../file-format.md) has all ways). What is left out is unknown, never zero, "
        "unless the last column says what holds.",
        "",
        "| noun | what it is |",
        "| --- | --- |",
        *(f"| [{cls.__name__}]({page_of(cls)}.md) | {summary(cls)[0]} |" for cls in found),
        "",
        "```{toctree}",
        ":hidden:",
        "",
        *(page_of(cls) for cls in found),
        "```",
        "",
    ]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Every page by its name."""
    found = nouns()
    return {"index.md": index(found), **{f"{page_of(cls)}.md": page(cls) for cls in found}}


if __name__ == "__main__":
    made = pages()
    for old in HERE.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (HERE / name).write_text(text, encoding="utf-8")

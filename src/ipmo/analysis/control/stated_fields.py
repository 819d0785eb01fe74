"""What a document states, field by field: the smallest parts that a history can follow."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence
from json.encoder import encode_basestring_ascii

from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.plain import ORGANISATION

__all__ = [
    "LIFE",
    "PORTFOLIO",
    "as_value",
    "fields_of",
    "inner_lists",
    "labelled",
    "lists_of",
    "own_label",
    "plain_text",
    "shown_value",
    "stated",
]

PORTFOLIO = "portfolio"
"""The kind of the portfolio itself; of all else it is the name of the list that it stands in."""
LIFE = "id"
"""The field that every item has as long as it is there."""
INNER = ("tasks", "gates", "risks")
"""Lists of a project whose nouns are items of their own."""
ALONE = {"project": "projects", "programme": "programmes"}
"""What a file of one project or programme calls it."""
ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
BEGIN = ('"', "{", "[")
MARKS = re.compile(r"[.\[\\]")
SKIPPED = ("ipmo", "snapshot", PORTFOLIO, "organisation", *ALONE)


def plain_text(value: PlainData) -> str:
    """A value as JSON, always the same text for the same value; whole numbers have no fraction."""
    return encode_basestring_ascii(value) if value.__class__ is str else ENCODE(_whole(value))


def _whole(value: PlainData) -> PlainData:
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {str(key): _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else str(value)


def as_value(text: str | None) -> PlainData:
    """The value of a JSON text; None for None."""
    if text is None:
        return None
    return text[1:-1] if text[:1] == '"' and "\\" not in text else json.loads(text)


def shown_value(text: str | None) -> str | None:
    """A JSON text as people read it: text without quotes, all else as JSON."""
    if text is None or text[:1] not in BEGIN:  # a number, a truth value
        return text
    value = as_value(text)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lists_of(document: PlainMap) -> tuple[PlainMap, dict[str, dict[str, PlainMap]]]:
    """The portfolio's own fields, and its nouns by the list that they stand in and their names; what has no name stays with the portfolio."""
    header = document.get(PORTFOLIO)
    own: PlainMap = dict(header) if isinstance(header, dict) else {}
    found: dict[str, dict[str, PlainMap]] = {}
    organisation = document.get("organisation")
    inner = {key: value for key, value in organisation.items() if key in ORGANISATION} if isinstance(organisation, dict) else {}
    for key, value in [*document.items(), *inner.items()]:
        if key in SKIPPED:
            continue
        named, rest = labelled(value) if isinstance(value, list) else ({}, value)
        if named:
            found[key] = named
        if rest or not named:
            own[key] = rest
    for key, plural in ALONE.items():
        alone = document.get(key)
        if isinstance(alone, dict) and _label(alone):
            found[plural] = {_label(alone): alone, **found.get(plural, {})}
    return own, found


def own_label(own: PlainMap) -> str:
    """What the portfolio itself is called."""
    id = own.get(LIFE)
    return id if isinstance(id, str) and id else PORTFOLIO


def _label(noun: PlainData) -> str:
    """What tells a noun from others of its list: its id, or from where to where it leads; empty where nothing does."""
    if not isinstance(noun, dict):
        return ""
    id = noun.get("id")
    if isinstance(id, str) and id:
        return id
    giver, taker = noun.get("from"), noun.get("to")
    return f"{giver} -> {taker}" if isinstance(giver, str) and isinstance(taker, str) else ""


def labelled(nouns: Sequence[PlainData], above: str = "") -> tuple[dict[str, PlainMap], list[PlainData]]:
    """Nouns by full id, and those that have no name; of several that are called the same, the second is `ID #2`."""
    out: dict[str, PlainMap] = {}
    rest: list[PlainData] = []
    for noun in nouns:
        label = _label(noun)
        if not label:
            rest.append(noun)
            continue
        name = label = above + label
        count = 1
        while name in out:
            count += 1
            name = f"{label} #{count}"
        out[name] = noun
    return out, rest


def inner_lists(label: str, noun: Mapping[str, PlainData]) -> dict[str, dict[str, PlainMap]]:
    """The nouns inside a project that are items of their own, by list and full id; lists in which one has no name are none."""
    out = {}
    for group in INNER:
        some = noun.get(group)
        if isinstance(some, list) and some:
            named, rest = labelled(some, f"{label}/")
            if not rest:
                out[group] = named
    return out


def fields_of(noun: Mapping[str, PlainData], apart: Container[str] = ()) -> dict[str, str]:
    """The fields of a noun with their values as JSON: mappings by dots, reports and assessments by date, `status[2026-03-31]`.

    Args:
        noun: the noun.
        apart: fields that hold items of their own.
    """
    out: dict[str, str] = {}
    for key, value in noun.items():
        if key != LIFE and key not in apart:
            _put(out, _part(key), value)
    return out


def _part(key: str) -> str:
    """A key in the name of a field; what would be taken for the sign between two keys is marked."""
    return MARKS.sub(r"\\\g<0>", key) if MARKS.search(key) else key


def _put(out: dict[str, str], name: str, value: PlainData) -> None:
    if value.__class__ is str:
        out[name] = encode_basestring_ascii(value)
    elif isinstance(value, dict) and value:
        for key, inner in value.items():
            _put(out, f"{name}.{_part(key)}", inner)
    elif isinstance(value, list) and value and all(isinstance(one, dict) and isinstance(one.get("date"), str) for one in value):
        for one in value:
            day, count = f"{name}[{one['date']}]", 1
            while day in out:
                count += 1
                day = f"{name}[{one['date']} #{count}]"
            out[day] = plain_text(one)
    else:
        out[name] = plain_text(value)


def stated(document: PlainMap) -> dict[tuple[str, str], dict[str, str]]:
    """All that a document states: by kind and full id, its fields with their values as JSON."""
    own, lists = lists_of(document)
    found = {PORTFOLIO: {own_label(own): own}, **lists}
    out = {}
    for kind, nouns in found.items():
        for item, noun in nouns.items():
            inside = inner_lists(item, noun) if kind == "projects" else {}
            out[kind, item] = {LIFE: plain_text(item), **fields_of(noun, inside)}
            for group, inner in inside.items():
                for full, one in inner.items():
                    out[group, full] = {LIFE: plain_text(full), **fields_of(one)}
    return out

"""The JSON schema of the file format, made from the model's fields: what editors complete and check with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import ipmo.model as model
from ipmo.digits import MONEY_NUMBER, NUMBER, TIME_NUMBER
from ipmo.emissions import EMISSIONS, Emissions
from ipmo.model.changes import NAMES as CHANGES
from ipmo.model.changes import Change
from ipmo.model.contents import Contents
from ipmo.model.earning import RULES
from ipmo.model.estimating import as_lag
from ipmo.model.fields import Short
from ipmo.model.money import CURVES
from ipmo.model.plain import HEADER, ORGANISATION, VERSION
from ipmo.model.references import ID
from ipmo.model.shape import Kind, Shape, keys_of, shape
from ipmo.units import Effort, Money, Rate, Span, When

__all__ = ["json_schema"]

SPAN = rf"^{TIME_NUMBER} ?(min|mins|h|hours?|d|days?|w|weeks?|emin|eh|ed|ew|months?|years?)$"
MONEY = rf"^{MONEY_NUMBER} ?(k|K|M|bn)? ?[A-Z]{{3}}$"
RATE = rf"^{MONEY_NUMBER} ?(k|K|M|bn)? ?[A-Z]{{3}} ?(per|/) ?[a-z]{{1,6}}$"
WHEN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$"
Schema: TypeAlias = dict[str, Any]
"""A piece of JSON schema as plain data."""
TEXT: Schema = {"type": ["string", "integer"]}
NUMERIC: Schema = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^{NUMBER}$"}]}


DEFINED: Mapping[Any, str] = {
    Span: "Span",
    Money: "Money",
    Rate: "Rate",
    Effort: "Effort",
    Emissions: "Emissions",
    When: "When",
    date: "When",
    Change: "Change",
    model.Budget: "Budget",
    model.Dialect: "Dialect",
    model.Spread: "Spread",
    model.Earning: "Earning",
}
"""Values that have a definition of their own."""
ESTIMATES = {"time": "TimeEstimate", "money": "MoneyEstimate"}


def json_schema() -> Schema:
    """The schema as plain data (JSON Schema 2020-12). Dates may be unquoted: YAML readers hand them over as text."""
    nouns = {
        name: cls
        for name in model.__all__
        if isinstance(cls := getattr(model, name), type)
        and issubclass(cls, model.Noun)
        and not issubclass(cls, Short)
        and cls not in (model.Noun, model.Portfolio)
    }
    definitions = {**{name: _noun(cls) for name, cls in nouns.items()}, **_quantities()}
    fields = {key: one for key, one in keys_of(Contents).items() if one.in_files}

    def section(names: Iterable[str], required: list[str]) -> Schema:
        return {
            "type": "object",
            "additionalProperties": False,
            "required": required,
            "properties": {name: _field(fields[name]) for name in names},
        }

    top = {name: _field(one) for name, one in fields.items() if name not in HEADER and name not in ORGANISATION}
    top["projects"] = {
        "type": "array",
        "items": {"anyOf": [{"$ref": "#/$defs/Project"}, {"type": "string", "description": "a project file"}]},
        "description": "projects, or the files that hold them",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ipmo portfolio",
        "type": "object",
        "additionalProperties": False,
        "required": ["ipmo"],
        "properties": {
            "ipmo": {"const": VERSION, "description": "version of the file format"},
            "snapshot": {"type": "object", "description": "stamped by `ipmo snapshot`: its date and the digest of the rest"},
            "portfolio": section(HEADER, ["id"]),
            "project": {"$ref": "#/$defs/Project"},
            "programme": {"$ref": "#/$defs/Programme"},
            **top,
            "organisation": section(ORGANISATION, []),
        },
        "$defs": definitions,
    }


def _quantities() -> Schema:
    """What quantities, and nouns that may be written shorter than as a mapping, look like."""
    out: Schema = {
        "Span": {"type": "string", "pattern": SPAN, "description": "a length of time, for example 10 d, 2 w, 10 ed, 3 months"},
        "Money": {"type": "string", "pattern": MONEY, "description": "money, for example 350 k GBP"},
        "Rate": {"type": "string", "pattern": RATE, "description": "money per unit, for example 320 GBP per pd"},
        "Effort": {"type": "string", "pattern": rf"^{TIME_NUMBER} ?(ph|pd|pw)$", "description": "effort, for example 3 pd"},
        "Emissions": {"type": "string", "pattern": f"^{EMISSIONS}$", "description": "carbon dioxide equivalent, for example 120 t CO2e"},
        "When": {"type": "string", "pattern": WHEN, "description": "YYYY-MM-DD or YYYY-MM-DDTHH:MM"},
        "Share": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": rf"^{NUMBER} ?%?$"}]},
    }
    for name, value in (
        ("TimeEstimate", {"$ref": "#/$defs/Span"}),
        ("MoneyEstimate", {"$ref": "#/$defs/Money"}),
        ("NumberEstimate", NUMERIC),
    ):
        out[name] = _estimate(value)
    out["Budget"] = {
        "anyOf": [
            {"$ref": "#/$defs/MoneyEstimate"},
            {"type": "array", "items": {"$ref": "#/$defs/BudgetLine"}},
            {"$ref": "#/$defs/BudgetLine"},
        ]
    }
    out["Dialect"] = {"anyOf": [{"enum": list(model.DIALECTS)}, _noun(model.Dialect)]}
    out["Spread"] = {"anyOf": [{"enum": list(CURVES)}, {"type": "array", "items": {"$ref": "#/$defs/Share"}}]}
    out["Earning"] = {"anyOf": [{"enum": list(RULES)}, _noun(model.Earning)]}
    out["Splitting"] = {"anyOf": [{"type": "boolean"}, _noun(model.Splitting)]}
    out["Change"] = {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": {"enum": list(CHANGES)}}
    return out


def _noun(cls: type[model.Noun]) -> Schema:
    fields = shape(cls)
    out: Schema = {
        "type": "object",
        "additionalProperties": False,
        "description": (cls.__doc__ or "").strip().splitlines()[0],
        "properties": {one.key: _field(one) for one in fields},
    }
    if required := [one.key for one in fields if one.required]:
        out["required"] = required
    return {"anyOf": [TEXT, out], "description": out["description"]} if cls.alone else out


def _field(one: Shape) -> Schema:
    out = _value(one.kind.one, one)
    if one.many:
        items = {"type": "array", "items": out}
        out = {"anyOf": [out, items]} if one.one_or_many or one.cls is str else items
    described = {**out, "description": f"{one.help} [{one.unit}]" if one.unit else one.help}
    if not one.required:  # an empty field is an absent one
        return {"anyOf": [out, {"type": "null"}], "description": described["description"]}
    return described


def _value(kind: Kind, one: Shape) -> Schema:
    if one.choices and kind.form != "map":
        return {"enum": list(one.choices)}
    if kind.form == "map":
        if one.choices:
            return {"type": "object", "additionalProperties": {"enum": list(one.choices)}}
        inside = kind.inner[0].cls
        return (
            {"type": "object"} if inside is object else {"type": "object", "additionalProperties": NUMERIC if inside is Decimal else TEXT}
        )
    if kind.form == "either":
        return {"anyOf": [_value(inner, one) for inner in kind.inner]}
    if one.converter is as_lag:
        return {"$ref": "#/$defs/TimeEstimate"}
    if kind.noun is not None or kind.cls in DEFINED:
        return {"$ref": f"#/$defs/{DEFINED.get(kind.cls) or kind.cls.__name__}"}
    if kind.cls is model.Estimate:
        return {"$ref": f"#/$defs/{ESTIMATES.get(one.unit, 'NumberEstimate')}"}
    if kind.cls is bool:
        return {"type": "boolean"}
    if kind.cls is float:
        return {"$ref": "#/$defs/Share"} if one.unit.startswith("share") else NUMERIC
    if kind.cls in (int, Decimal):
        return NUMERIC
    return {**TEXT, "pattern": f"^{ID.pattern}$", "maxLength": 200} if one.name == "id" else dict(TEXT)


def _estimate(value: Schema) -> Schema:
    def of(*names: str, shapes: list[str], **more: Schema) -> Schema:
        properties = dict.fromkeys(names, value)
        return {
            "type": "object",
            "additionalProperties": False,
            "required": list(names),
            "properties": {**properties, "shape": {"enum": shapes}, **more},
        }

    centre = {"central": {"enum": ["likely", "mean", "p50"]}}
    return {
        "anyOf": [
            value,
            of("low", "likely", "high", shapes=["triangular", "pert"], **centre),
            of("p10", "likely", "p90", shapes=["triangular", "pert"], **centre),
            of("low", "high", shapes=["uniform"]),
            of("p10", "p90", shapes=["lognormal", "normal"]),
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["values", "weights"],
                "properties": {
                    "values": {"type": "array", "items": value},
                    "weights": {"type": "array", "items": {"$ref": "#/$defs/Share"}},
                },
            },
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["samples"],
                "properties": {"samples": {"type": "array", "items": value}},
            },
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["estimate", "reference"],
                "properties": {"estimate": value, "reference": TEXT, "certainty": {"$ref": "#/$defs/Share"}},
                "description": "raised by what became of others of its reference class",
            },
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "description": "a kind that a methodology declares",
                "additionalProperties": {"type": "object"},
            },
        ]
    }

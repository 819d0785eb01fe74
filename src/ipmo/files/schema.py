"""The JSON schema of the file format, made from the model's fields: what editors complete and check with."""

from __future__ import annotations

from typing import Any

import attrs

import ipmo.model as model
from ipmo.model.changes import NAMES as CHANGES
from ipmo.model.earning import RULES
from ipmo.model.fields import Short, annotation
from ipmo.model.integrity import file_key
from ipmo.model.money import CURVES
from ipmo.model.plain import HEADER, ORGANISATION, VERSION
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import ID

__all__ = ["json_schema"]

NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
SPAN = rf"^{NUMBER} ?(min|mins|h|hours?|d|days?|w|weeks?|emin|eh|ed|ew|months?|years?)$"
MONEY = rf"^{NUMBER} ?(k|K|M|bn)? ?[A-Z]{{3}}$"
RATE = rf"^{NUMBER} ?(k|K|M|bn)? ?[A-Z]{{3}} ?(per|/) ?[a-z]{{1,6}}$"
WHEN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$"
TEXT: dict[str, Any] = {"type": ["string", "integer"]}
NUMERIC: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^{NUMBER}$"}]}


def json_schema() -> dict[str, Any]:
    """The schema as plain data (JSON Schema 2020-12). Dates may be unquoted: YAML readers hand them over as text."""
    nouns = {
        name: cls
        for name in model.__all__
        if isinstance(cls := getattr(model, name), type)
        and issubclass(cls, model.Noun)
        and not issubclass(cls, Short)
        and cls not in (model.Noun, Portfolio)
    }
    definitions: dict[str, Any] = {name: _noun(cls, nouns) for name, cls in nouns.items()}
    definitions["Span"] = {"type": "string", "pattern": SPAN, "description": "a length of time, for example 10 d, 2 w, 10 ed, 3 months"}
    definitions["Money"] = {"type": "string", "pattern": MONEY, "description": "money, for example 350 k GBP"}
    definitions["Rate"] = {"type": "string", "pattern": RATE, "description": "money per unit, for example 320 GBP per pd"}
    definitions["Effort"] = {"type": "string", "pattern": rf"^{NUMBER} ?(ph|pd|pw)$", "description": "effort, for example 3 pd"}
    definitions["When"] = {"type": "string", "pattern": WHEN, "description": "YYYY-MM-DD or YYYY-MM-DDTHH:MM"}
    definitions["Share"] = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": rf"^{NUMBER} ?%?$"}]}
    for name, value in (
        ("TimeEstimate", {"$ref": "#/$defs/Span"}),
        ("MoneyEstimate", {"$ref": "#/$defs/Money"}),
        ("NumberEstimate", NUMERIC),
    ):
        definitions[name] = _estimate(value)
    definitions["Budget"] = {
        "anyOf": [
            {"$ref": "#/$defs/MoneyEstimate"},
            {"type": "array", "items": {"$ref": "#/$defs/BudgetLine"}},
            {"$ref": "#/$defs/BudgetLine"},
        ]
    }
    definitions["Dialect"] = {"anyOf": [{"enum": list(model.DIALECTS)}, _noun(model.Dialect, nouns)]}
    definitions["Spread"] = {"anyOf": [{"enum": list(CURVES)}, {"type": "array", "items": {"$ref": "#/$defs/Share"}}]}
    definitions["Earning"] = {"anyOf": [{"enum": list(RULES)}, _noun(model.Earning, nouns)]}
    definitions["Change"] = {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": {"enum": list(CHANGES)}}
    fields = {field.name: field for field in attrs.fields(Portfolio) if field.name != "source"}

    def section(names: Any, required: list[str]) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "required": required,
            "properties": {name: _field(Portfolio, fields[name], nouns) for name in names},
        }

    lists = [name for name in fields if name not in HEADER and name not in ORGANISATION]
    top = {name: _field(Portfolio, fields[name], nouns) for name in lists}
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


def _noun(cls: type, nouns: dict[str, Any]) -> dict[str, Any]:
    fields = attrs.fields(cls)
    out: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "description": (cls.__doc__ or "").strip().splitlines()[0],
        "properties": {file_key(field): _field(cls, field, nouns) for field in fields},
    }
    required = [file_key(field) for field in fields if field.default is attrs.NOTHING]
    if required:
        out["required"] = required
    if cls in (model.After, model.Enabler):
        return {"anyOf": [TEXT, out], "description": out["description"]}
    return out


def _field(cls: type, field: attrs.Attribute[Any], nouns: dict[str, Any]) -> dict[str, Any]:
    kind = annotation(cls, field.name).removesuffix(" | None")
    many = kind.startswith("tuple[")
    inner = kind.removeprefix("tuple[").removesuffix(", ...]")
    out = _value(inner, field, nouns)
    if many:
        items = {"type": "array", "items": out}
        out = {"anyOf": [out, items]} if field.metadata["one_or_many"] or inner == "str" else items
    help_text = field.metadata.get("help", "")
    unit = field.metadata.get("unit", "")
    described = {**out, "description": f"{help_text} [{unit}]" if unit else help_text}
    if field.default is not attrs.NOTHING:  # an empty field is an absent one
        return {"anyOf": [out, {"type": "null"}], "description": described["description"]}
    return described


def _value(kind: str, field: attrs.Attribute[Any], nouns: dict[str, Any]) -> dict[str, Any]:
    if field.metadata["choices"]:
        return {"enum": list(field.metadata["choices"])}
    if kind in nouns or kind in ("Span", "Money", "Rate", "Effort", "When", "Budget", "Change", "Dialect", "Spread", "Earning"):
        return {"$ref": f"#/$defs/{kind}"}
    if kind == "date":
        return {"$ref": "#/$defs/When"}
    if kind == "Estimate":
        name = {"time": "TimeEstimate", "money": "MoneyEstimate"}.get(field.metadata["unit"], "NumberEstimate")
        return {"$ref": f"#/$defs/{name}"}
    if kind == "Rate | Money":
        return {"anyOf": [{"$ref": "#/$defs/Rate"}, {"$ref": "#/$defs/Money"}]}
    if kind == "bool":
        return {"type": "boolean"}
    if kind == "float":
        return {"$ref": "#/$defs/Share"} if field.metadata["unit"].startswith("share") else NUMERIC
    if kind in ("int", "Decimal"):
        return NUMERIC
    if kind == "FrozenMap[str, Decimal]":
        return {"type": "object", "additionalProperties": NUMERIC}
    if kind == "FrozenMap[str, Any]":
        return {"type": "object"}
    if "FrozenMap" in kind:
        mapping = {"type": "object", "additionalProperties": TEXT}
        return {"anyOf": [TEXT, mapping]} if kind.startswith("str") else mapping
    if field.name == "id":
        return {**TEXT, "pattern": f"^{ID.pattern}$", "maxLength": 200}
    return dict(TEXT)


def _estimate(value: dict[str, Any]) -> dict[str, Any]:
    def of(*names: str, shapes: list[str], **more: Any) -> dict[str, Any]:
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
            of("p10", "p90", shapes=["lognormal"]),
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

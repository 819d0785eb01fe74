"""Ids inside what methods add: each says what it refers to, so that merge renames it and select lets go of what is left out."""

from __future__ import annotations

import functools
import typing
from collections.abc import Iterator, Mapping

import attrs
import pytest

import ipmo
from ipmo.installation import new_registry
from ipmo.model.shape import Kind, Shape, shape
from ipmo.units import Money

HERE = {
    # what a field's text says that names nothing outside the item that bears it
    "agile": {
        "Team": {"id", "name", "cadence"},
        "Iteration": {"id", "team"},  # a team of the same item
        "WorkItem": {"id", "name", "team", "epic", "kind", "iteration"},  # a team of the same item; the key that a tracker has for the epic
        "Epic": {"hypothesis", "mvp", "leading_indicator"},
        "Scope": {"unit", "policy"},
        "Guardrails": {"horizons", "work"},
        "Increment": {"id", "name"},
        "Goal": {"id", "name", "team"},  # a team of the same item
        "AgileFields": {"team", "horizon", "work_type", "kanban", "kanban_limits", "kanban_ages"},
    },
    "mop": {
        "Criterion": {"id", "name", "categories", "scale"},
        "Group": {"id"},
        "BusinessCase": {"discount"},  # of the discount schedules, which keep their names
        "Booking": {"line"},  # a line of the same budget
        "Tranche": {"id", "name"},
        "Supplier": {"id", "name", "group"},  # a free name
        "Contract": {"id", "name", "supplier"},  # a supplier of the same list, which keep their names
        "Idea": {"id", "name", "reason"},
        "ChangeLimit": {"area"},  # a free attribute of tasks
        "MopFields": {"categories", "scores", "envelopes", "carbon_envelopes", "stage_limits", "budget_lines"},
    },
    "p3o": {
        "ValueKpi": {"id", "name", "unit"},
        "BlueprintElement": {"id", "name", "as_is", "to_be", "evidence", "after", "benefit"},  # elements of the same blueprint
        "Control": {"tier"},
        "MaturityScore": {"why", "evidence", "by"},
        "Improvement": {"id", "name", "measure"},
        "P3OFields": {"funding_line", "tier"},
    },
    "govs": {"BusinessCase": {"stage", "file"}, "Review": {"name"}},
}  # fmt: skip
GIVEN = ("example",)
"""A plugin that only shows how one is written."""
REGISTRY = new_registry()
REGISTRY.discover()
EXTENSIONS = {name: one for name, one in REGISTRY.extensions.items() if name not in GIVEN}
KINDS = {
    "people": ("owner", "person"),
    "projects": ("project", "item"),
    "standards": ("standard",),
    "lessons": ("lesson",),
}


def classes(cls: type, seen: dict[str, type]) -> dict[str, type]:
    """The classes of an extension, at any depth, by name."""
    if cls.__name__ in seen or not attrs.has(cls) or cls.__module__.startswith("ipmo."):  # a quantity
        return seen
    seen[cls.__name__] = cls
    for one in shape(cls):
        for inner in inside(one.kind):
            classes(inner, seen)
    return seen


def inside(kind: Kind) -> Iterator[type]:
    if kind.form == "one":
        yield from (kind.cls,) if isinstance(kind.cls, type) else ()
    for one in kind.inner:
        yield from inside(one)


def holds_text(one: Shape) -> bool:
    """Text, or a map, whose keys are; what may only be one of some choices names nothing."""
    return one.kind.form == "map" or (not one.choices and any(cls is str for cls in inside(one.kind)))


def built(parse: typing.Any) -> type:
    """The class that an extension's values are of."""
    made = parse({})
    return type(made)


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_every_text_says_what_it_refers_to_or_names_nothing_outside(name: str) -> None:
    """A new field is either declared with `refers=` or stands above, with the reason where one may doubt it."""
    for cls in classes(built(EXTENSIONS[name].parse), {}).values():
        texts = {one.name for one in shape(cls) if holds_text(one) and not one.refers}
        assert texts == HERE[name].get(cls.__name__, set()), cls


NAMED = {"owner": "bo", "person": "bo", "project": "plant", "item": "plant", "standard": "std", "lesson": "l1"}


def value(one: Shape, told: Mapping[str, object]) -> object:
    named = NAMED[one.refers]
    if one.kind.form == "map":
        return {"records": named} if told.get("values_refer") else {named: "2 GBP" if Money in inside(one.kind) else "2"}
    return [named] if one.many else named


REQUIRED = {
    "amount": "5 GBP",
    "line": 1,
    "id": "x",
    "member": ["plant"],
    "name": "x",
    "section": "processes",
    "start": "2026-01-05",
    "finish": "2026-03-27",
    "members": ["plant"],
    "stage": "SOC",
    "supplier": "x",
}
MORE = {("Tranche", "makes"): {"on": "2026-01-05"}}
"""What a class asks for beside a field."""
Way = tuple[str | int, ...]


def fields(cls: type, way: Way = ()) -> Iterator[tuple[Way, Shape, Mapping[str, object]]]:
    """Every field of an extension that refers to something, with the way to it from the extension."""
    told = {one.name: one.metadata for one in attrs.fields(cls)}
    for one in shape(cls):
        if one.refers:
            yield (*way, one.key), one, told[one.name]
        elif one.kind.form in ("one", "many") and attrs.has(one.cls):
            yield from fields(one.cls, (*way, one.key, 0) if one.many else (*way, one.key))


CASES = [
    pytest.param(name, way, one, told, id=f"{name}-{'.'.join(map(str, way))}")
    for name, extension in sorted(EXTENSIONS.items())
    for way, one, told in fields(built(extension.parse))
]


def data_of(cls: type, way: Way, leaf: object) -> dict[str, object]:
    """Plain data of an extension with a value at the end of a way, and what its classes ask for on it."""
    made: dict[str, object] = {one.key: REQUIRED[one.key] for one in shape(cls) if one.required and one.key in REQUIRED}
    (key, *rest) = way
    made |= MORE.get((cls.__name__, key), {})
    if not rest:
        return made | {key: leaf}
    one = next(one for one in shape(cls) if one.key == key)
    inner = data_of(one.cls, tuple(rest[1:] if one.many else rest), leaf)
    return made | {key: [inner] if one.many else inner}


def reached(noun: typing.Any, way: Way) -> typing.Any:
    return functools.reduce(lambda at, step: at[step] if isinstance(step, int) else getattr(at, step), way, noun)


@pytest.mark.parametrize(("name", "way", "one", "told"), CASES)
def test_every_reference_follows_a_merge_and_a_selection(name: str, way: Way, one: Shape, told: Mapping[str, object]) -> None:
    extension = data_of(built(EXTENSIONS[name].parse), way, value(one, told))
    spoke = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "water", "start": "2026-01-05"},
            "people": [{"id": "bo"}],
            "standards": [{"id": "std", "version": "2"}],
            "projects": [{"id": "plant"}, {"id": "pipe", "extensions": {name: extension}}, {"id": "well"}],
            "lessons": [{"id": "l1", "from": "plant", "text": "dig early"}],
        }
    )
    merged = ipmo.merge(ipmo.Portfolio(id="group", start="2026-01-05"), [spoke]).portfolio
    new = f"water.{NAMED[one.refers]}"
    found = reached(merged["water.pipe"].extensions[name], way)
    if isinstance(found, Mapping):
        found = tuple(found.values() if told.get("values_refer") else found)
    assert found == ((new,) if not isinstance(found, str) else new)
    part = ipmo.select(spoke, ["pipe", "well"])
    kept = part["pipe"].extensions[name]
    if NAMED[one.refers] in ("bo", "std", "l1"):
        assert kept == spoke["pipe"].extensions[name]
    else:
        with_it = ipmo.to_dict(ipmo.Portfolio(id="p", projects=[part["pipe"]]))
        assert NAMED[one.refers] not in str(with_it["projects"][0].get("extensions", {}))


def test_free_names_stay() -> None:
    review = {"name": "gate 2", "line": 3, "by": "Somebody Ltd"}
    spoke = ipmo.from_dict(
        {"ipmo": 1, "portfolio": {"id": "w", "start": "2026-01-05"}, "projects": [{"id": "a", "extensions": {"govs": {"reviews": [review]}}}, {"id": "b"}]}
    )  # fmt: skip
    merged = ipmo.merge(ipmo.Portfolio(id="group", start="2026-01-05"), [spoke]).portfolio
    for pf, item in ((merged, "w.a"), (ipmo.select(spoke, "a"), "a")):
        assert pf[item].extensions["govs"].reviews[0].by == "Somebody Ltd"

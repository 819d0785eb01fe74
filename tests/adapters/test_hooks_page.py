"""The page about hooks says what the code says: every hook, field and name, no more and no less."""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path

import attrs

from ipmo.methods import contract as methods

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")


def table(head: str) -> list[list[str]]:
    """The rows of the table with that head, as cells."""
    rows = PAGE[PAGE.index(head) :].split("\n\n", 1)[0].split("\n")[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_hook_with_what_it_returns_and_since_when() -> None:
    said = [(re.findall(r"`(\w+)`", name)[0], returns.strip("`"), added) for name, returns, added in table("| hook | declares | added |")]
    known = []
    for name, hook in vars(methods.Hooks).items():
        if name.startswith("ipmo_"):
            returned = typing.get_args(typing.get_type_hints(hook)["return"])[0]
            found = re.search(r"Added in ([0-9.]+)\.$", inspect.getdoc(hook) or "")
            assert found, f"{name} does not say when it was added"
            known.append((name, returned.__name__, found[1]))
    assert said == known


def test_every_field_of_a_methodology() -> None:
    said = [name for first, _ in table("| field | holds |") for name in re.findall(r"`(\w+)`", first)]
    assert sorted(said) == sorted(field.name for field in attrs.fields(methods.Methodology))


def test_every_argument_of_a_check() -> None:
    said = [re.findall(r"`(\w+)`", name)[0] for name, _ in table("| argument | says |")]
    assert sorted(said) == sorted(field.name for field in attrs.fields(methods.Check))


def test_every_name_of_a_check_context() -> None:
    said = [re.findall(r"`(\w+)", first)[0] for first, _ in table("| name | says |")]
    assert sorted(said) == sorted(name for name in dir(methods.CheckContext) if not name.startswith("_"))


def test_the_classes_that_the_page_names_exist() -> None:
    for _, holds in table("| field | holds |"):
        for name in re.findall(r"^`([A-Z]\w+)`:", holds):
            assert hasattr(methods, name), name

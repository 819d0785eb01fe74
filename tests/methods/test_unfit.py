"""What is wrong with a plugin is said when it is loaded, or the first time that it answers, with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.installation import new_registry
from ipmo.plugin import Check, Extension, Finding, Methodology, ModelError, hookimpl
from ipmo.testing.conformance import MethodologyConformance


def method(**more: Any) -> Methodology:
    return Methodology(name="zz", title="Ours", source="guide", stages=("a",), **more)


def test_a_hook_without_its_mark() -> None:
    plugin = SimpleNamespace(ipmo_methodologies=lambda: [method()])
    with pytest.raises(ipmo.PluginError, match="ipmo_methodologies is not marked, so that nobody calls it; write @hookimpl above it"):
        new_registry(strict=True).add(plugin, name="zz")


def test_one_marked_and_one_not() -> None:
    class Plugin:
        @hookimpl
        def ipmo_methodologies(self) -> list[Methodology]:
            return [method()]

        def ipmo_checks(self) -> list[Check]:
            return []

    with pytest.raises(ipmo.PluginError, match="ipmo_checks is not marked"):
        new_registry(strict=True).add(Plugin(), name="zz")


def test_an_extension_whose_values_can_change() -> None:
    @attrs.define
    class Open:
        tier: int = attrs.field(validator=attrs.validators.instance_of(int))

    @attrs.frozen
    class Closed:
        tier: int

    with pytest.raises(ModelError, match="values of Open can be changed; write @attrs.frozen"):
        Extension(name="zz", title="Ours", source="guide", parse=Open)
    assert Extension(name="zz", title="Ours", source="guide", parse=Closed).parse({"tier": 2}) == Closed(2)
    assert Extension(name="zz", title="Ours", source="guide", parse=dict).parse is dict


def stray(_: object) -> Iterator[Finding]:
    yield Finding(code="other/x", message="something")


def test_a_finding_with_the_code_of_another() -> None:
    class Plugin:
        @hookimpl
        def ipmo_methodologies(self) -> list[Methodology]:
            return [method(checks=(Check(code="zz/x", title="t", source="s", rule="R", run=stray),))]

    registry = new_registry(strict=True)
    registry.add(Plugin(), name="zz")
    found = list(registry.run(ipmo.examples.load("library").evolve(methodologies={"portfolio": "zz"})))
    assert not [one for one in found if one.code == "other/x"]
    (said,) = [one for one in found if one.code == "ipmo/check-crashed"]
    assert "its finding has the code 'other/x'; let it be that of the check" in said.message


def test_the_kit_says_the_cause_in_three_lines() -> None:
    class Kit(MethodologyConformance):
        methodology = method(checks=(Check(code="zz/x", title="t", source="s", rule="R", run=stray),))
        examples = {"zz/x": (ipmo.Portfolio(id="a"), ipmo.Portfolio(id="b"))}

    with pytest.raises(AssertionError) as failed:
        Kit().test_every_check_fires_on_its_offending_example_only()
    lines = str(failed.value).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("zz/x fires on its clean example: something")
    assert lines[2] == "test_every_check_fires_on_its_offending_example_only of method 'zz', in Kit"

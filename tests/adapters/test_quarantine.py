"""Adapters that are broken on purpose, installed as packages: each is set aside by name, with its cause, and the rest works."""

from __future__ import annotations

import functools
import html
import json
import sys
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.errors import FileError, PluginError, PluginWarning
from ipmo.installation import new_registry
from ipmo.methods.registry import Registry
from ipmo.methods.unchanged import Unchanged
from ipmo.model import Portfolio, Project, Task

BROKEN = Path(__file__).parent / "broken"
SAYS = {
    "import_fails": "cannot be imported from 'import_fails': ModuleNotFoundError: No module named 'a_package_that_nobody_has'",
    "exits": "cannot be imported from 'exits': SystemExit: licence expired",
    "wrong_type": "hook 'ipmo_methodologies' failed: TypeError: expected Methodology, got 42",
    "class_not_instance": "expected Methodology, got the class Methodology; declare an instance",
    "mistyped_hook": "cannot be registered: unknown hook 'ipmo_methodologiess'; close: 'ipmo_methodologies'",
    "newer_hook": "it may be of a newer ipmo than this",
    "takes_arguments": "cannot be registered",
    "late_generator": "RuntimeError: too late",
    "not_iterable": "TypeError: 'Check' object is not iterable",
    "bad_declaration": "gate 'g' names the unknown check 'bad/none'",
    "takes_a_core_name": "'budget' is built in; choose another name",
}
"""Module to what its quarantine says: the rows of the policy."""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installs broken adapters as distributions of their own, beside those that are there."""

    def installed(*names: str) -> None:
        site = tmp_path / "site"
        for name in names:
            info = site / f"broken_{name}-9.9.dist-info"
            info.mkdir(parents=True)
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: broken-{name}\nVersion: 9.9\n")
            (info / "entry_points.txt").write_text(f"[ipmo.plugins]\nbad-{name} = {name}\n")
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.syspath_prepend(str(BROKEN))

    yield installed
    for name in [path.stem for path in BROKEN.glob("*.py")]:
        sys.modules.pop(name, None)


def discovered() -> Registry:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        return new_registry().discover()


@pytest.mark.parametrize("name", SAYS)
def test_a_broken_adapter_is_set_aside_by_name_and_everything_else_works(name: str, install) -> None:
    install(name)
    with pytest.warns(PluginWarning, match=rf"plugin 'bad-{name}' \(broken-{name} 9\.9\)"):
        registry = new_registry().discover()
    plugin = next(p for p in registry.plugins if p.name == f"bad-{name}")
    assert SAYS[name] in str(plugin.error)
    assert plugin.trace
    assert {"agile", "mop", "p3o", "plain"} <= set(registry.methodologies)
    row = next(r for r in registry.listing().table().rows() if r["name"] == f"bad-{name}")
    assert (row["status"], row["version"]) == ("set aside", "9.9")
    with pytest.raises(PluginError, match=f"bad-{name}"):
        new_registry(strict=True).discover()
    with pytest.raises(PluginError, match=f"bad-{name}"):
        registry.methodology(f"bad-{name}")


def test_a_mistyped_hook_is_told_the_right_one(install) -> None:
    install("mistyped_hook", "newer_hook")
    said = {p.name: str(p.error) for p in discovered().plugins}
    assert said["bad-mistyped_hook"].endswith("close: 'ipmo_methodologies'")
    assert "which has ipmo_methodologies, ipmo_checks" in said["bad-newer_hook"]


def test_an_adapter_of_a_newer_ipmo_may_say_that_it_can_do_without_a_hook(install) -> None:
    install("newer_and_optional")
    registry = new_registry(strict=True).discover()
    assert registry.methodology("patient").title == "Patient"


def test_of_three_that_declare_one_name_none_wins_whatever_the_order(install) -> None:
    install("same_one", "same_two", "same_three")
    registry = discovered()
    assert "same" not in registry.methodologies
    assert "other" not in registry.methodologies
    errors = {p.name: str(p.error) for p in registry.plugins if p.error is not None}
    assert set(errors) == {"bad-same_one", "bad-same_two", "bad-same_three"}
    assert "plugins 'bad-same_one' and 'bad-same_three' both declare methodology 'same'" in errors["bad-same_one"]
    assert "'bad-same_two'" in errors["bad-same_two"]


def test_a_crash_is_a_finding_in_a_check_a_note_in_a_section_and_an_error_in_a_total_or_a_file(
    install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("crashing")
    registry = new_registry(strict=True).discover()
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    pf = Portfolio(id="x", start="2026-01-05", methodologies={"project": "crashing"}, projects=[Project(id="P")])
    crashed = [f.message for f in ipmo.check(pf).of("ipmo/check-crashed")]
    front = "of plugin 'bad-crashing' (broken-crashing 9.9) failed"
    assert crashed == [
        f"check 'crashing/check' {front}: ZeroDivisionError: oops",
        f"check 'crashing/nothing' {front}: TypeError: 'NoneType' object is not iterable",
        f"check 'crashing/words' {front}: TypeError: a check yields findings, this one 'no finding'",
    ]
    with pytest.raises(PluginError, match=r"plugin 'bad-crashing' \(broken-crashing 9.9\): measure 'crashing-measure': ZeroDivisionError"):
        ipmo.roll_up(pf, "crashing-measure")
    (tmp_path / "x.crash").write_text("?")
    with pytest.raises(PluginError, match=r"plugin 'bad-crashing' \(broken-crashing 9.9\): format 'crashing-format', reading"):
        ipmo.read(tmp_path / "x.crash")
    page = ipmo.report(pf, tmp_path / "r.html").read_text(encoding="utf-8")
    assert f"This section {front}: ZeroDivisionError: oops" in html.unescape(page)


def test_adapters_can_be_left_out_by_name(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("import_fails")
    monkeypatch.setenv("IPMO_DISABLE_PLUGINS", "bad-import_fails, mop")
    registry = new_registry(strict=True).discover()
    assert "mop" not in registry.methodologies


def test_a_plugin_that_ends_the_program_is_a_crash_of_that_plugin_and_the_host_goes_on(
    install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("ends_the_program")
    registry = new_registry(strict=True).discover()
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    front = "plugin 'bad-ends_the_program' (broken-ends_the_program 9.9)"
    pf = Portfolio(id="x", start="2026-01-05", methodologies={"project": "ending"}, projects=[Project(id="P")])
    plan = tmp_path / "plan.yaml"
    ipmo.write(pf, plan)
    with pytest.warns(PluginWarning, match="passed over"):  # what a file is of is no matter of one plugin
        assert ipmo.read(plan) == pf
    [crashed] = ipmo.check(pf).of("ipmo/check-crashed")
    assert crashed.message == f"check 'ending/check' of {front} failed: SystemExit: 0"
    assert crashed.severity.name == "ERROR"
    page = html.unescape(ipmo.report(pf, tmp_path / "r.html").read_text(encoding="utf-8"))
    for said in (
        "SystemExit: 0",
        "TypeError: 'int' object is not iterable",
        "TypeError: a section gives texts, Tables and Figures, this one 5",
    ):
        assert f"This section of {front} failed: {said}" in page
    for ending in ("end", "none"):
        (tmp_path / f"a.{ending}").write_text("?")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        for ask, said in (
            (lambda: ipmo.roll_up(pf, "ending-measure"), "measure 'ending-measure': SystemExit: 0"),
            (lambda: ipmo.read(tmp_path / "a.end"), "format 'ending-format', reading"),
            (lambda: ipmo.write(pf, tmp_path / "b.end"), "format 'ending-format', writing"),
            (lambda: ipmo.read(tmp_path / "a.none"), "TypeError: a format reads a portfolio, this one None"),
        ):
            with pytest.raises(PluginError) as caught:
                ask()
            assert str(caught.value).startswith(front)
            assert said in str(caught.value)
        for name, said in (
            ("ending", "SystemExit: 0"),
            ("keyless", "KeyError: 'no'"),
            ("numeric", "TypeError: an extension is an instance of an attrs class, this one 5"),
        ):
            plan.write_text(f"ipmo: 1\nportfolio: {{id: x}}\nprojects:\n  - id: P\n    extensions: {{{name}: {{a: 1}}}}\n")
            with pytest.raises(FileError) as refused:
                ipmo.read(plan)
            assert str(refused.value).startswith(f"{plan}:5:")
            assert f"the plugin that declares the extension {name!r} failed on it: {said}" in str(refused.value)


@pytest.mark.parametrize("how", [{"name": "by force"}, {"extensions": {"mood": {"good": True}}}, {}])
def test_a_check_that_changes_what_it_looks_at_is_said_by_the_name_of_its_plugin(
    how: dict[str, object], install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("talks_and_meddles")
    registry = new_registry(strict=True).discover()
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    pf = Portfolio(id="x", start="2026-01-05", methodologies={"project": "meddling"}, projects=[Project(id="P", **how)])
    said = [one.message for one in ipmo.check(pf).of("ipmo/check-crashed")]
    name = "plugin 'bad-talks_and_meddles' (broken-talks_and_meddles 9.9)"
    right = f"checks of {name} changed the portfolio that they look at: what is said of it from here on may be wrong"
    assert said == ([right] if how else [])


@pytest.mark.parametrize("items", [10, 25_000])
def test_what_a_plugin_added_is_watched_in_large_portfolios_too(items: int, install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("talks_and_meddles")
    registry = new_registry(strict=True).discover()
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    tasks = [Task(id=f"t{n}") for n in range(items)]
    watch = Unchanged(pf := Portfolio(id="x", projects=[Project(id="P", tasks=tasks, extensions={"mood": {}})]))
    assert watch.still()
    object.__setattr__(pf["P"].extensions["mood"], "good", False)
    assert not watch.still()
    assert watch.still()


def test_what_a_plugin_prints_never_gets_among_the_answers(install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("talks_and_meddles")
    monkeypatch.setattr("ipmo.desk.installed", functools.cache(lambda: new_registry(strict=True).discover()))
    plan = tmp_path / "plan.yaml"
    plan.write_text("ipmo: 1\nportfolio: {id: x, start: 2026-01-05, methodologies: {project: meddling}}\nprojects:\n  - id: P\n")
    for arguments in (
        ["check", str(plan), "--json"],
        ["schedule", str(plan), "--json"],
        ["schema"],
        ["read", str(plan / "none"), "--json"],
    ):
        told = CliRunner().invoke(main, arguments)
        assert isinstance(json.loads(told.stdout), dict), arguments
    told = CliRunner().invoke(main, ["check", str(plan)])
    assert "looked" in told.stdout
    assert "looking at" not in told.stdout
    assert told.stderr.splitlines().count("looking at x") == 1


def test_strict_plugins_stop_at_a_name_declared_twice(install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("same_one", "same_two")
    monkeypatch.setenv("IPMO_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match="plugins 'bad-same_one' and 'bad-same_two' both declare"):
        new_registry().discover()

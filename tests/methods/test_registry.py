"""Plugins: found, isolated, named. Broken ones of every kind are set aside and everything else works."""

from __future__ import annotations

import types
import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.desk import installed
from ipmo.errors import ModelError, PluginError, UnknownItemError
from ipmo.installation import new_registry
from ipmo.model import MoneySettings, Portfolio, Programme, Project, Task
from ipmo.plugin import Check, EstimateKind, Finding, Measure, Methodology, hookimpl


def plugin(**hooks: Any) -> types.SimpleNamespace:
    return types.SimpleNamespace(**{name: hookimpl(function) for name, function in hooks.items()})


def method(name: str = "m", **more: Any) -> Methodology:
    return Methodology(name=name, title="M", source="nowhere", **more)


def test_a_crashed_check_becomes_a_finding_and_a_crashed_measure_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> Any:
        raise ZeroDivisionError("oops")

    registry = new_registry()
    registry.add(
        plugin(
            ipmo_checks=lambda: [Check(code="x/crash", title="t", source="s", run=crash)],
            ipmo_measures=lambda: [Measure(name="boom", title="t", unit="number", combine="sum", value=crash)],
        ),
        name="crash",
    )
    found = [f for f in registry.run(Portfolio(id="x")) if f.code == "ipmo/check-crashed"]
    assert found[0].message == "check 'x/crash' of plugin 'crash' (added by hand) failed: ZeroDivisionError: oops"
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    with pytest.raises(PluginError, match="plugin 'crash' .*measure 'boom': ZeroDivisionError"):
        ipmo.roll_up(Portfolio(id="x", projects=[Project(id="P")]), "boom")


def test_a_measure_of_a_plugin_is_asked_only_of_what_it_applies_to_whatever_answer_asks_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It raises for everything but tasks of a category, and every answer that knows of measures is asked: none of them hears of it."""

    def applies(item: object) -> bool:
        return isinstance(item, Task) and item.category == "build"

    def value(context: Any, full_id: str, item: Any) -> int:
        if not applies(item):
            raise ZeroDivisionError(full_id)
        return 3

    def run(context: Any) -> list[Finding]:
        return [Finding(code="x/tons", message=str(context.roll_up(name).total.value)) for name in ("tons", "total", "mean", "ratio")]

    plain: dict[str, Any] = {"title": "t", "unit": "number", "value": value, "applies": applies}
    tons = Measure(name="tons", combine="sum", **plain)
    total = Measure(name="total", combine="sum", own_total=True, **plain)
    most = Measure(name="mean", combine="max", **plain)
    ratio = Measure(name="ratio", title="t", unit="share", combine="ratio", of=(tons, total), applies=applies)
    registry = new_registry()
    registry.add(
        plugin(
            ipmo_measures=lambda: [tons, total, most, ratio],
            ipmo_checks=lambda: [Check(code="x/tons", title="t", source="s", run=run)],
        ),
        name="tons",
    )
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    work = [Task(id="s"), Task(id="t", parent="s", duration="5 d", category="build", budget="7 GBP"), Task(id="u", duration="1 d")]
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-01-07",
        money=MoneySettings(currency="GBP"),
        programmes=[Programme(id="G")],
        projects=[Project(id="P", programme="G", tasks=work), Project(id="bare", start="2026-01-05", finish="2026-01-09")],
    )
    for name, wanted in (("tons", 3), ("total", 3), ("mean", 3), ("ratio", 1.0)):
        periods = [{"by": "month"}] if name in ("tons", "total") else []
        for options in (*periods, {"by": "category"}, {"within": "G"}, {"confidence": 0.8}, {"level": "task"}):
            assert ipmo.roll_up(pf, name, **options).table() is not None, (name, options)
        found = ipmo.roll_up(pf, name)
        assert (found.total.value, found.total.known, found.total.total, found["P/t"].value) == (wanted, 1, 1, wanted)
        assert "P/u" not in found
        assert found.explain("P").lines
    assert [f.message for f in registry.run(pf) if f.code in ("x/tons", "ipmo/check-crashed")] == ["3", "3", "3", "1.0"]
    assert not [f for f in ipmo.check(pf) if f.code == "ipmo/check-crashed"]
    page = tmp_path / "report.html"
    ipmo.report(pf, page)
    assert "ZeroDivisionError" not in page.read_text(encoding="utf-8")
    assert ipmo.compare(pf, pf.evolve("P/t", duration="9 d")).table() is not None
    assert ipmo.earned_value(pf).table() is not None
    assert ipmo.simulate(pf, samples=10).table() is not None


def test_a_methodology_is_chosen_for_a_scope_and_an_item_may_override() -> None:
    seen: list[frozenset[str]] = []

    def run(context: Any) -> list[Finding]:
        seen.append(context.scope)
        return [Finding(code="m/x", message="heard")]

    registry = new_registry()
    registry.add(
        plugin(ipmo_methodologies=lambda: [method(checks=[Check(code="m/x", rule="M-1", title="t", source="s", run=run)], aliases=["em"])]),
        name="m",
    )
    pf = Portfolio(id="x", methodologies={"project": "plain"}, projects=[Project(id="P", methodology="em"), Project(id="Q")])
    heard = [f for f in registry.run(pf) if f.code == "m/x"]
    assert seen == [frozenset({"P"})]
    assert heard[0].rule == "M-1"
    assert not [f for f in registry.run(pf.evolve("P", methodology=None)) if f.code == "m/x"]
    missing = [f for f in registry.run(pf.evolve("P", methodology="prince")) if f.code == "ipmo/methodology"]
    assert "'prince' is not in the installed methodologies" in missing[0].message
    with pytest.raises(UnknownItemError):
        registry.methodology("prince")


def test_declarations_refuse_what_is_empty_or_misnamed() -> None:
    for bad in (
        lambda: Check(code="NoSlug", title="t", source="s", run=lambda c: []),
        lambda: Check(code="a/b", title="t", source=" ", run=lambda c: []),
        lambda: method(checks=[Check(code="other/x", title="t", source="s", run=lambda c: [])]),
        lambda: method(applies_to=["world"]),
        lambda: method(gates=[ipmo.plugin.GateRule(name="g", title="t", source="s", checks=["m/none"])]),
    ):
        with pytest.raises(ModelError):
            bad()


def test_a_declared_estimate_is_read_and_written_and_kept_when_nobody_declares_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {
        "ipmo": 1,
        "portfolio": {"id": "x", "start": "2026-01-05"},
        "projects": [
            {
                "id": "P",
                "tasks": [
                    {
                        "id": "a",
                        "duration": {"agile": {"remaining_items": 100, "throughput": [1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2], "per": "1 w"}},
                        "extensions": {"agile": {"team": "red", "horizon": "h1"}},
                    }
                ],
            }
        ],
    }
    with_adapter = ipmo.from_dict(data)
    assert str(with_adapter["P/a"].duration.central()) == "26 w"
    assert with_adapter["P/a"].extensions["agile"].horizon == "h1"
    monkeypatch.setattr("ipmo.desk.installed", new_registry)
    without = ipmo.from_dict(data)
    assert without["P/a"].duration.central() is None
    assert {f.code for f in without.source.findings} == {"ipmo/unknown-estimate", "ipmo/unknown-extension"}
    assert ipmo.to_dict(without)["projects"] == data["projects"] == ipmo.to_dict(with_adapter)["projects"]


def test_a_question_without_an_answer_is_one_finding_not_a_crash() -> None:
    found = ipmo.check(Portfolio(id="x", projects=[Project(id="P", tasks=[ipmo.Task(id="t", duration="1 d")])]))
    assert [f.message for f in found.of("ipmo/no-answer")] == [
        "portfolio 'x' has no start: add portfolio: start: (or a start: to a project, or a status_date:)"
    ]
    assert not found.of("ipmo/check-crashed")


def test_link_kinds_are_labels_and_an_unknown_one_is_a_finding() -> None:
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05"},
            "projects": [{"id": "P", "tasks": [{"id": "a", "duration": "5 d"}]}, {"id": "Q", "tasks": [{"id": "b", "duration": "1 d"}]}],
            "links": [{"from": "P/a", "to": "Q/b", "kind": "smells"}],
        }
    )
    assert ipmo.schedule(pf)["Q/b"].total_float == 4
    assert "ipmo/link-kind" in {f.code for f in ipmo.check(pf)}


def test_the_installed_adapters_load_strictly_and_the_disable_list_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [p.name for p in new_registry(strict=True).discover().plugins] == ["ipmo", "agile", "example", "govs", "mop", "p3o"]
    monkeypatch.setenv("IPMO_DISABLE_PLUGINS", "agile, mop")
    assert [p.name for p in new_registry().discover().plugins] == ["ipmo", "example", "govs", "p3o"]
    assert ipmo.plugins().ids == ("ipmo", "agile", "example", "govs", "mop", "p3o")
    assert installed().methodology("scrum").name == "agile"


def test_a_format_of_a_plugin_reads_writes_and_is_named_when_it_crashes(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Any, name: str) -> Portfolio:
        return Portfolio(id=path.read_text().strip())

    def write(pf: Portfolio, path: Any) -> None:
        path.write_text(pf.id)

    registry = new_registry()
    registry.add(
        plugin(
            ipmo_formats=lambda: [
                ipmo.plugin.Format(name="ids", title="Just an id", suffixes=[".id"], read=read, write=write),
                ipmo.plugin.Format(name="bad", title="Bad", suffixes=[".bad"], read=lambda path, name: 1 / 0),
            ]
        ),
        name="ids",
    )
    monkeypatch.setattr("ipmo.desk.installed", lambda: registry)
    ipmo.write(Portfolio(id="hello"), tmp_path / "x.id")
    assert ipmo.read(tmp_path / "x.id") == Portfolio(id="hello")
    (tmp_path / "y.bad").write_text("?")
    with pytest.raises(PluginError, match=r"plugin 'ids' \(added by hand\): format 'bad', reading .*y.bad: ZeroDivisionError"):
        ipmo.read(tmp_path / "y.bad")
    with pytest.raises(ipmo.FileError, match="can be read, not written"):
        ipmo.write(Portfolio(id="x"), tmp_path / "y.bad")
    with pytest.raises(UnknownItemError, match="the formats"):
        ipmo.read(tmp_path / "x.id", format="idz")


def test_a_fault_in_a_format_of_ipmo_itself_blames_no_plugin(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: Any) -> Any:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("ipmo.files.portfolios.read_file", fault)
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ipmo.FileError, match=r"x.json: format 'json' of ipmo failed on it, please report that: ZeroDivisionError: oops"):
        ipmo.read(tmp_path / "x.json")


def test_what_ipmo_brings_is_a_plugin_like_any_other() -> None:
    row = ipmo.plugins()["ipmo"]
    assert (row.distribution, row.version, row.status) == ("ipmo", ipmo.__version__, "built in")
    assert "methodologies: plain" in row.declares
    registry = new_registry()
    assert {"schedule", "informs"} == set(registry.link_kinds)
    assert {"json", "yaml", "xer"} <= {form.name for form in registry.formats}
    assert "budget" in registry.measures
    assert all(check.code.startswith("ipmo/") for check in registry.checks)


def test_each_workspace_member_brings_a_conformance_class() -> None:
    from pathlib import Path

    for folder in (Path(__file__).parents[2] / "plugins").iterdir():
        if folder.is_dir():
            files = (folder / "tests").glob("test_*.py")
            assert any("MethodologyConformance" in path.read_text(encoding="utf-8") for path in files), folder.name


def test_kinds_without_a_plain_form_say_so() -> None:
    assert EstimateKind(name="x", title="t", source="s", parse=lambda d: None).name == "x"  # type: ignore[arg-type, return-value]

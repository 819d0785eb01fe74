"""The front door: every verb takes a portfolio or its path, its answer can be looked through, and a wrong word is one kind of error."""

from __future__ import annotations

import inspect
import pickle
import sys
import types
import typing
from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.analysis.dependencies.interfaces import InterfaceView
from ipmo.changes import Delay
from ipmo.tables import Table

ANSWERS: dict[str, Callable[..., Any]] = {
    "assess_impact": lambda pf, **more: ipmo.assess_impact(pf, **more),
    "attainment": lambda pf, **more: ipmo.attainment(pf, **more),
    "attribute": lambda pf, **more: ipmo.attribute(pf, **more),
    "benefits": lambda pf, **more: ipmo.benefits(pf, **more),
    "capacity": lambda pf, **more: ipmo.capacity(pf, **more),
    "check": lambda pf, **more: ipmo.check(pf, **more),
    "compare": lambda pf, **more: ipmo.compare(pf, earlier(), **more),
    "critical_links": lambda pf, **more: ipmo.critical_links(pf, **more),
    "decisions_due": lambda pf, **more: ipmo.decisions_due(pf, **more),
    "delay_sensitivity": lambda pf, **more: ipmo.delay_sensitivity(pf, **more),
    "earned_value": lambda pf, **more: ipmo.earned_value(pf, **more),
    "gates": lambda pf, **more: ipmo.gates(pf, **more),
    "interfaces": lambda pf, **more: ipmo.interfaces(pf, **more),
    "level": lambda pf, **more: ipmo.level(pf, **{"passes": 3, **more}),
    "line_of_sight": lambda pf, **more: ipmo.line_of_sight(pf, **more),
    "merge": lambda pf, **more: ipmo.merge(pf, {"branch": ipmo.examples.load("commitment")}, **more),
    "raid_log": lambda pf, **more: ipmo.raid_log(pf, **more),
    "risk_exposure": lambda pf, **more: ipmo.risk_exposure(pf, **more),
    "roll_up": lambda pf, **more: ipmo.roll_up(pf, "budget", **more),
    "scenarios": lambda pf, **more: ipmo.scenarios(pf, {"later": [Delay("catalogue/build", "10 d")]}, **more),
    "schedule": lambda pf, **more: ipmo.schedule(pf, **more),
    "schedule_quality": lambda pf, **more: ipmo.schedule_quality(pf, **more),
    "simulate": lambda pf, **more: ipmo.simulate(pf, **{"samples": 40, **more}),
    "single_points": lambda pf, **more: ipmo.single_points(pf, **more),
    "status": lambda pf, **more: ipmo.status(pf, **more),
    "time_phase": lambda pf, **more: ipmo.time_phase(pf, **more),
    "translate": lambda pf, **more: ipmo.translate(pf, to="agile", **more),
    "variance_analysis": lambda pf, **more: ipmo.variance_analysis(pf, [Delay("catalogue/build", "10 d")], "catalogue", **more),
    "what_if": lambda pf, **more: ipmo.what_if(pf, Delay("catalogue/build", "10 d"), **more),
    "worth_going_on": lambda pf, **more: ipmo.worth_going_on(pf, **more),
}
"""Every verb on a portfolio that gives an answer; a new one is put here, and all that follows holds for it."""

OTHER_THINGS: dict[str, Callable[..., Any]] = {
    "approver": lambda pf: ipmo.approver(pf, ipmo.Money(5_000_000, "GBP")),
    "baseline": lambda pf: ipmo.baseline(pf).digest,
    "graph": lambda pf: sorted(ipmo.graph(pf).edges(keys=True)),
    "leads_to": lambda pf: ipmo.leads_to(pf, ["hall"]),
    "report": lambda pf: ipmo.report(pf, beside(pf, "report.html")).read_text(encoding="utf-8"),
    "hand_up": lambda pf: ipmo.hand_up(pf).digest,
    "select": lambda pf: ipmo.select(pf, ["hall"]).digest,
    "snapshot": lambda pf: ipmo.snapshot(pf, beside(pf, "snapshot.json")).read_bytes(),
    "to_dict": lambda pf: ipmo.to_dict(pf),
    "write": lambda pf: (ipmo.write(pf, beside(pf, "written.yaml")), beside(pf, "written.yaml").read_bytes()),
}
"""Verbs on a portfolio that give something else: a file, a portfolio, a person, plain data."""

OF_MONTHS: dict[str, Callable[..., Any]] = {
    "effect_of": lambda months, **more: ipmo.effect_of(months, ["catalogue"], **{"since": "2026-01-01", **more}),
    "movement": lambda months, **more: ipmo.movement(months, **more),
    "calibration": lambda months, **more: ipmo.calibration(months, **{"samples": 20, **more}),
    "reference_classes": lambda months, **more: ipmo.reference_classes(months, **more),
    "reporting_compliance": lambda months, **more: ipmo.reporting_compliance(months, **more),
    "what_we_learn": lambda months, **more: ipmo.what_we_learn(months, **more),
    "trend": lambda months, **more: ipmo.trend(months, "budget", **more),
}
"""Verbs on the months; they take a history or its folder."""

WITHOUT = {
    "audit_trail",
    "forget",
    "from_dict",
    "from_tables",
    "history",
    "load_simulation",
    "plugins",
    "propose_mapping",
    "read",
    "read_changes",
    "read_mapping",
    "remembered",
    "save_simulation",
    "write_changes",
    "write_mapping",
    "write_template",
}
"""Verbs that start from nothing, from data, or from a path only."""


MORE_THAN_ONE_ROW_AN_ID = {"check", "compare", "what_if", "schedule_quality"}
"""A code is found more than once, an item changes in more than one way, a point has two variants."""
OTHER_ROWS_IN_ITS_TABLE = {"assess_impact", "attribute", "delay_sensitivity"}
"""A change moves several projects, the rest is attributed to nobody, a delay moves several targets: the docstrings say so."""


def earlier() -> ipmo.Portfolio:
    return ipmo.examples.load("library").evolve("catalogue", finish="2026-06-30")


def beside(pf: ipmo.Portfolio | Path, name: str) -> Path:
    return Path(pf.source.path if isinstance(pf, ipmo.Portfolio) else pf).with_name(name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The example as a file of its own with a baseline, so that what is written beside it hurts nobody."""
    text = (files("ipmo.examples") / "library.yaml").read_text(encoding="utf-8")
    plan = tmp_path / "library.yaml"
    plan.write_text(text, encoding="utf-8")
    frozen = ipmo.snapshot(plan, baseline="B1")
    pf = ipmo.read(plan)
    named = f"\nbaselines:\n  - {{id: B1, date: {pf.status_date}, file: {frozen.relative_to(tmp_path).as_posix()}}}\n"
    plan.write_text(text + named, encoding="utf-8")
    return plan


@pytest.fixture
def months(tmp_path: Path) -> Path:
    """Two months of the example."""
    pf = ipmo.examples.load("library")
    ipmo.snapshot(pf, tmp_path / "history" / "one.json")
    ipmo.snapshot(pf.evolve(status_date="2026-07-01"), tmp_path / "history" / "two.json")
    return tmp_path / "history"


def plain(answer: Any) -> Any:
    """An answer as values that can be compared."""
    if isinstance(answer, ipmo.Findings):  # only what was read from a path says where it stands in it
        return [(found.code, found.item, found.message, found.hint) for found in answer]
    table = answer.table() if hasattr(answer, "table") else answer
    return table.to_dict() if isinstance(table, Table) else table


def test_every_verb_of_the_front_door_is_tested_here() -> None:
    verbs = {name for name in ipmo.__all__ if inspect.isfunction(getattr(ipmo, name))}
    assert verbs == {*ANSWERS, *OTHER_THINGS, *OF_MONTHS, *WITHOUT}


@pytest.mark.parametrize("name", [*ANSWERS, *OTHER_THINGS])
def test_a_verb_says_the_same_of_a_portfolio_and_of_its_path(name: str, path: Path) -> None:
    verb = (ANSWERS | OTHER_THINGS)[name]
    first = plain(verb(ipmo.read(path)))
    assert first is not None
    assert plain(verb(path)) == plain(verb(str(path) if name not in OTHER_THINGS else path)) == first


@pytest.mark.parametrize("name", OF_MONTHS)
def test_a_verb_says_the_same_of_a_history_and_of_its_folder(name: str, months: Path) -> None:
    verb = OF_MONTHS[name]
    assert plain(verb(ipmo.history(months))) == plain(verb(months)) == plain(verb(str(months)))


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_iterates_its_rows_counts_is_indexed_and_has_a_table(name: str, path: Path) -> None:
    answer = ANSWERS[name](path)
    rows, ids = list(answer), answer.ids
    assert len(rows) == len(answer) > 0
    assert isinstance(answer.table(), Table)
    assert not isinstance(rows[0], str)
    assert rows[0] == (answer[1] if name == "schedule_quality" else answer[0])  # the points of the DCMA have numbers from 1
    for key in ids:
        assert key in answer
        found = answer[key]
        assert found in rows or (isinstance(found, tuple) and set(found) <= set(rows))
    if name not in MORE_THAN_ONE_ROW_AN_ID:
        assert [answer[key] for key in ids] == rows
    assert "there is no such thing" not in answer
    with pytest.raises(ipmo.UnknownItemError):
        answer["there is no such thing"]
    assert len(answer.table()) == len(answer) or name in OTHER_ROWS_IN_ITS_TABLE


@pytest.mark.parametrize(
    ("name", "rows"), [("trend", 2), ("reporting_compliance", 2), ("reference_classes", 0), ("movement", 103), ("effect_of", 2)]
)
def test_what_is_said_of_months_iterates_counts_is_indexed_and_has_a_table(name: str, rows: int, months: Path) -> None:
    answer = OF_MONTHS[name](months)
    keys = answer.ids
    assert len(keys) == len(answer) == len(answer.table()) == rows  # nothing is finished yet, so there is no reference class
    assert [answer[key] for key in keys] == list(answer) == list(answer.rows)
    for key in keys:
        assert answer.explain(key).startswith(str(key))
    with pytest.raises(ipmo.UnknownItemError):
        answer["there is no such thing"]


def explained(answer: Any) -> str:
    """What an answer says of its first row; of itself where it is about one thing."""
    key = answer.ids[0]
    keys = key if isinstance(key, tuple) and not isinstance(answer, InterfaceView) else (key,)
    parameters = inspect.signature(answer.explain).parameters.values()
    wanted = sum(one.kind is not inspect.Parameter.KEYWORD_ONLY for one in parameters)
    return str(answer.explain(*(*keys, "budget")[:wanted]))


@pytest.mark.parametrize("name", ANSWERS)
def test_what_can_be_explained_is_explained(name: str, path: Path) -> None:
    assert len(explained(ANSWERS[name](path))) > 5


def literals(annotation: Any) -> tuple[str, ...]:
    """The words that an option takes, if words are what it takes."""
    if typing.get_origin(annotation) is typing.Literal:
        return typing.get_args(annotation)
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        return tuple(word for part in typing.get_args(annotation) for word in literals(part))
    return ()


def options() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every option of every verb that is one of some words."""
    for name in [*ANSWERS, *OTHER_THINGS, *OF_MONTHS]:
        verb = inspect.unwrap(getattr(ipmo, name))
        for option, parameter in inspect.signature(verb, eval_str=False).parameters.items():
            words = literals(eval(parameter.annotation, sys.modules[verb.__module__].__dict__))
            if words:
                yield name, option, words


@pytest.mark.parametrize(("name", "option", "words"), list(options()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_word_for_an_option_is_one_kind_of_error_that_names_the_choices(
    name: str, option: str, words: tuple[str, ...], path: Path, months: Path
) -> None:
    verb = getattr(ipmo, name)
    call = {**ANSWERS, **OF_MONTHS}.get(name) or (lambda pf, **more: verb(pf, ipmo.Money(1, "GBP"), **more))
    wrong: Any = ("rhubarb",) if option in ("include", "states") else "rhubarb"
    with pytest.raises(ipmo.OptionError) as caught:
        call(months if name in OF_MONTHS else path, **{option: wrong})
    assert "rhubarb" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_verb_that_takes_paths_shows_its_signature_and_docstring() -> None:
    signature = inspect.signature(ipmo.schedule)
    assert list(signature.parameters) == ["portfolio", "dialect", "on_cycle", "back_from"]
    assert signature.parameters["portfolio"].annotation == "Portfolio | Network | str | os.PathLike[str]"
    assert signature.parameters["on_cycle"].default == "error"
    assert inspect.getdoc(ipmo.schedule) == inspect.getdoc(inspect.unwrap(ipmo.schedule)) is not None
    assert pickle.loads(pickle.dumps(ipmo.schedule)) is ipmo.schedule


def test_a_portfolio_may_be_named_and_a_path_too(path: Path) -> None:
    pf = ipmo.read(path)
    assert ipmo.schedule(portfolio=pf).finish == ipmo.schedule(portfolio=path).finish == ipmo.schedule(str(path)).finish  # type: ignore[call-arg]
    assert not ipmo.compare(before=path, after=pf)  # type: ignore[call-arg]
    with pytest.raises(ipmo.FileError, match="no such file"):
        ipmo.status(path.with_name("librery.yaml"))


def test_two_portfolios_may_be_paths(path: Path) -> None:
    pf = ipmo.read(path)
    project = pf.projects[0].id
    assert not ipmo.variance_analysis(path, path, project, what="budget")
    assert ipmo.variance_analysis(ipmo.what_if(path, ipmo.changes.Stop(project)), pf.id, what="budget")


@pytest.mark.parametrize("verb", ["benefits", "check", "earned_value", "status"])
def test_a_baseline_may_be_a_path_and_is_refused_where_it_is_neither(verb: str, path: Path) -> None:
    ask: Any = getattr(ipmo, verb)
    whole = ask(path, baseline=ipmo.read(path))
    assert ask(path, baseline=str(path)).table().to_csv() == whole.table().to_csv() == ask(path, baseline=path).table().to_csv()
    for wrong in (5, {"id": "x"}):
        with pytest.raises(ipmo.OptionError, match=r"baseline=.* is not possible; write a portfolio or .*path"):
            ask(path, baseline=wrong)


def test_what_plugins_are_made_of_and_the_changes_are_not_spread_over_the_front_door() -> None:
    for room in (ipmo.plugin, ipmo.changes):
        for name in room.__all__:
            assert getattr(room, name) is not None
    assert not {"Check", "Methodology", "hookimpl", "Figure", "Section", "Delay", "Add", "Stop"} & set(ipmo.__all__)
    assert {"Gate", "Risk", "Benefit", "Objective", "Outcome", "Office", "Calendar", "Dialect", "schedule_quality"} <= set(ipmo.__all__)


@pytest.mark.parametrize("wrong", [None, 3, b"plan.yaml"])
def test_what_is_neither_a_portfolio_nor_a_path_is_refused_with_what_to_give(wrong: object) -> None:
    with pytest.raises(ipmo.OptionError, match="portfolio=.* is not possible; write a portfolio or the path of its file"):
        ipmo.schedule(wrong)  # type: ignore[arg-type]
    with pytest.raises(ipmo.OptionError, match="after=.* is not possible; write a portfolio or the path of its file"):
        ipmo.compare(ipmo.Portfolio(id="x"), wrong)  # type: ignore[arg-type]
    with pytest.raises(ipmo.OptionError, match="read it first by ipmo.from_dict"):
        ipmo.roll_up({"ipmo": 1}, "budget")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [None, 7.5, b"x", ("x", 3), date(2026, 1, 1), [], {"x": 1}])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_key_of_any_kind_that_names_nothing_is_an_unknown_item(name: str, key: object, path: Path) -> None:
    found = ANSWERS[name](path)
    assert key not in found
    with pytest.raises(ipmo.UnknownItemError):
        found[key]


@pytest.mark.parametrize("key", [[], {"x": 1}])
def test_a_key_that_cannot_be_hashed_names_nothing_in_what_an_answer_holds_either(key: object, path: Path) -> None:
    for found in (ipmo.read(path), ipmo.schedule(path).commitments, ipmo.remembered(ipmo.read(path))):
        assert key not in found
        with pytest.raises(ipmo.UnknownItemError):
            found[key]  # type: ignore[index]


def test_a_place_past_the_end_of_an_answer_by_key_is_an_unknown_item(path: Path) -> None:
    for found in (ipmo.schedule(path), ipmo.gates(path), ipmo.remembered(ipmo.read(path)), ipmo.read(path)):
        with pytest.raises(ipmo.UnknownItemError):
            found[99]  # type: ignore[index]


def test_what_is_neither_a_history_nor_its_folder_is_refused_with_what_to_give(path: Path, tmp_path: Path) -> None:
    for wrong in (ipmo.read(path), 5, None):
        with pytest.raises(ipmo.OptionError, match="history=.* is not possible; write a history or the folder of its snapshots"):
            ipmo.trend(wrong, "budget")  # type: ignore[arg-type]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ipmo.FileError, match="the folder holds no snapshot; `ipmo snapshot` makes one"):
        ipmo.reporting_compliance(tmp_path / "empty")


def test_items_that_are_not_there_are_said_and_one_id_is_one_item(path: Path) -> None:
    pf = ipmo.read(path)
    assert ipmo.leads_to(pf, "hall") == ipmo.leads_to(pf, ["hall"])
    assert [row.item for row in ipmo.delay_sensitivity(pf, items="catalogue/build")] == ["catalogue/build"]
    with pytest.raises(ipmo.UnknownItemError, match="'hal' is not in portfolio 'library'; close: 'hall'"):
        ipmo.leads_to(pf, ["hal"])
    with pytest.raises(ipmo.UnknownItemError, match="'hal' is not in the projects and tasks of this portfolio; close: 'hall'"):
        ipmo.delay_sensitivity(pf, items="hal")
    for wrong in (5, object()):
        with pytest.raises(ipmo.OptionError, match="measure=.* is not possible; write text or a measure"):
            ipmo.roll_up(pf, wrong)  # type: ignore[arg-type]
        with pytest.raises(ipmo.OptionError, match="by=.* is not possible; write text or None"):
            ipmo.roll_up(pf, "budget", by=wrong)  # type: ignore[arg-type]
    with pytest.raises(ipmo.UnknownItemError, match="is not in the measures"):
        ipmo.roll_up(pf, "rhubarb")
    with pytest.raises(ipmo.OptionError, match="item=None is not possible; write the id of what moved"):
        ipmo.variance_analysis(pf, pf)  # type: ignore[call-overload]
    with pytest.raises(ipmo.UnknownItemError, match=r"portfolio 'library': none that it names has a file; `ipmo snapshot --baseline ID`"):
        ipmo.baseline(ipmo.examples.load("library"))


def test_the_amount_that_is_to_be_approved_may_be_text(path: Path) -> None:
    assert ipmo.approver(path, "100 k GBP") == ipmo.approver(path, ipmo.Money(100_000, "GBP"))
    for wrong in ("a lot", "5"):
        with pytest.raises(ipmo.UnitError, match="amount=.*write for example 1200 GBP"):
            ipmo.approver(path, wrong)
    with pytest.raises(ipmo.OptionError, match="amount=.* is not possible; write an amount such as '1200 GBP' or a fraction or None"):
        ipmo.approver(path, {"amount": 3})  # type: ignore[arg-type]


def test_what_a_noun_is_called_in_a_message_is_said_in_words() -> None:
    with pytest.raises(ipmo.ModelError, match="expected a money settings as a mapping"):
        ipmo.Portfolio(id="x", money="GBP")  # type: ignore[arg-type]
    with pytest.raises(ipmo.ModelError, match="expected a list of rate rows; got"):
        ipmo.Portfolio(id="x", rates={"EUR": 2})  # type: ignore[arg-type]
    with pytest.raises(ipmo.ModelError, match="expected a gate decision as a mapping"):
        ipmo.Portfolio(id="x", projects=[{"id": "P", "gates": [{"id": "g", "decision": "go"}]}])  # type: ignore[list-item]


def test_an_empty_portfolio_has_no_finish_that_was_reached_or_is_to_come(tmp_path: Path) -> None:
    empty = ipmo.Portfolio(id="empty", start="2026-01-05")
    assert repr(ipmo.schedule(empty)) == "<Schedule: 0 items, finish none, 0 critical>"
    assert "no work is planned" in ipmo.report(empty, tmp_path / "report.html").read_text(encoding="utf-8")
    done = ipmo.Portfolio(
        id="done",
        start="2026-01-05",
        status_date="2026-02-01",
        projects=[{"id": "P", "tasks": [{"id": "a", "duration": "1 d", "actual_start": "2026-01-05", "actual_finish": "2026-01-06"}]}],  # type: ignore[list-item]
    )
    assert ipmo.schedule(done).end_text == "reached"
    unknown = ipmo.Portfolio(id="unknown", start="2026-01-05", projects=[{"id": "P", "tasks": [{"id": "a"}]}])  # type: ignore[list-item]
    assert ipmo.schedule(unknown).end_text == "unknown"


def test_figures_of_one_are_singular_and_thousands_stand_apart(path: Path) -> None:
    assert repr(ipmo.benefits(path)) == "<Benefits: NPV 75,489.99 GBP, 2 of 2 known>"
    assert repr(ipmo.gates(path)) == "<Gates: 1 gate, 1 open, 1 of them ready>"
    assert repr(ipmo.decisions_due(path)).startswith("<DecisionQueue: 1 decision due, ")
    one = ipmo.Findings([ipmo.Finding(code="x/y", message="late", item="a")])
    two = ipmo.Findings([*one, ipmo.Finding(code="x/y", message="late", item="b")])
    assert (repr(one), repr(two)) == (
        "<Findings: 1 warning>",
        "<Findings: 2 warnings>",
    )


def test_the_installed_plugins_are_an_answer_like_any_other() -> None:
    found = ipmo.plugins()
    assert [row.name for row in found] == list(found.ids) == list(found.table()["name"])
    assert len(found) == len(found.table())
    assert "ipmo" in found
    assert found["ipmo"] == found[0]
    assert found["ipmo"].status == "built in"
    assert found.explain("ipmo").startswith(f"ipmo: ipmo {ipmo.__version__}, built in; ")
    with pytest.raises(ipmo.UnknownItemError, match="close: 'agile'"):
        found["agle"]


def test_an_answer_whose_rows_are_figures_by_name_says_which_row_each_is(path: Path) -> None:
    for answer in (ipmo.line_of_sight(path), ipmo.time_phase(path)):
        assert [row.id for row in answer] == list(answer.ids)
        row = answer[0]
        assert dict(row) == {name: row[name] for name in row}
        assert row.get("rhubarb", "none") == "none"
        with pytest.raises(ipmo.UnknownItemError):
            row["rhubarb"]


def test_counts_of_nothing_can_be_asked_for_though_they_are_no_row(path: Path) -> None:
    log = ipmo.raid_log(path)
    assert all(row.total for row in log)
    assert ("hall", "assumption") not in log.ids
    assert ("hall", "assumption") in log
    assert log["hall", "assumption"].total == 0


MORE: dict[str, Callable[..., Any]] = {
    **{
        f"roll_up of {one}": lambda pf, one=one: ipmo.roll_up(pf, one)
        for one in ("effort", "finish", "progress", "spent", "status", "house-carbon")
    },
    **{f"roll_up by {one}": lambda pf, one=one: ipmo.roll_up(pf, "budget", by=one) for one in ("owner", "objective", "quarter")},
    "roll_up at P80": lambda pf: ipmo.roll_up(pf, "budget", confidence=0.8),
    "earned_value of a baseline": lambda pf: ipmo.earned_value(pf, baseline=ipmo.baseline(pf)),
    "commitments": lambda pf: ipmo.schedule(pf).commitments,
    "plugins": lambda pf: ipmo.plugins(),
}


@pytest.mark.parametrize("name", [*ANSWERS, *MORE, *OF_MONTHS])
def test_every_answer_goes_through_a_pool_of_processes(name: str, path: Path, months: Path) -> None:
    answer = (ANSWERS | MORE | OF_MONTHS)[name](months if name in OF_MONTHS else path)
    again = pickle.loads(pickle.dumps(answer))
    assert type(again) is type(answer)
    assert plain(again) == plain(answer)
    assert repr(again) == repr(answer)
    if hasattr(answer, "explain") and answer.ids and name not in OF_MONTHS:
        assert explained(again) == explained(answer)

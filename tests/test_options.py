"""Every option of every verb takes what it says, and refuses everything else in the words of its own error."""

from __future__ import annotations

import inspect
import math
import pickle
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.changes import Delay
from ipmo.options import checked, said

WRONG: dict[str, Any] = {
    "a number": 5,
    "a negative number": -3,
    "a number beyond all floats": 10**400,
    "nan": math.nan,
    "infinity": math.inf,
    "a truth value": True,
    "an object": object(),
    "a list of numbers": [1, 2],
    "a list of nothing": [None],
    "empty text": "",
    "text": "rhubarb",
    "bytes": b"rhubarb",
    "plain data": {"rhubarb": 1},
    "a set": {3},
    "a function": lambda *_: 1,
    "a class": int,
    "a portfolio": ipmo.Portfolio(id="rhubarb", start="2026-01-05"),
}
"""What people pass by mistake, or a program does."""

FIRST: dict[str, Callable[[Path], tuple[Any, ...]]] = {
    "approver": lambda p: (p, "5 k GBP"),
    "audit_trail": lambda p: (p,),
    "calibration": lambda p: (p.with_name("history"),),
    "compare": lambda p: (p, p),
    "effect_of": lambda p: (p.with_name("history"), ["catalogue"]),
    "forget": lambda p: (ipmo.read(p),),
    "from_dict": lambda p: ({"ipmo": 1},),
    "from_tables": lambda p: (ipmo.read(p).tables(),),
    "history": lambda p: (p.with_name("history"),),
    "leads_to": lambda p: (p, ["hall"]),
    "load_simulation": lambda p: (p.with_name("city.npz"),),
    "movement": lambda p: (p.with_name("history"),),
    "merge": lambda p: (p, {"branch": p}),
    "plugins": lambda p: (),
    "propose_mapping": lambda p: (p.with_name("list.csv"),),
    "read_mapping": lambda p: (p.with_name("mapping.yaml"),),
    "read_changes": lambda p: (p.with_name("changes.yaml"),),
    "reference_classes": lambda p: (p.with_name("history"),),
    "remembered": lambda p: (ipmo.read(p),),
    "report": lambda p: (p, p.with_name("out") / "report.html"),
    "reporting_compliance": lambda p: (p.with_name("history"),),
    "roll_up": lambda p: (p, "budget"),
    "save_simulation": lambda p: (ipmo.simulate(p, samples=5), p.with_name("out") / "city.npz"),
    "scenarios": lambda p: (p, {"later": [Delay("hall/build", "3 d")]}),
    "snapshot": lambda p: (p, p.with_name("out") / "snapshot.json"),
    "translate": lambda p: (p,),
    "trend": lambda p: (p.with_name("history"), "budget"),
    "variance_analysis": lambda p: (p, p, "hall"),
    "what_we_learn": lambda p: (p.with_name("history"),),
    "write": lambda p: (p, p.with_name("out") / "plan.yaml"),
    "write_mapping": lambda p: (ipmo.read_mapping(p.with_name("mapping.yaml")), p.with_name("out") / "mapping.yaml"),
    "write_template": lambda p: (p.with_name("out") / "template.xlsx",),
    "write_changes": lambda p: ([Delay("hall/build", "3 d")], p.with_name("out") / "changes.yaml"),
}
"""The arguments that a verb needs; the path of a portfolio where nothing is said."""
NEEDED: dict[str, dict[str, Any]] = {"translate": {"to": "agile"}, "effect_of": {"since": "2026-01-01"}}
VERBS = [name for name in ipmo.__all__ if inspect.isfunction(getattr(ipmo, name))]


def every_option() -> Iterator[tuple[str, str]]:
    """Each verb with each of its parameters."""
    for verb in VERBS:
        for name, one in inspect.signature(getattr(ipmo, verb)).parameters.items():
            if one.kind is not one.VAR_POSITIONAL:
                yield verb, name


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as a file, with two months and a file of changes beside it."""
    folder = tmp_path_factory.mktemp("options")
    pf = ipmo.examples.load("library")
    ipmo.write(pf, folder / "library.yaml")
    (folder / "out").mkdir()
    ipmo.snapshot(pf, folder / "history" / "one.json")
    ipmo.snapshot(pf.evolve(status_date="2026-07-01"), folder / "history" / "two.json")
    ipmo.write_changes([Delay("hall/build", "3 d")], folder / "changes.yaml")
    (folder / "list.csv").write_text("Project ID,Project name,Total budget\nP1,Tram,12 M GBP\n", encoding="utf-8")
    ipmo.write_mapping(ipmo.propose_mapping(folder / "list.csv"), folder / "mapping.yaml")
    ipmo.save_simulation(ipmo.simulate(pf, samples=5), folder / "city.npz")
    return folder / "library.yaml"


def asked(verb: str, plan: Path, option: str, value: Any) -> Any:
    """The answer of a verb with one argument as given; looked through, so that nothing is left for later."""
    function = getattr(ipmo, verb)
    given = list(FIRST.get(verb, lambda p: (p,))(plan))
    names = list(inspect.signature(function).parameters)
    named = dict(NEEDED.get(verb, {}))
    if option in names[: len(given)]:
        given[names.index(option)] = value
    else:
        named[option] = value
    answer = function(*given, **named)
    if hasattr(answer, "table"):
        answer.table()
        repr(answer)
        list(answer)
    return answer


def said_of(error: ipmo.IpmoError, option: str, value: Any) -> bool:
    """Whether an error says what was wrong: the option, or at least what was given for it."""
    text = str(error).lower()
    return option.lower() in text or (isinstance(value, str | Path) and str(value) != "" and str(value).lower() in text)


def every_mistake() -> Iterator[tuple[str, str, str]]:
    """Each option with each mistake; a function where one is taken, or a portfolio, is none."""
    for verb, option in every_option():
        for wrong, value in WRONG.items():
            takes = str(inspect.signature(getattr(ipmo, verb)).parameters[option].annotation)
            if not (callable(value) and "Callable" in takes) and not (wrong == "a portfolio" and "Portfolio" in takes):
                yield verb, option, wrong


@pytest.mark.parametrize(("verb", "option", "wrong"), list(every_mistake()))
def test_every_option_of_every_verb_takes_what_it_says_or_refuses_it_by_name(
    verb: str, option: str, wrong: str, plan: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # a file that is written under a wrong name hurts nobody
    value = WRONG[wrong]
    refused: ipmo.IpmoError | None = None
    try:
        asked(verb, plan, option, value)
    except ipmo.IpmoError as error:
        refused = error
    if refused is not None:  # plain data that is read says where in it something is wrong
        named = said_of(refused, option, value) or (wrong == "plain data" and isinstance(refused, ipmo.ModelError))
        assert named, f"{type(refused).__name__}: {refused}"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda p: ipmo.critical_links(p, near="x"), "near='x' is not possible; write a number"),
        (lambda p: ipmo.critical_links(p, near=-1), "near=-1 is not possible; write a number of working days of at least 0"),
        (lambda p: ipmo.attribute(p, samples=0), "samples=0 is not possible; write a whole number of at least 1"),
        (lambda p: ipmo.benefits(p, discount=[1]), r"discount=\[1\] is not possible; write a discount schedule or a number or text"),
        (lambda p: ipmo.roll_up(p, "budget", include=5), "include=5 is not possible; write several of: text"),
        (lambda p: ipmo.roll_up(p, "budget", include="closed"), "include='closed' is not known; write one of "),
        (lambda p: ipmo.assess_impact(p, states=5), "states=5 is not possible; write several of: one of 'raised', 'approved', "),
        (lambda p: ipmo.status(p, policy=5), "policy=5 is not possible; write one of 'worst child', .* or a policy"),
        (lambda p: ipmo.attribute(p, pool=3), "pool=3 is not possible; write a mapping of text to a number or None"),
        (lambda p: ipmo.time_phase(p, measures=["budget"]), r"measures=\['budget'\] is not possible; write a mapping of .* to a measure"),
        (lambda p: ipmo.gates(p, findings=5), "findings=5 is not possible; write several of: a finding or None"),
        (lambda p: ipmo.schedule_quality(p, of=5), "of=5 is not possible; write a schedule or None"),
        (lambda p: ipmo.schedule_quality(p, of=p), "of=.* is not possible; write a schedule or None"),
        (
            lambda p: ipmo.from_tables({"tasks": [{"id": "a"}]}),
            r"tables\['tasks'\]=.* is not possible; write a Table, or a frame of pandas",
        ),
        (lambda p: ipmo.Column("x", "integer", [1]), "kind='integer' is not known; write one of 'str', 'int', "),
        (lambda p: ipmo.schedule(p, back_from=5), "back_from=5 is not possible; write a date such as '2026-03-31' or None"),
        (lambda p: ipmo.critical_links(p, slip=10), "slip=10 is not possible; write a time such as '10 d'"),
        (lambda p: ipmo.schedule(5), "portfolio=5 is not possible; write a portfolio or the path of its file"),
        (lambda p: ipmo.critical_links(ipmo.schedule(p)), "portfolio=.* is not possible; write a portfolio or the path of its file"),
        (lambda p: ipmo.roll_up({"ipmo": 1}, "budget"), "not plain data; read it first by ipmo.from_dict"),
        (lambda p: ipmo.variance_analysis(p, p), "item=None is not possible; write the id of what moved"),
    ],
)
def test_a_wrong_value_is_one_kind_of_error_that_says_what_to_write(ask: Callable[[Path], Any], message: str, plan: Path) -> None:
    with pytest.raises(ipmo.OptionError, match=message) as caught:
        ask(plan)
    assert isinstance(caught.value, ValueError | TypeError)
    again = pickle.loads(pickle.dumps(caught.value)) if not isinstance(caught.value.given, ipmo.Schedule) else caught.value
    assert (str(again), again.option, again.choices, again.takes) == (
        str(caught.value),
        caught.value.option,
        caught.value.choices,
        caught.value.takes,
    )


@pytest.mark.parametrize("kind", ["str", "int", "float", "bool", "date", "datetime"])
def test_a_column_holds_what_its_kind_says_and_nothing_else(kind: str) -> None:
    with pytest.raises(ipmo.UnitError, match=f"column 'x' holds values of kind '{kind}'; row 1 is "):
        ipmo.Column("x", kind, [None, b"a"])
    assert len(ipmo.Column("x", kind, [None, None]).values) == 2


def test_a_column_of_numbers_takes_every_kind_of_number_and_no_truth_value() -> None:
    assert ipmo.Column("x", "float", [1, 2.5, Fraction(1, 2)]).values == (1, 2.5, Fraction(1, 2))
    with pytest.raises(ipmo.UnitError, match="row 0 is True"):
        ipmo.Column("x", "int", [True])
    with pytest.raises(ipmo.ModelError, match="different lengths: 'a' 1, 'b' 2"):
        ipmo.Table([ipmo.Column("a", "int", [1]), ipmo.Column("b", "int", [1, 2])])


def test_dates_and_times_may_be_text_and_a_wrong_one_names_its_option(plan: Path) -> None:
    assert ipmo.schedule(plan, back_from="2027-06-30").finish == ipmo.schedule(plan, back_from=date(2027, 6, 30)).finish
    for ask, option in ((lambda: ipmo.status(plan, as_of="June"), "as_of"), (lambda: ipmo.critical_links(plan, slip="soon"), "slip")):
        with pytest.raises(ipmo.UnitError, match=f"^{option}='"):
            ask()


def test_one_word_is_one_of_several_and_what_is_gone_through_once_is_kept(plan: Path) -> None:
    whole = ipmo.line_of_sight(plan, include=("proposed",)).table()
    assert ipmo.line_of_sight(plan, include="proposed").table() == ipmo.line_of_sight(plan, include=iter(["proposed"])).table() == whole
    assert ipmo.gates(plan, findings=(found for found in ipmo.check(plan))).table() == ipmo.gates(plan).table()


def test_what_an_annotation_lets_in_is_said_in_words() -> None:
    assert said(ipmo.Portfolio | str | Path | None) == "a portfolio or text or a path or None"

    @checked
    def ask(count: int, *rest: object, share: float = 0.5, **more: object) -> tuple[object, ...]:
        return count, share, rest, more

    assert ask(2, object, "more", share=1, other=3) == (2, 1, (object, "more"), {"other": 3})
    with pytest.raises(ipmo.OptionError, match="count=True is not possible; write a whole number"):
        ask(True)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda p: ipmo.schedule(p).explain(5), "full_id=5 is not possible; write text"),
        (lambda p: ipmo.schedule(p).near_critical("x"), r"bands=\('x',\) is not possible; write several of: a number"),
        (lambda p: ipmo.schedule(p).near_critical(5), "bands=5 is not possible; write several of: a number"),
        (lambda p: ipmo.schedule(p).float_paths("x"), "count='x' is not possible; write a whole number"),
        (lambda p: ipmo.schedule(p).float_paths(0), "count=0 is not possible; write a whole number of at least 1"),
        (lambda p: ipmo.schedule(p).critical_path(5), "target=5 is not possible; write text or None"),
        (
            lambda p: ipmo.roll_up(p, "budget").table("x"),
            "level='x' is not known; write one of 'portfolio', 'programme', 'project', 'task', 'group'",
        ),
        (lambda p: ipmo.status(p).table("x"), "level='x' is not known; write one of "),
        (lambda p: ipmo.raid_log(p).table("x"), "level='x' is not known; write one of "),
        (lambda p: ipmo.risk_exposure(p).table("x"), "level='x' is not known; write one of "),
        (lambda p: ipmo.earned_value(p).table("x"), "level='x' is not known; write one of "),
    ],
)
def test_what_an_answer_is_asked_further_is_held_too(ask: Callable[[Path], Any], message: str, plan: Path) -> None:
    with pytest.raises(ipmo.OptionError, match=message):
        ask(plan)
    assert ipmo.check(plan).of(5) == ()


@pytest.mark.parametrize("near", [2, 2.0, Fraction(2), Decimal(2)])
def test_any_number_is_a_number(near: Any) -> None:
    pf = ipmo.examples.load("handover")
    assert ipmo.critical_links(pf, near=near).table() == ipmo.critical_links(pf, near=2.0).table()

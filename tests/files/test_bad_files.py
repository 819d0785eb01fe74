"""A table of bad files: what is said, and where."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.cli import main
from ipmo.errors import FileError, IpmoError

HEAD = "ipmo: 1\nportfolio: {id: x, start: 2026-01-05}\n"
# text after HEAD, line, column, what is said
LOCATED = [
    (
        "projects:\n  - id: a\n    tasks:\n      - {id: t}\n      - {id: u, after: {from: t, lag: 0.5 months}}\n",
        7,
        39,
        "0.5 months is not a whole number of months",
    ),
    ("projects:\n  - id: a\n    buget: 3 M GBP\n", 5, 12, "unknown field 'buget'; did you mean 'budget'?"),
    ("projects:\n  - id: a\n    start: 2026-02-30\n", 5, 12, "'2026-02-30' is not a date: day is out of range for month"),
    ("projects:\n  - id: a\n    id: b\n", 5, 5, "duplicate key 'id'"),
    ("projects:\n  - id: a\n    tasks:\n      - {id: t, duration: 10}\n", 6, 27, "'10' is not a length of time"),
    ("projects:\n  - id: a\n    tasks:\n      - {id: t, duration: 9**9**9 d}\n", 6, 27, "'9**9**9 d' is not a length of time"),
    ("projects:\n  - id: a\n    budget: 1e30000000 GBP\n", 5, 13, "'1e30000000 GBP' is not money"),
    ("projects:\n  - id: a\n    budget: 12 d\n", 5, 13, "'12 d' is not money"),
    (
        "projects:\n  - id: a\n    tasks:\n      - id: t\n        duration: {low: 1 d, likely: 9x, high: 3 d}\n",
        7,
        38,
        "'9x' is not a length of time",
    ),
    ("projects:\n  - id: a\n    tasks:\n      - id: t\n      - id: u\n        after: [t, nobody]\n", 8, 20, "after 'nobody' is no task"),
    ("projects:\n  - id: a\n    risks:\n      - {id: r, before: {probability: 1.5}}\n", 6, 39, "must be between 0 and 1 (got '1.5')"),
    ("projects:\n  - name: no id\n", 4, 5, "required field 'id' is missing"),
    ("projects:\n  - id: a\n    state: alive\n", 5, 12, "'alive' is not one of proposed, approved"),
    ("projects:\n  - id: a\n    owner: nobody\n", 5, 12, "owner 'nobody' is no person, board or office"),
    ("projects:\n  - a\n", 4, 5, "there is no such file"),
    ("projects:\n  - [a]\n", 4, 5, "expected a project as a mapping"),
    ("projects: a\n", 3, 11, "expected a list of projects"),
    ("projects:\n  - {id: a, extensions: {foo: {a: [1, -.Inf]}}}\n", 4, 39, "-.Inf is no number that a plan can hold"),
    ("projects:\n  - {id: a, attributes: {b: .nan}}\n", 4, 29, ".nan is no number that a plan can hold"),
    ("links:\n  - {from: a/b, to: c/d}\n", 4, 12, "from 'a/b' is no task"),
    ("people:\n  - {id: p, permanent: perhaps}\n", 4, 24, "'perhaps' is not true or false"),
    ("rates:\n  - {from: 2026-01-01, per: {EUR: -1}}\n", 4, 35, "must be above 0"),
    ("calendars:\n  - {id: c, hours: 9 to 5}\n", 4, 20, "is not working hours"),
    ("contributions:\n  - {from: b, to: o, share: 120 %}\n", 4, 29, "must be between 0 and 1 (got '120 %')"),
    ("benefits:\n  - id: b\n    enabled_by: b\n", 4, 5, "benefit 'b' enables itself; take one of them out"),
    (
        "benefits:\n  - {id: c}\n  - {id: b, outcome: o}\noutcomes:\n  - {id: o, enabled_by: b}\n",
        5,
        5,
        "the benefits map leads back to itself: 'b' -> 'o' -> 'b'; take one of them out",
    ),
    (
        "benefits:\n  - id: b\n    value: 3 M GBP per year\n    lasts: 2 years\n    ramp: [10 %, 50 %, 100 %]\n",
        7,
        11,
        "its ramp has 3 years, its life only 2 years; shorten ramp: or lengthen lasts:",
    ),
    ("benefits:\n  - {id: b, ramp: [10 %, 150 %]}\n", 4, 26, "must be between 0 and 1 (got '150 %')"),
    ("projects:\n  - id: a\n    budget: -3 M GBP\n", 5, 13, "budget must not be negative (got -3 M GBP)"),
    ("projects:\n  - id: a\n    tasks: [{id: t, actual: 3 pd}]\n", 5, 29, "'3 pd' is not money; write for example 1200 GBP"),
    ("projects:\n  - {id: a, budget: 12}\n", 4, 21, "'12' is not money; write for example 1200 GBP"),
    (
        "projects:\n  - id: a\n    confidence: {date: 2026-01-01, assessor: IPA, scale: dca-3, rating: amber-red}\n",
        5,
        73,
        "'amber-red' is not one of",
    ),
    ("projects:\n  - id: a\n    tasks:\n      - {id: t, actual_start: 2026-01-05T09:00Z}\n", 6, 31, "has a time zone"),
    ("anything: 1\n", 3, 11, "unknown field 'anything'"),
    ("name: x\n", 3, 7, "'name' stands at the top; write it under portfolio:"),
    ("changes:\n  - id: C\n    effect: [{double: {target: x}}]\n", 5, 14, "is not a change"),
    ("projects: &a []\n", 3, 11, "anchors (&name) are not allowed"),
    ("projects: *a\n", 3, 11, "aliases (*name) are not allowed"),
    ("projects: !!python/object/apply:os.system ['true']\n", 3, 11, "tags ("),
    ("? [a]\n: b\n", 3, 3, "a key must be text"),
    ("<<: {a: 1}\n", 3, 1, "merge keys (<<) are not allowed"),
    ("---\nipmo: 1\n", 3, 1, "a second document (---) is not allowed"),
    ("projects:\n\t- id: a\n", 4, 1, "not YAML"),
    ("projects: [\n", 4, 1, "not YAML"),
    ("projects: " + "[" * 150 + "]" * 150 + "\n", 3, 110, "nested deeper than 100"),
]


@pytest.mark.parametrize(("body", "line", "column", "said"), LOCATED, ids=[said for *_, said in LOCATED])
def test_each_problem_has_its_line_and_column(tmp_path: Path, body: str, line: int, column: int, said: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    found = [p for p in caught.value.problems if said in str(p)]
    assert found, str(caught.value)
    assert (found[0].line, found[0].column) == (line, column), str(found[0])
    assert found[0].file == str(path)


JSON_LOCATED = [
    (
        '{"ipmo": 1, "portfolio": {"id": "x"},\n "projects": [{"id": "a", "tasks": [{"id": "t", "duration": "10"}]}]}',
        2,
        61,
        "'10' is not a length",
    ),
    ('{"ipmo": 1, "portfolio": {"id": "x"},\n "projects": [{"id": "a", "id": "b"}]}', 2, 27, "duplicate key 'id'"),
    ('{"ipmo": 1, "portfolio": {"id": "x"},\n "projects": [{"id": "a"},,]}', 2, 27, "not JSON"),
    ('{"ipmo": 1, "portfolio": {"id": "x"}, "projects": [{"id": "a", "progress": NaN}]}', 1, 76, "NaN is no number that a plan can hold"),
]


@pytest.mark.parametrize(("text", "line", "column", "said"), JSON_LOCATED, ids=[said for *_, said in JSON_LOCATED])
def test_json_problems_have_positions_too(tmp_path: Path, text: str, line: int, column: int, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    found = next(p for p in caught.value.problems if said in str(p))
    assert (found.line, found.column) == (line, column)


WHOLE = [
    (b"", "the file is empty"),
    (b"  \n\n", "the file is empty"),
    (b"\xff\xfe\x00a", "UTF-16"),
    (b"ipmo: 1\nname: caf\xe9\n", "is not UTF-8"),
    (b"PK\x03\x04....", "a zip archive"),
    (b"%PDF-1.7", "a PDF"),
    (b"a\0b", "binary"),
    (b"<?xml version='1.0'?><a/>", "XML"),
    (b"ERMHDR\t1", "Primavera XER"),
    (b"just text", "no ipmo portfolio"),
    (b"# only a comment\n", "this is no ipmo portfolio but nothing"),
    (b"- a\n- b\n", "a list"),
    (b"a: 1\n", "does not say `ipmo: 1`"),
    (b"ipmo: 2\nportfolio: {id: x}\n", "version '2'"),
    (b"ipmo: 1\n", "no `portfolio:` with an id"),
    (b"{" * 100_000, "not JSON"),
    (b"[" * 100_000, "nested deeper"),
    (b"ipmo: 1\nx: " + b"[" * 100_000, "nested deeper than 100"),
    (b"\x89PNG\r\n", "picture"),
]


@pytest.mark.parametrize(("raw", "said"), WHOLE, ids=[said for _, said in WHOLE])
def test_a_file_of_another_kind_is_named(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(raw)
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    assert said in str(caught.value), str(caught.value)[:300]
    assert str(path) in str(caught.value)


def test_invalid_utf8_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"ipmo: 1\nname: caf\xe9\n")
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 10)


def test_an_alias_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8))
    )
    with pytest.raises(FileError, match="anchors"):
        ipmo.read(path)


def test_a_huge_scalar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_text(HEAD + "projects:\n  - id: a\n    name: " + "x" * (100 * 2**20))
    with pytest.raises(FileError, match="at most 1,048,576 are read"):
        ipmo.read(path)


def test_a_missing_file_names_one_that_is_close_and_a_folder_says_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(HEAD)
    with pytest.raises(FileError, match="close: 'plan.yaml'"):
        ipmo.read(tmp_path / "plam.yaml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="holds no portfolio"):
        ipmo.read(tmp_path / "empty")


def test_a_file_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("id: s\n")
    folder = tmp_path / "pf"
    folder.mkdir()
    for entry in ("../secret.yaml", str(tmp_path / "secret.yaml")):
        (folder / "portfolio.yaml").write_text(HEAD + f"projects: ['{entry}']\n")
        with pytest.raises(FileError, match="leads out of the portfolio's folder"):
            ipmo.read(folder)
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "portfolio.yaml").write_text(HEAD + "projects: [link.yaml]\n")
    with pytest.raises(FileError, match="leads out"):
        ipmo.read(folder)
    (folder / "portfolio.yaml").write_text(HEAD + "baselines: [{id: B, date: 2026-01-01, file: ../secret.yaml}]\n")
    with pytest.raises(FileError, match="leads out"):
        ipmo.read(folder)


@pytest.mark.parametrize("target", ["p.yaml", "p.json", "p.xlsx", "folder/", "csv", "parquet"])
@pytest.mark.parametrize("file", ["../secret.yaml", "{folder}/secret.yaml"])
def test_a_baseline_whose_file_leads_out_of_the_folder_is_not_written_as_nothing_would_read_it(
    target: str, file: str, tmp_path: Path
) -> None:
    plan = ipmo.Portfolio(id="p", start="2026-01-05", status_date="2026-02-01")
    pf = plan.evolve(baselines=[{"id": "B", "date": "2026-01-01", "file": file.format(folder=tmp_path)}])
    format = f"{target}-folder" if target in ("csv", "parquet") else None
    said = f"{target.strip('/')}: baseline 'B': .* leads out of the portfolio's folder; name a file inside it"
    with pytest.raises(FileError, match=said):
        ipmo.write(pf, f"{tmp_path}/{target}", format=format)
    with pytest.raises(FileError, match="leads out of the portfolio's folder"):
        ipmo.snapshot(pf, tmp_path / "frozen.json")
    assert not list(tmp_path.iterdir())
    inside = pf.evolve(baselines=[{"id": "B", "date": "2026-01-01", "file": "old/b.json"}])
    ipmo.write(inside, f"{tmp_path}/{target}", format=format)
    assert ipmo.read(f"{tmp_path}/{target}").baselines == inside.baselines


def test_problems_in_a_project_file_name_that_file(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "portfolio.yaml").write_text(HEAD)
    (tmp_path / "projects" / "tram.yaml").write_text("id: tram\ntasks:\n  - id: a\n    duration: 10 x\n")
    with pytest.raises(FileError) as caught:
        ipmo.read(tmp_path)
    problem = caught.value.problems[0]
    assert (Path(problem.file).name, problem.line, problem.column) == ("tram.yaml", 4, 15)


def test_all_problems_come_in_one_go_references_included(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(
        HEAD
        + "projects:\n  - id: a\n    buget: 1\n    owner: nobody\n    tasks:\n      - {id: t, duration: 3}\n      - {id: u, after: zz}\n"
    )
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    assert [p.line for p in caught.value.problems] == [5, 6, 8, 9]


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("duration", "{low: 1 d, likely: .inf d, high: 9 d}", "duration.likely"),
        ("duration", "{p10: 1 d, likely: 2 d, p90: inf d}", "duration.p90"),
        ("budget", "{low: 1 d, likely: 2 GBP, high: 9 GBP}", "budget.low"),
        ("after", "{from: a, lag: {low: 1 d, likely: .inf d, high: 9 d}}", "after.lag.likely"),
    ],
)
def test_a_wrong_value_of_an_estimate_is_one_problem(field: str, value: str, part: str, tmp_path: Path) -> None:
    """It is not said besides to lack that value, while a reference that names nothing is."""
    path = tmp_path / "wrong.yaml"
    path.write_text(HEAD + f"projects: [{{id: p, tasks: [{{id: a}}, {{id: b, {field}: {value}, parent: ghost}}]}}]")
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    places = [".".join(map(str, one.path[4:])) for one in caught.value.problems]
    assert places == [part, "parent"]


def test_at_most_a_hundred_problems_are_listed_then_counted(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(HEAD + "projects:\n" + "".join(f"  - {{id: p{i}, state: x}}\n" for i in range(250)))
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    assert len(str(caught.value).splitlines()) == 101
    assert str(caught.value).endswith("and 150 more problems")


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_input_ends_in_an_error_of_another_library(raw: bytes) -> None:
    from ipmo.files.documents import parse
    from ipmo.files.portfolios import read_plain

    try:
        read_plain(parse(raw.decode("utf-8", "replace"), "x").data)
    except IpmoError:
        pass


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    ["id", "tasks", "after", "duration", "budget", "projects", "links", "from", "to", "gates", "status", "low", "owner"]
                ),
                inner,
                max_size=4,
            ),
        ),
    )
)
def test_no_data_ends_in_an_error_of_another_library(data: object) -> None:
    try:
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x"}, "projects": [data], "links": data, "benefits": [data]})
    except IpmoError:
        pass


def test_what_is_unknown_is_read_and_counted_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "thin.yaml"
    path.write_text(
        HEAD
        + "projects:\n  - {id: bar, start: 2026-02-01, finish: 2026-03-01}\n  - id: p\n    tasks:\n      - id: nodur\n      - {id: prog, duration: 4 d, progress: 50 %}\n"
    )
    pf = ipmo.read(path)
    codes = {f.code for f in ipmo.check(pf)}
    assert {"ipmo/no-duration", "ipmo/progress-without-start", "ipmo/default-calendar"} <= codes


def test_strict_reading_raises_on_any_finding(tmp_path: Path) -> None:
    path = tmp_path / "seconds.yaml"
    path.write_text("ipmo: 1\nportfolio: {id: x, start: '2026-01-05T09:00:30'}\n")
    pf = ipmo.read(path)
    assert [f.code for f in pf.source.findings] == ["ipmo/seconds"]
    assert pf.source.findings[0] in list(ipmo.check(pf))
    with pytest.raises(FileError, match="rounded to the minute"):
        ipmo.read(path, strict=True)


@pytest.mark.parametrize("time", ["08:00", "08:00:00", "08:00:00.000"])
def test_a_time_of_whole_minutes_is_not_rounded_and_nothing_is_said(time: str, tmp_path: Path) -> None:
    path = tmp_path / "seconds.yaml"
    path.write_text(f"ipmo: 1\nportfolio: {{id: x, start: '2026-01-05T{time}', status_date: '2026-01-05 {time}'}}\n")
    assert not ipmo.read(path, strict=True).source.findings
    path.write_text(f"ipmo: 1\nportfolio: {{id: x, start: '2026-01-05T{time[:5]}:00.400'}}\n")
    assert [f.code for f in ipmo.read(path).source.findings] == ["ipmo/seconds"]


def test_a_loop_is_a_finding_with_its_position_when_read(tmp_path: Path) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text(
        HEAD + "projects:\n  - id: p\n    tasks:\n      - {id: b, duration: 1 d, after: a}\n      - {id: a, duration: 1 d, after: b}\n"
    )
    found = ipmo.read(path).source.findings
    assert [(f.code, f.item, f.line, f.column) for f in found] == [("ipmo/loop", "p/a", 7, 9)]
    assert "'p/a' -FS-> 'p/b' -FS-> 'p/a'" in found[0].message


def test_text_keeps_its_source_where_text_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "text.yaml"
    path.write_text(HEAD + "projects:\n  - {id: 007, name: no, category: 1e3, attributes: {a: 1.50, b: true}}\n")
    project = ipmo.read(path).projects[0]
    assert (project.id, project.name, project.category, dict(project.attributes)) == ("007", "no", "1e3", {"a": "1.50", "b": "true"})


def test_numbers_may_be_numbers_in_json(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text(json.dumps({"ipmo": 1, "portfolio": {"id": 7}, "projects": [{"id": "p", "progress": 0.5}]}))
    pf = ipmo.read(path)
    assert (pf.id, pf.projects[0].progress) == ("7", 0.5)


MONEY = "ipmo: 1\nportfolio: {id: x, start: 2026-01-05, money: {currency: GBP}}\nprojects:\n  - {id: a, budget: 3 M GBP}\n"
# text after MONEY, what cannot be answered, line, column, what is said
NO_ANSWER = [
    (
        "  - {id: c, budget: {amount: 1 GBP, price_base: {year: 2024}}}\n  - {id: b, budget: {amount: 1 GBP, price_base: {year: 2026}}}\n",
        5,
        5,
        "budget of 'c' is in real 2024 prices, that of 'b' in real 2026 prices; they do not add: bring them to one base",
    ),
]


@pytest.mark.parametrize(("body", "line", "column", "said"), NO_ANSWER, ids=["price base"])
def test_what_cannot_be_added_is_an_error_at_the_item_that_stands_in_the_way(
    tmp_path: Path, body: str, line: int, column: int, said: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(MONEY + body, encoding="utf-8")
    pf = ipmo.read(path)  # nothing is lost: it reads, and everything else can be asked
    with pytest.raises(IpmoError, match=re.escape(said)):
        ipmo.roll_up(pf, "budget")
    (found,) = ipmo.check(path).of("ipmo/no-answer")
    assert said in found.message
    assert (found.severity.value, found.file, found.line, found.column) == ("error", str(path), line, column)
    done = CliRunner().invoke(main, ["roll-up", str(path), "budget"])
    assert done.exit_code == 1
    assert f"{path}:{line}:{column}: {said}" in done.output


def test_an_amount_without_a_rate_is_an_error_at_its_item_and_all_else_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(MONEY + "  - id: b\n    tasks:\n      - {id: t, duration: 5 d, budget: 2 M EUR}\n", encoding="utf-8")
    said = "budget of 'b/t' is 2 M EUR, that of 'a' is in GBP: no rate from EUR to GBP; add one under rates:"
    assert str(ipmo.roll_up(path, "budget").total.value) == "3 M GBP"
    with pytest.raises(IpmoError, match=re.escape(said)):
        ipmo.roll_up(path, "budget", unrated="refuse")
    assert ipmo.check(path).of("ipmo/no-answer") == ()
    (found,) = ipmo.check(path).of("ipmo/no-rate")
    assert (found.severity.value, found.file, found.line, found.column) == ("error", str(path), 7, 9)
    done = CliRunner().invoke(main, ["roll-up", str(path), "budget"])
    assert done.exit_code == 0
    assert said in done.output


def test_shares_over_one_are_a_finding_and_an_error_where_value_is_divided(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        MONEY
        + "objectives: [{id: o}]\nbenefits:\n  - {id: b1, value: 1 GBP, enabled_by: a}\n  - {id: b2, value: 1 GBP, enabled_by: a}\n"
        + "contributions:\n  - {from: b1, to: o, share: 70 %}\n  - {from: b2, to: o, share: 50 %}\n"
    )
    (found,) = ipmo.check(path).of("ipmo/benefit-overclaimed")
    assert (found.severity.value, found.line, found.column) == ("error", 5, 14)
    done = CliRunner().invoke(main, ["attribution", str(path)])
    assert f"{path}:5:14: the shares into 'o' sum to 120%; together they are at most 100 %" in done.output


def test_findings_of_a_folder_point_into_the_file_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "portfolio.yaml").write_text("ipmo: 1\nportfolio: {id: x, start: 2026-01-05}\n")
    (tmp_path / "projects" / "a.yaml").write_text("id: a\ntasks:\n  - {id: s, duration: 1 d}\n  - {id: t}\n")
    (found,) = ipmo.check(tmp_path).of("ipmo/no-duration")
    assert (found.item, Path(found.file).name, found.line, found.column) == ("a/t", "a.yaml", 4, 5)
    assert not [f for f in ipmo.check(ipmo.read(tmp_path)) if f.line]  # the file may have changed since it was read


# ------------------------------------------------------------------------------------ what no file can hold

JSON = '{"ipmo": 1, "portfolio": {"id": "x", "extensions": {"a": %s}, "name": %s}, "projects": [{"id": "p", "attributes": {"k": %s}}]}'
HALF, NUL = '"a\\ud800"', '"a\\u0000b"'


def json_with(extension: str = "1", name: str = '"n"', attribute: str = '"v"') -> str:
    return JSON % (extension, name, attribute)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (json_with(name=HALF), "portfolio.name", r"'a\ud800' holds half a character (U+D800), which no file can hold; take it out"),
        (json_with(name=NUL), "portfolio.name", r"'a\x00b' holds a NUL character, which no text has; take it out"),
        (json_with(extension=f'{{"b": [1, {HALF}]}}'), "portfolio.extensions.a.b[1]", "holds half a character"),
        (json_with(extension=f"{{{NUL}: 1}}"), "portfolio.extensions.a", "holds a NUL character"),
        (json_with(extension='{"b": 1e999}'), "portfolio.extensions.a.b", "inf is no plain data"),
        (json_with(attribute=HALF), "projects[0].attributes.k", "holds half a character"),
        (json_with().replace('"id": "p"', f'"id": {NUL}'), "projects[0].id", "holds a NUL character"),
        (json_with().replace('"name"', HALF), r"portfolio.a\ud800", r"unknown field 'a\ud800'"),
        (json_with(extension="[" * 500 + "]" * 500), "portfolio.extensions.a[0]", "nested deeper than 100 levels"),
        (json_with(name="[" * 500 + "]" * 500), "portfolio.name[0][0]", "nested deeper than 100 levels"),
    ],
)
def test_what_no_file_can_hold_is_refused_at_its_place_from_files_and_from_python(text: str, where: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    [problem] = caught.value.problems
    assert problem.where in (where, where.partition("[")[0])  # how far Python can follow what is nested differs between versions
    assert (problem.file, problem.line) == (str(path), 1)
    assert problem.column > 1
    words = (said,) if "nested" not in said else ("nested deeper than", "a list is not text")
    assert any(one in str(problem) for one in words)
    str(caught.value).encode()  # a terminal can show it
    with pytest.raises(IpmoError) as again:
        ipmo.from_dict(json.loads(text))
    assert str(problem).removeprefix(f"{path}:1:{problem.column}: ") == str(again.value)


@pytest.mark.parametrize("value", ["a\ud800", "a\0b", "\udfff"])
def test_text_that_no_file_can_hold_is_refused_in_python_too(value: str) -> None:
    for ask in (
        lambda: ipmo.Portfolio(id="x", name=value),
        lambda: ipmo.Portfolio(id=value),
        lambda: ipmo.Project(id="p", attributes={"k": value}),
        lambda: ipmo.Portfolio(id="x", extensions={"a": {"b": [value]}}),
        lambda: ipmo.Task(id="t", after=[value]),
    ):
        with pytest.raises(IpmoError, match=r"holds (half a character|a NUL)"):
            ask()


def test_lines_and_letters_of_any_language_are_text() -> None:
    for value in ("two\nlines", "tab\there", "Straße", "東京", "👩‍🚀", "\u2028"):
        assert ipmo.Portfolio(id="x", name=value).name == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"ipmo": 1, "ipmo": 1, "portfolio": {"id": "x"}}}}', "a.json:1:49: not JSON: Extra data"),
        ('{"ipmo": 1,\n"ipmo": 1, "x": [}', "a.json:2:18: not JSON: Expecting value"),
        ('{"ipmo": 1,\n "ipmo": 1, "portfolio": {"id": "x"}}', "a.json:2:2: duplicate key 'ipmo'; keep one of them"),
        ('{"a": 1, "a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested deeper than 100 levels"),
    ],
)
def test_a_key_twice_in_a_broken_file_is_said_after_what_is_broken(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FileError, match=re.escape(said)):
        ipmo.read(path)


def test_only_ordinary_files_are_read(tmp_path: Path) -> None:
    import os

    (tmp_path / "projects").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    os.mkfifo(tmp_path / "projects" / "pipe.yaml")
    long = "f" * 300 + ".yaml"
    for ask, said in (
        (lambda: ipmo.read(tmp_path / "pipe.yaml"), "is no ordinary file"),
        (lambda: ipmo.read(tmp_path / long), "there is no such file"),
        (lambda: ipmo.read("a\0b"), "there is no such file"),
    ):
        with pytest.raises(FileError, match=said):
            ask()
    for entry, said in (
        ("projects/pipe.yaml", "is no ordinary file"),
        (f"projects/{long}", "File name too long"),
        ('"p\\0"', "leads out"),
    ):
        (tmp_path / "portfolio.yaml").write_text(HEAD + f"projects: [{entry}]\n")
        with pytest.raises(FileError, match=said):
            ipmo.read(tmp_path / "portfolio.yaml")
    (tmp_path / "portfolio.yaml").write_text(HEAD + f"baselines: [{{id: b, date: 2026-01-05, file: projects/{long}}}]\n")
    assert [finding.code for finding in ipmo.read(tmp_path / "portfolio.yaml").source.findings] == ["ipmo/baseline-missing"]
    (tmp_path / "portfolio.yaml").write_text(HEAD + "baselines: [{id: b, date: 2026-01-05, file: projects/pipe.yaml}]\n")
    with pytest.raises(FileError, match="is no ordinary file"):
        ipmo.baseline(tmp_path / "portfolio.yaml")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.csv", b"qq,zz\n1,2\n3,4\n", "nothing says which of its columns means what"),
        ("plan.xlsx", b"PK\x03\x04x", "no whole workbook"),
        ("PLAN.TSV", b"a\tb\n", "it holds one row and nothing below it"),
    ],
)
def test_a_spreadsheet_says_how_its_rows_become_a_portfolio(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=says) as caught:
        ipmo.read(tmp_path / name)
    assert ("mapping" in str(caught.value)) == (says[:7] == "nothing")


def test_every_number_of_json_that_is_none_is_refused_at_its_place(tmp_path: Path) -> None:
    """Python writes them; one in a text is text. What is broken further down is said first: places are known in whole JSON only."""
    path = tmp_path / "x.json"
    begin = '{"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"},\n "projects": [{"id": "P", "name": "NaN and Infinity",\n  "extensions": '
    path.write_text(begin + '{"a": [1, Infinity], "b": NaN,\n   "c": -Infinity}}]}')
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    hint = "leave the field out where it is unknown; in quotes it is a text"
    assert [(one.line, one.column, one.message, one.hint) for one in caught.value.problems] == [
        (3, 27, "Infinity is no number that a plan can hold", hint),
        (3, 43, "NaN is no number that a plan can hold", hint),
        (4, 9, "-Infinity is no number that a plan can hold", hint),
    ]
    path.write_text(begin + '{"a": NaN, "b": }}]}')
    with pytest.raises(FileError, match="not JSON: Expecting value") as caught:
        ipmo.read(path)
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (3, 33)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".NaN", "+.Inf", "Infinity", "NaN"])
def test_a_text_that_looks_like_no_number_is_written_so_that_it_comes_back(text: str, tmp_path: Path) -> None:
    pf = ipmo.Portfolio(id="x", projects=[ipmo.Project(id="P", name=text, attributes={"a": text})])
    for name in ("x.yaml", "x.json"):
        ipmo.write(pf, tmp_path / name)
        assert ipmo.read(tmp_path / name) == pf

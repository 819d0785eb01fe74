"""The words of the field: the glossary has them, and what people read has no other ones. Pages that are made are up to date."""

from __future__ import annotations

import ast
import html
import importlib.util
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml
from click.testing import CliRunner

import ipmo
from ipmo.analysis.dependencies.handovers import InterfaceAgreement
from ipmo.analysis.money.earned_value import EarnedSchedule, Indices
from ipmo.cli import main
from ipmo.files.schema import json_schema
from ipmo.model.shape import keys_of, shape

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

TERMS = """
    portfolio, programme, project, task, board, authority, tolerance, exception, gate, condition, waiver, baseline, snapshot,
    reporting compliance, RAID log, change request, status date, commitment, critical path, total float, free float, target float, drag,
    schedule quality, dependency, giver, receiver, hand-over, interface, interface agreement, margin, boundary, project-level dependency,
    external dependency, dependency structure matrix, single point of failure, roll-up, time-phased budget, earned value, earned schedule,
    benefit, outcome, objective, benefit attribution, leave one out, cost of delay, line of sight, what-if, variance analysis,
    delay sensitivity, impact assessment, capacity
"""

ABANDONED = {
    r"returns(?! an?| any| the| what| its| one| None)": "reporting compliance",
    r"freezes?|froze|freezing|months? frozen|frozen (?:months?|plans?|there|under|in|as)": "snapshot",
    r"claim(?:s|ed)?": "benefit attribution",
    r"points": "single points of failure",
    r"slips": "delay sensitivity",
    r"borders?": "boundary",
    r"coarse": "project-level dependency",
    r"stubs?": "external dependency",
    r"amiss": "issues",
    r"room": "margin",
    r"(?:interface|link|hand-?over) contracts?|contracts? (?:between|of) (?:projects|links|hand-?overs)": "interface agreement",
    r"promise[sd]?": "commitment",
    r"knock-?outs?": "leave one out",
    r"bod(?:y|ies)": "board",
    r"explain_move": "variance analysis",
    r"hangs? on": "dependencies",
    r"nought": "zero",
    r"asked": "",
    r"told": "",
}
"""Words that practitioners stumbled over, and what is said now. `sight` stands in `line of sight` only."""

MEANT = (
    r"lines? of sight",
    r"single\s+points?",
    r"single-points",
    r"percentage points|points of (?:a team|the DCMA)|story points|points and velocity|points of 0 to 100|points? (?:at|to|\d+)\b|14 points?|DCMA points?|\d+ points (?:pass|fail)",
    r"risk registers|interface registers?",
    r"body of knowledge",
    r"import contracts?|contracts in",
    r"a slip|(?:that|it|task,|something) slips",
)
"""Where such a word is the field's own: cut out before looking."""


def stray(text: str) -> list[str]:
    """Abandoned words in a text, each with what stands around it."""
    for meant in MEANT:
        text = re.sub(meant, " ", text, flags=re.I)
    found = [re.finditer(rf"(?<![\w/`-])(?:{word})(?![\w:`-])", text, re.I) for word in (*ABANDONED, "sight")]
    return [f"{hit.group()}: …{' '.join(text[max(hit.start() - 50, 0) : hit.end() + 40].split())}…" for hits in found for hit in hits]


def prose(page: str) -> str:
    """A page without its code: blocks, words in backticks, addresses."""
    page = re.sub(r"```.*?```", " ", page, flags=re.S)
    page = re.sub(r"`[^`]*`", " ", page)
    return re.sub(r"\]\([^)]*\)", "]", page)


PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")), *sorted((ROOT / "plugins").glob("*/README.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_says_an_abandoned_word(page: Path) -> None:
    text = prose(page.read_text(encoding="utf-8"))
    if page.name in ("architecture.md", "rooms.md", "testing.md"):  # of the house that the code is
        text = re.sub(r"\b(?:rooms?|contracts?)\b", " ", text, flags=re.I)
    assert stray(text) == []


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("command", [(), *commands(main)], ids=" ".join)
def test_no_help_text_says_an_abandoned_word(command: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*command, "--help"])
    assert shown.exit_code == 0
    assert stray(shown.output) == []


def words_of(value: object) -> Iterator[str]:
    """What a portfolio says itself: its names, texts and notes."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from words_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words_of(inner)
    elif isinstance(value, str):
        yield value


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the reports of the examples say, without markup and without what the portfolios themselves say."""
    folder = tmp_path_factory.mktemp("reports")
    texts = {}
    for name in ("library", "handover", "commitment", "city"):
        pf = ipmo.read(ROOT / "examples" / "city.yaml") if name == "city" else ipmo.examples.load(name)
        page = ipmo.report(pf, folder / f"{name}.html").read_text(encoding="utf-8")
        page = re.sub(r"<(style|code)[^>]*>.*?</\1>", " ", page, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]+>", "\n", page))
        for said in sorted(set(words_of(ipmo.to_dict(pf))), key=len, reverse=True):
            text = text.replace(said, " ") if len(said) > 4 else text
        texts[name] = text
    return texts


@pytest.mark.parametrize("name", ["library", "handover", "commitment", "city"])
def test_no_report_says_an_abandoned_word(name: str, reports: dict[str, str]) -> None:
    assert stray(re.sub(r"\b[a-z_]+:", " ", reports[name])) == []


@pytest.mark.parametrize("name", ["library", "handover", "commitment", "city"])
def test_no_report_says_one_things_or_two_thing(name: str, reports: dict[str, str]) -> None:
    nouns = "project|programme|task|link|finding|benefit|objective|package|item|pair|decision|resource|month|day|row|gate|risk|hand-over"
    assert re.findall(rf"(?<![\d.,−-])1 (?:{nouns})s\b", reports[name]) == []
    assert re.findall(rf"\b(?:[02-9]|\d\d+) (?:{nouns})\b(?! or| and)", reports[name]) == []


def glossary() -> list[tuple[str, str, str, str]]:
    """Term, meaning, source and place of every row."""
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.M)
    return [row for row in rows if row[0] not in ("term", "---")]


def test_the_glossary_has_every_term_with_its_meaning_and_source() -> None:
    rows = glossary()
    terms = [row[0] for row in rows]
    assert len(terms) == len(set(terms))
    assert all(all(cell.strip() for cell in row) for row in rows)
    wanted = {" ".join(term.split()) for term in TERMS.split(",")}
    assert wanted - set(terms) == set()
    text = " ".join(terms)
    for word in filter(None, ABANDONED.values()):
        if word not in ("zero", "issues", "dependencies"):
            assert word.split()[0] in text


def everything() -> set[str]:
    """Names that exist: of the front and side doors, of their classes, of the file format."""
    names = {*ipmo.__all__, *ipmo.model.__all__, *ipmo.plugin.__all__, *ipmo.changes.__all__}
    for name in list(names):
        thing = getattr(ipmo, name, None) or getattr(ipmo.model, name, None)
        if inspect.isclass(thing):
            names |= {f"{name}.{part}" for part in dir(thing)} | set(dir(thing)) | set(getattr(thing, "__annotations__", ()))
        elif inspect.isfunction(thing):
            names |= set(inspect.signature(thing).parameters)
    for part in (InterfaceAgreement, EarnedSchedule, Indices):
        names |= {f"{part.__name__}.{name}" for name in dir(part)} | {part.__name__} | set(dir(part))
    names |= set(dir(ipmo.critical_links(ipmo.examples.load("library"))))
    schema = json_schema()
    names |= {key for part in schema["$defs"].values() for key in part.get("properties", {})} | set(schema.get("properties", {}))
    return names | {"ipmo"}


def test_what_the_glossary_names_exists() -> None:
    known = everything()
    codes = {code for found in ipmo.check(ipmo.examples.load("library")) for code in found.codes}
    for term, _, _, place in glossary():
        for code in re.findall(r"`([^`]+)`", place):
            name = re.sub(r"\(.*", "", code).removesuffix(":")
            if name.startswith("ipmo/"):
                assert any(found.startswith(name.rstrip("*")) for found in codes), (term, code)
                continue
            name = name.removeprefix("ipmo.").removeprefix("model.")
            assert name in known or name.partition(".")[2] in known, (term, code)


def script(place: str) -> ModuleType:
    """A script of the docs as a module."""
    spec = importlib.util.spec_from_file_location(Path(place).stem, DOCS / place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_of_the_house_and_the_list_of_rooms_are_up_to_date() -> None:
    made = script("pictures/make_house.py")
    hint = "run python docs/pictures/make_house.py"
    assert (DOCS / "pictures" / "house.svg").read_text(encoding="utf-8") == made.house().to_svg(), hint
    assert (DOCS / "rooms.md").read_text(encoding="utf-8") == made.listing(), hint


def test_every_noun_has_a_page_that_is_up_to_date_and_its_docstring_lists_its_fields() -> None:
    made = script("nouns/make_nouns.py")
    pages = made.pages()
    assert {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "nouns").glob("*.md")} == pages, (
        "run python docs/nouns/make_nouns.py"
    )
    for cls in made.nouns():
        fields = re.findall(r"^ +(\w+): .", inspect.getdoc(cls).partition("\nArgs:\n")[2], re.MULTILINE)
        assert fields == [one.name for one in shape(cls)], cls


def test_the_example_of_every_noun_reads() -> None:
    made = script("nouns/make_nouns.py")
    for cls in made.nouns():
        text, _ = made.example(cls)
        data = yaml.safe_load(text)
        if cls is ipmo.Portfolio:
            assert ipmo.from_dict(data).id == "city"
            continue
        if isinstance(data, dict):
            assert cls(**{keys_of(cls)[key].name: value for key, value in data.items()}) is not None
        else:  # what may stand as a list or a text alone
            assert isinstance(getattr(ipmo.Task(id="t", **{cls.__name__.lower(): data}), cls.__name__.lower()), cls)


def test_the_reference_names_every_verb_and_answer_of_the_front_door() -> None:
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    for name in ipmo.__all__:
        thing = getattr(ipmo, name)
        if inspect.isfunction(thing):
            assert f".. autofunction:: ipmo.{name}\n" in page
        elif inspect.isclass(thing) and not issubclass(thing, Exception) and name != "Problem":
            assert re.search(rf"\.\. autoclass:: [\w.]*\b{name}\n", page), name


SENTENCES = (
    r"\b(?:freez\w+|froze|nought|amiss|coarse|stubs?|borders?|knock-?outs?|hangs? on|asked|told|bod(?:y|ies) (?:above|below|that))\b"
)


def sentences(path: Path) -> Iterator[str]:
    """What a module says to people: its texts of more than one word that are no docstrings; what is filled in is `{}`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value and id(node) not in alone | inside:
            yield node.value


MODULES = [path for folder in (ROOT / "src", *(ROOT / "plugins").glob("*/src")) for path in folder.rglob("*.py")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_message_says_an_abandoned_word(path: Path) -> None:
    assert [text for text in sentences(path) if re.search(SENTENCES, re.sub(r"`[^`]*`", " ", text), re.I)] == []


DOCSTRINGS = r"\b(?:nought|amiss|coarse|borders?|knock-?outs?|hangs? (?:on|together)|(?:a|the) body (?:or|that|decides)|explain_move)\b"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_docstring_or_comment_says_an_abandoned_word(path: Path) -> None:
    text = re.sub(r"`[^`]*`", " ", path.read_text(encoding="utf-8"))
    assert [hit.group() for hit in re.finditer(DOCSTRINGS, " ".join(text.split()), re.I)] == []

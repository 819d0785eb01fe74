"""Words for the choices of a field: the proposal and the reading take each for the same."""

import pytest

import ipmo
from ipmo.registers.cells.choice_words import choice_words, is_plain, plain_word
from ipmo.registers.cells.outcomes import Refused
from ipmo.registers.cells.reading import Settings, read_column
from ipmo.registers.fields import CATALOGUE
from ipmo.registers.mapping import ColumnMapping
from ipmo.registers.proposing.columns import look_at
from ipmo.registers.proposing.details import Details, detailed
from ipmo.registers.proposing.headings import heading

CHOICES = [(kind.name, field) for kind in CATALOGUE.values() for field in kind.fields.values() if field.cell == "choice"]


@pytest.mark.parametrize(("register", "field"), CHOICES, ids=lambda one: getattr(one, "name", one))
def test_a_word_is_proposed_as_what_it_is_read_as(register, field):
    words = list(choice_words(field.choices))
    read = read_column(words, field, Settings())
    assert not any(isinstance(outcome, Refused) for outcome in read)
    assert set(read) == set(field.choices)
    mapped = detailed(ColumnMapping(header="x", field=field.name), field, heading("x"), look_at(words), Details())
    proposed = read_column(words, field, Settings(scale=mapped.scale))
    assert proposed == read


@pytest.mark.parametrize(
    ("register", "field", "typed", "meant"),
    [
        ("projects", "state", "Planned", "approved"), ("projects", "state", "Pipeline", "proposed"), ("projects", "state", "Not started", "approved"),
        ("projects", "state", "DRAFT", "proposed"), ("projects", "state", "On-hold", "paused"), ("risks", "state", "Watch", "open"),
        ("risks", "state", "Materialised", "occurred"), ("raid", "state", "Under review", "open"), ("issues", "severity", "Major", "high"),
        ("raid", "severity", "P1", "critical"), ("risks", "response", "Fallback", "contingent"), ("changes", "state", "Logged", "raised"),
        ("links", "status", "At risk", "disputed"), ("links", "type", "finish_to_start", "FS"), ("programmes", "rag", "Orange", "amber"),
        ("projects", "confidence_rating", "Red/Amber", "amber-red"), ("raid", "type", "Risks", "risk"),
    ],
)  # fmt: skip
def test_words_of_offices_mean_what_practitioners_mean(register, field, typed, meant):
    assert read_column([typed], CATALOGUE[register].fields[field], Settings()) == [meant]


def test_what_a_planned_project_is_taken_for_is_doubted(tmp_path):
    assert not is_plain(plain_word("Planned"))
    file = tmp_path / "projects.csv"
    file.write_text("Project ID,Project name,Status\nP1,Tram,Planned\nP2,Depot,Active\n")
    (sheet,) = ipmo.propose_mapping(file).sheets
    doubt = next(column.doubt for column in sheet.columns if column.field == "state")
    assert "'Planned' is taken for approved" in doubt
    pf = ipmo.read(file)
    assert [project.state for project in pf.projects] == ["approved", "active"]

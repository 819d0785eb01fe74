"""What amounts of a column are counted in, as its heading and its cells say it in the languages and countries that say it otherwise."""

import pytest

import ipmo
from ipmo.registers.cells.amounts import MONEY, WORDS
from ipmo.registers.proposing.headings import heading
from ipmo.units import as_money

HEADINGS = {
    "Budget (T€)": ("EUR", 1_000),
    "Budget in TEUR": ("EUR", 1_000),
    "Budget in Tsd. Euro": ("EUR", 1_000),
    "Budget [Mio. EUR]": ("EUR", 1_000_000),
    "Budget (Mrd. €)": ("EUR", 1_000_000_000),
    "Coût (en milliers d'euros)": ("EUR", 1_000),
    "Presupuesto (miles de €)": ("EUR", 1_000),
    "Presupuesto (millones de euros)": ("EUR", 1_000_000),
    "Orçamento (R$ mil)": ("BRL", 1_000),
    "Cost ($ mil)": ("$", 1_000_000),
    "Cost (GBP mil)": ("GBP", 1_000_000),
    "Budget (tys. PLN)": ("PLN", 1_000),
    "Kostnad (tkr)": (None, 1_000),
    "Kostnad (mnkr)": (None, 1_000_000),
    "Budget (₹ Cr)": ("INR", 10_000_000),
    "Budget (INR lakh)": ("INR", 100_000),
    "Budget (Rs. lakh)": (None, 100_000),
    "Begroting (x € 1.000)": ("EUR", 1_000),
    "Begroting (x 1.000.000 €)": ("EUR", 1_000_000),
    "Cost (£000s)": ("GBP", 1_000),
    "Cost (£)": ("GBP", 1),
    "Budget (£m, 2020 prices)": ("GBP", 1_000_000),
}


@pytest.mark.parametrize("text", HEADINGS)
def test_a_heading_says_what_its_amounts_count_in(text):
    read = heading(text)
    assert (read.currency, read.multiplier, read.unread) == (*HEADINGS[text], "")


@pytest.mark.parametrize(("text", "word"), [("Budget (mil €)", "mil"), ("Cost (£ Cr)", "cr"), ("Budget (EUR hundert)", "hundert")])
def test_a_word_beside_a_currency_that_may_be_a_multiplier_is_doubted_and_never_passed_over(text, word, tmp_path):
    path = tmp_path / "projects.csv"
    path.write_text(f"Project ID;Project name;{text}\nP1;Tram;12\nP2;Depot;8\n", encoding="utf-8")
    mapping = ipmo.propose_mapping(path)
    assert heading(text).unread.lower() == word
    assert any(word in doubt and "multiplier:" in doubt for doubt in mapping.doubts)


@pytest.mark.parametrize("text", ["Montant (€ HT)", "Value (£ p.a.)", "Cost (GBP net)", "Amount in EUR", "Cost per day (£)"])
def test_what_is_no_multiplier_beside_a_currency_is_no_doubt(text):
    assert (heading(text).multiplier, heading(text).unread) == (1, "")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("R$ 5 mil", "5000 BRL"),
        ("£5 mil", "5000000 GBP"),
        ("5 Tsd. €", "5000 EUR"),
        ("12,5 Milliarden EUR", "12500000000 EUR"),
        ("₹2.5 crore", "25000000 INR"),
        ("₹3 Cr", "30000000 INR"),
    ],
)
def test_cells_say_what_they_count_in(cell, said, tmp_path):
    assert read(cell, tmp_path) == as_money(said)


@pytest.mark.parametrize("cell", ["€5 mil", "£1,250 CR"])
def test_a_word_that_means_one_thing_here_and_another_there_is_refused(cell, tmp_path):
    assert read(cell, tmp_path) is None


def read(cell, tmp_path):
    path = tmp_path / "projects.csv"
    path.write_text(f'Project ID;Project name;Budget\nP1;Tram;"{cell}"\n', encoding="utf-8")
    (tmp_path / "m.yaml").write_text(
        "mapping: 1\ndelimiter: ';'\nsheets:\n  - {register: projects, columns: {Project ID: id, Project name: name, Budget: budget}}\n"
    )
    budget = ipmo.read(path, mapping=tmp_path / "m.yaml").projects[0].budget
    return None if budget is None else budget.lines[0].amount.value


@pytest.mark.parametrize("word", [word for word in WORDS if word.isascii()])
def test_every_multiplier_of_a_cell_is_known_to_its_grammar(word):
    match = MONEY.fullmatch(f"5 {word}")
    assert word in (match["power"], match["back"])

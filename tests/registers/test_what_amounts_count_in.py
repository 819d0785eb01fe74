"""What amounts of a column are counted in, as its heading and its cells say it in the languages and countries that say it otherwise."""

import attrs
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


def read_amounts(tmp_path, heading, cells, **mapped):
    """Of a list of projects: what each amount is, None where it is refused, and the reasons."""
    path = tmp_path / "projects.csv"
    rows = [f'P{place},Project {place},"{cell}"' for place, cell in enumerate(cells)]
    path.write_text("\n".join([f"Project ID,Project name,{heading}", *rows, ""]), encoding="utf-8")
    mapping = ipmo.propose_mapping(path)
    if mapped:
        (sheet,) = mapping.sheets
        columns = tuple(attrs.evolve(one, **mapped) if one.field == "budget" else one for one in sheet.columns)
        mapping = attrs.evolve(mapping, sheets=(attrs.evolve(sheet, columns=columns),), doubt="")
    pf = ipmo.read(path, mapping=mapping)
    refused = [finding.message for finding in pf.source.findings if finding.code == "register/cell-refused"]
    amounts = [one.budget.lines[0].amount.value if one.budget is not None else None for one in pf.projects]
    return [None if one is None else f"{int(one.amount)} {one.currency}" for one in amounts], refused


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["£1.2m", "£3.4m", "2.5", "£800k"], ["1200000 GBP", "3400000 GBP", None, "800000 GBP"]),
        (["£1,250,000", "2.5", "£ 4 million", "£1m"], ["1250000 GBP", None, "4000000 GBP", "1000000 GBP"]),
        (["£300k", "0.5bn", "(300)"], ["300000 GBP", "500000000 GBP", None]),  # 300 thousand, or 300
        (["£12k", "£9.5k", "14", "0"], ["12000 GBP", "9500 GBP", None, "0 GBP"]),
        (["GBP 2bn", "0.75", "750,000,000"], ["2000000000 GBP", None, "750000000 GBP"]),
        (["£1.2m", "250,000", "£3m"], ["1200000 GBP", "250000 GBP", "3000000 GBP"]),  # in full it is of their size
        (["£1.2k", "£850", "500"], ["1200 GBP", "850 GBP", "500 GBP"]),
        (["£12k", "5"], ["12000 GBP", "5 GBP"]),  # one alone says nothing of the size of the others
        (["5", "£900bn", "7", "3"], ["5 GBP", "900000000000 GBP", "7 GBP", "3 GBP"]),
        (["£12k", "5", "9,000"], ["12000 GBP", None, "9000 GBP"]),
    ],
)
def test_a_small_bare_number_beside_amounts_with_multipliers_of_their_own_is_refused(tmp_path, cells, right):
    found, refused = read_amounts(tmp_path, "Budget", cells)
    assert found == right
    assert len(refused) == right.count(None)
    assert all("names no multiplier" in one for one in refused)


@pytest.mark.parametrize(
    ("cells", "odd"),
    [
        (["£1.2m", "2.5"], [3]),
        (["£1m", "£1m", "2.5"], [4]),
        (["5", "£900bn", "7", "3"], [2, 4, 5]),
        (["£12k", "9,000"], []),
        (["£12k", "0"], []),
    ],
)
def test_a_bare_amount_beside_one_alone_with_a_multiplier_is_read_as_it_stands_and_doubted(tmp_path, cells, odd):
    path = tmp_path / "projects.csv"
    path.write_text("\n".join(["Project ID,Project name,Budget", *(f'P{n},Project {n},"{cell}"' for n, cell in enumerate(cells)), ""]))
    mapping = ipmo.propose_mapping(path)
    assert any("names no multiplier" in doubt or "name no multiplier" in doubt for doubt in mapping.doubts) == bool(odd)
    for how in (None, mapping):
        pf = ipmo.read(path, mapping=how)
        assert [finding.line for finding in pf.source.findings if finding.code == "register/amount-size"] == odd
        assert pf.source.cells["refused"] == 0
    (sheet,) = mapping.sheets
    stated = tuple(attrs.evolve(one, multiplier="") if one.field == "budget" else one for one in sheet.columns)
    pf = ipmo.read(path, mapping=attrs.evolve(mapping, sheets=(attrs.evolve(sheet, columns=stated),)))
    assert not [finding for finding in pf.source.findings if finding.code == "register/amount-size"]


@pytest.mark.parametrize(
    ("heading", "cells", "doubt"),
    [
        ("Budget", ["£1.2m", "£3.4m", "2.5", "4.1"], "'2.5', '4.1' name no multiplier, and others do: they are refused; write `multiplier:` (1 for amounts in full)"),
        ("Budget (£m)", ["1.2", "3400000", "0.8"], "'3400000' seems to be written in full in a column of M: it is refused"),
        ("Budget (£k)", ["1200", "3400000", "3500000", "800"], "'3400000', '3500000' seem to be written in full in a column of k: they are refused"),
    ],
)  # fmt: skip
def test_the_proposal_doubts_amounts_that_will_be_refused(tmp_path, heading, cells, doubt):
    path = tmp_path / "projects.csv"
    path.write_text("\n".join([f"Project ID,Project name,{heading}", *(f'P{n},Project {n},"{cell}"' for n, cell in enumerate(cells)), ""]))
    mapping = ipmo.propose_mapping(path)
    assert [one.doubt for one in mapping.sheets[0].columns if one.field == "budget"] == [doubt]
    assert ipmo.read(path, mapping=mapping).source.cells["refused"] == doubt.count("'") // 2


def test_a_mapping_may_say_that_bare_amounts_are_written_in_full(tmp_path):
    assert read_amounts(tmp_path, "Budget", ["£1.2m", "£3m", "250"], multiplier="") == (["1200000 GBP", "3000000 GBP", "250 GBP"], [])
    assert read_amounts(tmp_path, "Budget", ["£1.2m", "£3m", "2.5"], multiplier="M") == (["1200000 GBP", "3000000 GBP", "2500000 GBP"], [])


@pytest.mark.parametrize(
    ("heading", "cells", "right"),
    [
        ("Budget (£m)", ["1.2", "3400000", "250000", "0.8", "45000"], ["1200000 GBP", None, None, "800000 GBP", None]),
        ("Budget (£k)", ["1200", "3400000", "250,000", "800"], ["1200000 GBP", None, "250000000 GBP", "800000 GBP"]),
        ("Budget (€ million)", ["4.5", "12", "180000"], ["4500000 EUR", "12000000 EUR", None]),
        ("Budget (₹ crore)", ["2.5", "3", "40000000"], ["25000000 INR", "30000000 INR", None]),
        ("Budget (£bn)", ["1.1", "0.4", "20000"], ["1100000000 GBP", "400000000 GBP", None]),
        # a programme of 100 bn beside small ones is real
        ("Budget (£m)", ["20", "350", "98000", "1200"], ["20000000 GBP", "350000000 GBP", "98000000000 GBP", "1200000000 GBP"]),
        ("Budget (£k)", ["900000", "1500000", "40000"], ["900000000 GBP", "1500000000 GBP", "40000000 GBP"]),
    ],
)
def test_an_amount_ten_thousand_times_the_others_of_its_column_is_refused(tmp_path, heading, cells, right):
    found, refused = read_amounts(tmp_path, heading, cells)
    assert found == right
    assert len(refused) == right.count(None)
    assert all("written in full" in one for one in refused)

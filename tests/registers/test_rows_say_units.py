"""A column beside the amounts that says what they count in, and rows of text that are longer than their headings."""

import pytest

import ipmo
from ipmo.registers.building.counted_in import CountedIn, counted_in
from ipmo.units import as_money


def read(tmp_path, text, mapping=None, name="register.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    if mapping is not None:
        (tmp_path / "m.yaml").write_text(mapping, encoding="utf-8")
    return ipmo.read(path, mapping=None if mapping is None else tmp_path / "m.yaml")


def found(pf, code):
    return [one.message for one in pf.source.findings if one.code == f"register/{code}"]


# ------------------------------------------------------------------------------------------ units


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("£k", CountedIn("GBP", "k")),
        ("£000s", CountedIn("GBP", "k")),
        ("£'000", CountedIn("GBP", "k")),
        ("k€", CountedIn("EUR", "k")),
        ("EUR m", CountedIn("EUR", "M")),
        ("GBP", CountedIn("GBP")),
        ("Thousands", CountedIn("", "k")),
        ("£m per annum", CountedIn("GBP", "M", "year")),
        ("$bn", CountedIn("", "bn")),
        ("million pounds", CountedIn("GBP", "M")),
    ],
)
def test_units_of_money(unit, said):
    assert counted_in(unit) == said


@pytest.mark.parametrize(
    "unit", ["FTE", "hours", "%", "m", "mm", "km", "people", "tonnes", "euromillions a day", "kr m2", "Rsk", "days saved"]
)
def test_units_of_other_things_are_no_money(unit):
    assert counted_in(unit) is None


@pytest.mark.parametrize("heading", ["Value", "Value (£)"])
def test_a_benefit_is_worth_what_its_unit_says_and_no_money_where_it_is_counted_in_posts(tmp_path, heading):
    rows = "B1,Savings,P1,£k,600\nB2,Jobs,P2,FTE,60\nB3,Fees,P2,£,750\nB4,Energy,P1,£m,1.25\n"
    pf = read(tmp_path, f"Benefit ID,Benefit,Project,Unit,{heading}\n{rows}")
    worth = {one.id: one.value for one in pf.benefits}
    assert worth == {"B1": as_money("600000 GBP"), "B2": None, "B3": as_money("750 GBP"), "B4": as_money("1250000 GBP")}
    assert {one.id: one.unit for one in pf.benefits}["B2"] == "FTE"
    (refused,) = found(pf, "cell-refused")
    assert "row 3, column E" in refused and "'FTE'" in refused


def test_a_unit_that_contradicts_the_heading_is_refused(tmp_path):
    pf = read(tmp_path, "Benefit ID,Benefit,Unit,Value (£k)\nB1,Savings,£m,600\nB2,Rent,£k,60\nB3,Fees,£,70\n")
    assert [one.value for one in pf.benefits] == [None, as_money("60000 GBP"), as_money("70000 GBP")]
    assert len(found(pf, "cell-refused")) == 1


def test_a_unit_and_a_currency_of_a_row(tmp_path):
    pf = read(tmp_path, "Benefit ID,Benefit,Unit,Value,Currency\nB1,A,thousands,600,EUR\nB2,B,£k,60,EUR\nB3,C,,5000,GBP\n")
    assert [one.value for one in pf.benefits] == [as_money("600000 EUR"), None, as_money("5000 GBP")]


def test_the_unit_of_what_is_measured_is_not_that_of_the_value(tmp_path):
    pf = read(tmp_path, "Benefit ID,Benefit,Unit,Baseline,Target,Value (£)\nB1,Fewer visits,visits,100,60,5000\n")
    (one,) = pf.benefits
    assert (one.unit, one.baseline, one.target, one.value) == ("visits", 100, 60, as_money("5000 GBP"))


def test_units_of_a_list_of_projects(tmp_path):
    pf = read(
        tmp_path,
        "Project ID,Project,Currency,Units,Budget,Actual cost\nP1,Tram,GBP,millions,12,3\nP2,Depot,EUR,thousands,900,20\nP3,Bus,GBP,FTE,7,2\n",
    )
    spent = [(one.budget.lines[0].amount.value if one.budget else None) for one in pf.projects]
    assert spent == [as_money("12000000 GBP"), as_money("900000 EUR"), None]
    assert len(found(pf, "cell-refused")) == 2


def test_a_unit_of_the_organisation_says_nothing_of_amounts(tmp_path):
    pf = read(tmp_path, "Project ID,Project,Unit,Budget (£k)\nP1,Tram,Transport,12\nP2,Depot,Estates,9\n")
    assert [one.budget.lines[0].amount.value for one in pf.projects] == [as_money("12000 GBP"), as_money("9000 GBP")]


# ------------------------------------------------------------------------------------------ longer rows

LONG = "ID,Name,Finish,Budget (£m)\nP1,Tram,31/12/2026,12,5\nP2,Depot,01/02/2027,3\n"
MAPPING = """mapping: 1
currency: GBP
dates: day first
sheets:
  - register: projects
    header: 1
    columns:
      ID: id
      Name: name
      Finish: finish
      Budget (£m): {field: budget, multiplier: M}
"""


@pytest.mark.parametrize("mapping", [None, MAPPING])
def test_a_row_longer_than_its_headings_is_refused_with_its_place(tmp_path, mapping):
    pf = read(tmp_path, LONG, mapping)
    assert [one.id for one in pf.projects] == ["P2"]
    (refused,) = found(pf, "row-refused")
    assert refused.startswith("row 2 ") and "'5' in column E" in refused and "quotation marks" in refused


def test_a_comma_in_the_middle_moves_no_date_into_another_column(tmp_path):
    pf = read(tmp_path, "ID,Name,Budget (£m),Start,Finish\nP1,Tram,12,5,13/01/2026,31/12/2026\nP2,Depot,3,14/01/2026,01/02/2027\n")
    assert [one.id for one in pf.projects] == ["P2"]


def test_empty_cells_behind_the_headings_and_columns_without_a_heading_are_no_longer_rows(tmp_path):
    pf = read(tmp_path, "ID,Name,Budget (£m)\nP1,Tram,12,,\nP2,Depot,3\n")
    assert [one.id for one in pf.projects] == ["P1", "P2"]
    pf = read(tmp_path, "ID,Name,Budget (£m),\nP1,Tram,12,late\nP2,Depot,3\n", name="other.csv")
    assert [one.id for one in pf.projects] == ["P1", "P2"]


def test_a_mapping_that_says_what_the_further_column_is_is_believed(tmp_path):
    pf = read(tmp_path, LONG, MAPPING + "      '@E': ignore\n")
    assert [one.id for one in pf.projects] == ["P1", "P2"]


# ------------------------------------------------------------------------------------------ each column's own heading


def doubts(tmp_path):
    mapping = ipmo.propose_mapping(tmp_path / "register.csv")
    return {one.header: (one.field, one.multiplier, one.doubt) for one in mapping.sheets[0].columns}


def test_a_heading_in_pounds_is_read_in_full_beside_one_in_thousands(tmp_path):
    pf = read(tmp_path, "Project ID,Project,Budget (£k),Spent to date (£)\nP1,Tram,250,125000\nP2,Depot,1250,4000\nP3,Bridge,900,45\n")
    assert [one.budget.lines[0].amount.value for one in pf.projects] == [as_money(f"{one} GBP") for one in (250_000, 1_250_000, 900_000)]
    assert [one.actual.lines[0].amount.value for one in pf.projects] == [as_money(f"{one} GBP") for one in (125_000, 4_000, 45)]


def test_amounts_in_pounds_of_the_size_of_those_in_thousands_are_doubted(tmp_path):
    read(tmp_path, "Risk ID,Project,Risk,Risk value (£k),Mitigation cost (£)\nR1,P1,Flood,100,500\nR2,P1,Fire,400,200\nR3,P1,Ice,25,150\n")
    field, multiplier, doubt = doubts(tmp_path)["Mitigation cost (£)"]
    assert (field, multiplier) == ("response_cost", None) and "in full" in doubt


@pytest.mark.parametrize(
    "heads", ["Impact (£k),Exposure (£k)", "Cost impact (£k),Risk exposure (£k)", "Financial impact £k,Total exposure £k"]
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_impact_is_what_is_lost_and_the_exposure_is_not(tmp_path, heads, turned):
    heads, amounts = heads.split(","), [("100", "20"), ("400", "200")]
    step = -1 if turned else 1
    lines = [["Risk ID", "Project", "Risk", "Probability", *heads[::step]]]
    lines += [["R1", "P1", "Flood", "20%", *amounts[0][::step]], ["R2", "P1", "Fire", "50%", *amounts[1][::step]]]
    pf = read(tmp_path, "\n".join(map(",".join, lines)) + "\n")
    assert [one.before.impacts[0].cost.value for one in pf.projects[0].risks] == [as_money("100000 GBP"), as_money("400000 GBP")]
    assert [one.attributes[heads[1]] for one in pf.projects[0].risks] == ["20", "200"]


def test_an_exposure_alone_is_doubted(tmp_path):
    read(tmp_path, "Risk ID,Project,Risk,Probability,Exposure (£k)\nR1,P1,Flood,20%,20\nR2,P1,Fire,50%,200\n")
    field, _, doubt = doubts(tmp_path)["Exposure (£k)"]
    assert field == "impact_cost" and "probability times" in doubt


# ------------------------------------------------------------------------------------------ by then, nobody, headings alone


def test_a_target_date_that_is_a_period_is_its_end(tmp_path):
    rows = "B1,A,P1,Mar-27\nB2,B,P1,FY28\nB3,C,P1,Q3 2027/28\nB4,D,P1,13/05/2027\n"
    pf = read(tmp_path, f"Benefit ID,Benefit,Project,Realised by\n{rows}", MAPPING_OF_BENEFITS)
    assert [one.target_date.isoformat() for one in pf.benefits] == ["2027-03-31", "2028-03-31", "2027-12-31", "2027-05-13"]


MAPPING_OF_BENEFITS = """mapping: 1
currency: GBP
dates: day first
financial_year: apr
sheets:
  - register: benefits
    new_projects: true
    header: 1
    columns: {Benefit ID: id, Benefit: name, Project: project, Realised by: target_date}
"""


def test_nobody_is_no_person(tmp_path):
    pf = read(tmp_path, "Project ID,Project,Owner\nP1,Tram,Vacant\nP2,Depot,TBC\nP3,Bus,(unassigned)\nP4,Hub,Ann Vacant\nP5,Ring,Bo\n")
    assert [one.owner for one in pf.projects] == [None, None, None, "Ann Vacant", "Bo"]
    assert [one.id for one in pf.people] == ["Ann Vacant", "Bo"]


def test_headings_alone_are_answered_so(tmp_path):
    with pytest.raises(ipmo.IpmoError, match="one row and nothing below it.*'ID'|one row and nothing below it.*ID, Name"):
        read(tmp_path, "ID,Name\n")

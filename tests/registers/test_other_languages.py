"""Headings of other languages are proposed as what they are called in English, and doubted unless their cells agree."""

import pytest

import ipmo
from ipmo.registers.opening.sheets import Sheet
from ipmo.registers.proposing.headings import heading
from ipmo.registers.proposing.other_languages import NAMES, TERMS, english
from ipmo.registers.proposing.proposal import propose
from ipmo.registers.proposing.synonyms import SYNONYMS, names_of

ROW = ["P1", "Tram", "Ada Byron", "15/01/2026", "31/12/2027", "1500000", "50 %", "late"]
HEADS = {
    "German": ["Projektnummer", "Projektname", "Projektleiter", "Startdatum", "Enddatum", "Gesamtbudget (€)", "Fortschritt", "Bemerkungen"],
    "French": ["Code projet", "Nom du projet", "Chef de projet", "Date de début", "Date de fin", "Budget total (€)", "Avancement", "Commentaires"],
    "Spanish": ["Código del proyecto", "Nombre del proyecto", "Jefe de proyecto", "Fecha de inicio", "Fecha de fin", "Presupuesto (€)", "Avance", "Observaciones"],
    "Portuguese": ["Código do projeto", "Nome do projeto", "Gerente do projeto", "Data de início", "Data de término", "Orçamento (€)", "Percentual concluído", "Observações"],
    "Italian": ["Codice progetto", "Nome progetto", "Responsabile del progetto", "Data inizio", "Data fine", "Budget totale (€)", "Avanzamento", "Osservazioni"],
    "Dutch": ["Projectnummer", "Projectnaam", "Projectleider", "Begindatum", "Einddatum", "Begroting (€)", "Voortgang", "Opmerkingen"],
}  # fmt: skip


def sheet(heads, *rows):
    return Sheet(name="p", file="p.csv", rows=[list(heads), *rows], is_text=True)


@pytest.mark.parametrize("language", HEADS)
def test_common_headings_are_proposed(language):
    rows = [ROW, ["P2", "Depot", "Bo Lind", "16/02/2026", "30/11/2027", "2500000", "10 %", "ok"]]
    (found,) = propose((sheet(HEADS[language], *rows),)).sheets
    assert found.register == "projects"
    columns = found.columns[:7]
    assert [column.field for column in columns] == ["id", "name", "owner", "start", "finish", "budget", "progress"]
    for column in columns:
        if column.field in ("id", "name", "owner"):  # texts may be anything; dates and money bear their headings out
            assert "is taken for" in column.doubt
        if column.field in ("start", "finish"):
            assert "is taken for" not in column.doubt


@pytest.mark.parametrize("language", HEADS)
def test_cells_that_contradict_such_a_heading_are_not_sure(language):
    rows = [[cell[::-1] for cell in ROW], ["x"] * 8, ["soon"] * 8]
    mapping = propose((sheet(HEADS[language], *rows),))
    assert not [column for one in mapping.sheets for column in one.columns if column.field != "attribute" and not column.doubt]


def test_what_is_read_by_them_equals_what_english_headings_say(tmp_path):
    english_heads = [
        "Project ID",
        "Project name",
        "Project manager",
        "Start date",
        "End date",
        "Total budget (€)",
        "Percent complete",
        "Comments",
    ]
    rows = [ROW, ["P2", "Depot", "Bo Lind", "16/02/2026", "30/11/2027", "2500000", "10 %", "ok"]]
    plain = None
    for heads in (english_heads, *HEADS.values()):
        path = tmp_path / "p.csv"
        path.write_text("\n".join(",".join(row) for row in (heads, *rows)), encoding="utf-8")
        pf = ipmo.read(path)
        told = [(one.id, one.name, one.owner, one.start, one.finish, one.budget) for one in pf.projects]
        plain = plain or told
        assert told == plain


def test_every_term_leads_to_a_name_that_is_known_and_to_one_only():
    known = {words for kind in SYNONYMS for words in names_of(kind)}
    assert all(heading(name).words in known for name in NAMES)
    assert all(english(term) == name for name, texts in NAMES.items() for term in texts.split(";"))
    plain = {name.casefold() for fields in SYNONYMS.values() for names in fields.values() for name in names}
    assert not plain & set(TERMS), "an English name means what it means in English"


MONEY_HEADS = {
    "German": ["Vorhaben", "Genehmigtes Budget (T€)", "Ist (T€)", "Prognose Gesamtkosten (T€)"],
    "Swiss": ["Vorhaben", "Plankosten CHF", "Ist CHF", "Prognose CHF"],
    "French": ["Nom du projet", "Budget approuvé (k€)", "Dépenses réalisées (k€)", "Coût prévisionnel (k€)"],
    "Spanish": ["Nombre del proyecto", "Presupuesto aprobado (€)", "Gasto ejecutado (€)", "Coste previsto (€)"],
    "Italian": ["Nome progetto", "Preventivo (€)", "Costi sostenuti (€)", "Costo finale stimato (€)"],
    "Dutch": ["Projectnaam", "Goedgekeurd budget (€)", "Uitgaven (€)", "Verwachte kosten (€)"],
    "Portuguese": ["Nome do projeto", "Orçamento aprovado (€)", "Custo realizado (€)", "Custo previsto (€)"],
}
PEOPLE_HEADS = {
    "German": ["Personalnr", "Mitarbeiter", "Rolle", "Kapazität (FTE)", "Tagessatz (€)"],
    "French": ["Matricule", "Collaborateur", "Rôle", "Capacité (FTE)", "Tarif journalier (€)"],
    "Spanish": ["Número de empleado", "Empleado", "Función", "Capacidad (FTE)", "Tarifa diaria (€)"],
    "Italian": ["Matricola", "Risorsa", "Ruolo", "Capacità (FTE)", "Tariffa giornaliera (€)"],
    "Dutch": ["Personeelsnummer", "Medewerker", "Functie", "Capaciteit (FTE)", "Dagtarief (€)"],
}


@pytest.mark.parametrize("language", MONEY_HEADS)
def test_what_was_approved_spent_and_is_expected_is_told_apart(language):
    rows = [["Tram", "1200", "300", "1250"], ["Depot", "800", "150.5", "790"], ["Bridge", "2400", "0", "2500"]]
    (found,) = propose((sheet(MONEY_HEADS[language], *rows),)).sheets
    assert (found.register, [column.field for column in found.columns]) == ("projects", ["name", "budget", "actual", "forecast"])


@pytest.mark.parametrize("language", PEOPLE_HEADS)
def test_lists_of_people_at_work_are_resources(language):
    rows = [
        ["1001", "Ada Byron", "Engineer", "1.0", "800"],
        ["1002", "Bo Lind", "Architect", "0.5", "950"],
        ["1003", "Cy Ott", "Engineer", "0.8", "800"],
    ]
    (found,) = propose((sheet(PEOPLE_HEADS[language], *rows),)).sheets
    assert (found.register, [column.field for column in found.columns]) == ("resources", ["id", "name", "category", "units", "rate"])


@pytest.mark.parametrize("text", ["k. A.", "keine Angabe", "à définir", "Por definir", "da definire", "n.v.t.", "a definir"])
def test_what_other_languages_say_of_what_is_unknown(text, tmp_path):
    (tmp_path / "p.csv").write_text(
        f"Project ID,Project name,Start date,Total budget (GBP)\nP1,Tram,2026-01-05,100\nP2,Depot,{text},{text}\n", encoding="utf-8"
    )
    pf = ipmo.read(tmp_path / "p.csv")
    assert (pf.source.cells["unknown"], pf.source.cells["refused"]) == (2, 0)

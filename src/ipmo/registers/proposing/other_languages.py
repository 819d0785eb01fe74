"""What common headings are called in German, French, Spanish, Portuguese, Italian and Dutch, by their English names."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Final

__all__ = ["english"]

NAMES: Final = {
    "project": "projekt; projet; proyecto; projeto; progetto; vorhaben; maßnahmentitel",
    "project name": "projektname; projekttitel; projektbezeichnung; name des projekts; nom du projet; intitulé du projet; titre du projet; nombre del proyecto;"
    " título del proyecto; nome do projeto; título do projeto; nome progetto; nome del progetto; titolo del progetto; titolo progetto; projectnaam; naam project; naam van het project; name des vorhabens; bezeichnung des vorhabens; vorhabenbezeichnung; denominación del proyecto; denominazione progetto",
    "project id": "projektnummer; projekt nr; projekt id; projektkennung; numéro de projet; numéro du projet; code projet; code du projet; identifiant du projet; código del proyecto;"
    " código de proyecto; número de proyecto; id del proyecto; id proyecto; código do projeto; número do projeto; id do projeto; codice progetto; codice del progetto; numero progetto; id progetto; projectnummer; project nr",
    "name": "bezeichnung; benennung; libellé; intitulé; nom; nombre; nome; naam; titel; titre; título; titolo",
    "description": "beschreibung; projektbeschreibung; kurzbeschreibung; descriptif; descripción; descrição; descrizione; omschrijving; beschrijving",
    "start date": "startdatum; anfang; beginn; projektbeginn; projektstart; anfangsdatum; geplanter beginn; geplanter start; date de début; date début; début; début prévu; date de démarrage;"
    " fecha de inicio; fecha inicio; inicio; data de início; data início; início; data inizio; data di inizio; inizio; begindatum; aanvangsdatum; geplande startdatum",
    "end date": "enddatum; ende; fin; projektende; geplantes ende; fertigstellung; fertigstellungstermin; date de fin; date fin; fin prévue; date de fin prévue; fecha de fin; fecha fin;"
    " fecha de finalización; fecha final; fecha de término; data de fim; data fim; data de término; data final; término; data fine; data di fine; fine prevista; einddatum; geplande einddatum; planende; soll ende; vertragsende; date d'achèvement; fecha de terminación; opleverdatum; streefdatum; data di conclusione",
    "actual start date": "ist beginn; ist start; tatsächlicher beginn; tatsächlicher start; date de début réelle; date réelle de début; fecha de inicio real; fecha real de inicio; data de início real;"
    " data real de início; data inizio effettiva; data effettiva di inizio; werkelijke startdatum",
    "actual end date": "ist ende; tatsächliches ende; date de fin réelle; date réelle de fin; fecha de fin real; fecha real de fin; fecha real de finalización; data de fim real;"
    " data real de término; data fine effettiva; data effettiva di fine; werkelijke einddatum",
    "due date": "fälligkeitsdatum; fällig am; fälligkeit; échéance; date d'échéance; fecha de vencimiento; fecha límite; data de vencimento; prazo; scadenza; data di scadenza; vervaldatum; uiterste datum; frist; termin; datum fällig",
    "project manager": "projektleiter; projektleiterin; projektleitung; projektmanager; chef de projet; cheffe de projet; responsable du projet; responsable de projet; jefe de proyecto;"
    " director del proyecto; director de proyecto; responsable del proyecto; gerente do projeto; gestor do projeto; responsável pelo projeto; capo progetto; responsabile del progetto; responsabile progetto; projectleider; projectmanager",
    "responsible": "verantwortlich; verantwortlicher; verantwortliche; verantwortliche person; zuständig; responsable; responsável; responsabile; verantwoordelijke; verantwoordelijk; verantw; bearbeiter; ansprechpartner; ansprechperson; pilote; porteur; encargado; referente; trekker; aanspreekpunt",
    "sponsor": "auftraggeber; commanditaire; patrocinador; committente; opdrachtgever",
    "status": "projektstatus; statut; état; état d'avancement; statut du projet; estado; estado del proyecto; situação; estado do projeto; situação do projeto; stato; stato del progetto; stato progetto; projectstatus",
    "department": "abteilung; departement; département; departamento; dipartimento; afdeling",
    "category": "kategorie; projektart; projekttyp; catégorie; type de projet; categoría; tipo de proyecto; categoria; tipo de projeto; tipo di progetto; categorie; projecttype",
    "priority": "priorität; priorité; prioridad; prioridade; priorità; prioriteit",
    "rag status": "météo; météo du projet; météo projet; ampel; ampelstatus; projektampel; statusampel; semáforo; semaforo; stoplicht; feu tricolore",
    "programme": "programm; programa; programma",
    "total budget": "gesamtbudget; budget gesamt; budget total; presupuesto total; presupuesto; orçamento total; orçamento; budget totale; totaalbudget; begroting; plankosten; genehmigtes budget; bewilligtes budget; bewilligte mittel; budget approuvé; budget prévu; enveloppe budgétaire; presupuesto aprobado; presupuesto asignado; orçamento aprovado; orçamento previsto; budget approvato; preventivo; goedgekeurd budget; beschikbaar budget",
    "total cost": "gesamtkosten; kosten gesamt; projektkosten; coût total; coûts totaux; costo total; coste total; custo total; costo totale; totale kosten",
    "actual cost": "réalisé à date; réalisé cumulé; réalisé; dépensé; dépensé à date; ausgegeben; bisher ausgegeben; ejecutado; gastado; speso; uitgegeven; istkosten; ist kosten; angefallene kosten; coût réel; coûts réels; costo real; coste real; custo real; costo effettivo; costi effettivi; werkelijke kosten; ist; bisherige kosten; verausgabt; ausgaben; mittelabfluss; dépenses réalisées; dépenses; dépenses à ce jour; dépenses cumulées; coûts engagés; montant dépensé; réalisé; gasto real; gasto ejecutado; gastos ejecutados; ejecutado; spese sostenute; costi sostenuti; consuntivo; uitgaven; gerealiseerde kosten; uitgegeven; despesas realizadas; custo realizado; despesa realizada",
    "percent complete": "abgeschlossen; prozent abgeschlossen; fortschritt; projektfortschritt; fertigstellungsgrad; avancement; taux d'avancement; pourcentage d'avancement; avance; porcentaje de avance; progresso;"
    " percentual concluído; percentual de conclusão; avanzamento; percentuale di avanzamento; percentuale completamento; voortgang; percentage gereed",
    "duration": "dauer; durée; duración; duração; durata; duur; doorlooptijd",
    "resource names": "ressourcennamen; noms des ressources; nombres de los recursos; nomes dos recursos; nomi risorse",
    "predecessors": "vorgänger; prédécesseurs; predecesoras; predecesores; predecessoras; predecessori; voorgangers; voorafgaande taken",
    "task name": "vorgangsname; vorgang; aufgabe; nom de la tâche; tâche; nombre de tarea; nombre de la tarea; tarea; nome da tarefa; tarefa; nome attività; attività; taaknaam; taak",
    "milestone": "meilenstein; jalon; hito; marco; pietra miliare; mijlpaal",
    "risk": "risiko; risque; riesgo; risco; rischio; risico",
    "risk description": "risikobeschreibung; description du risque; descripción del riesgo; descrição do risco; descrizione del rischio; omschrijving risico; risico omschrijving",
    "risk id": "risikonummer; risiko nr; risiko id; numéro du risque; código del riesgo; id del riesgo; código do risco; id do risco; id rischio; codice rischio; risiconummer; risico nr",
    "probability": "eintrittswahrscheinlichkeit; wahrscheinlichkeit; probabilité; probabilidad; probabilidade; probabilità; waarschijnlijkheid",
    "impact": "auswirkung; auswirkungen; impacto; impatto; gevolg",
    "mitigation": "massnahme; massnahmen; maßnahme; maßnahmen; gegenmaßnahmen; plan d'action; mesures; medidas; plan de acción; plano de ação; misure; beheersmaatregel; beheersmaatregelen; maatregelen; gegenmassnahme; gegenmassnahmen; mesure; mesures d'atténuation; medidas de mitigación; medidas de mitigação; azioni di mitigazione",
    "comments": "bemerkung; bemerkungen; anmerkungen; kommentar; commentaire; commentaires; remarques; comentarios; observaciones; comentários; observações; osservazioni; commenti; opmerking; opmerkingen",
    "benefit": "nutzen; bénéfice; beneficio; benefício; baten",
    "forecast cost": "prognose; prognose gesamtkosten; gesamtprognose; kostenprognose; prognosekosten; prognostizierte kosten; voraussichtliche kosten; voraussichtliche gesamtkosten; hochrechnung; erwartete kosten; coût prévisionnel; coûts prévisionnels; coût final estimé; coût à terminaison; coût prévu à terminaison; atterrissage; costo previsto; coste previsto; coste final previsto; costo estimado final; custo previsto; custo estimado final; previsione costi; costo stimato; costo finale stimato; verwachte kosten; verwachte totale kosten; prognose kosten; eindprognose",
    "resource name": "ressource; ressourcenname; mitarbeiter; mitarbeiterin; mitarbeitername; collaborateur; nom du collaborateur; nom de la ressource; empleado; nombre del empleado; recurso; nombre del recurso; colaborador; nome do recurso; dipendente; risorsa; nome risorsa; medewerker; naam medewerker",
    "employee number": "personalnr; personalnummer; personal nr; mitarbeiternummer; mitarbeiter nr; matricule; numéro de matricule; número de empleado; matricola; número de matrícula; personeelsnummer; medewerkersnummer",
    "role": "rolle; projektrolle; funktion; fonction; función; função; ruolo; funzione; functie",
    "day rate": "tagessatz; tagsatz; tageskostensatz; kostensatz pro tag; tarif journalier; taux journalier; tjm; coût journalier; tarifa diaria; tarifa por día; tarifa diária; tariffa giornaliera; costo giornaliero; dagtarief",
    "hourly rate": "stundensatz; kostensatz; taux horaire; tarif horaire; tarifa horaria; tarifa por hora; tarifa horária; tariffa oraria; costo orario; uurtarief",
    "capacity": "kapazität; verfügbare kapazität; capacité; capacidad; capacidade; capacità; capaciteit",
    "availability": "verfügbarkeit; disponibilité; disponibilidad; disponibilidade; disponibilità; beschikbaarheid",
    "skill": "qualifikation; kompetenz; compétence; competencia; competência; competenza; vaardigheid",
    "baseline date": "basistermin; plantermin; ursprünglicher termin; date de référence; date prévue initiale; fecha base; fecha prevista inicial; data di riferimento; basisdatum; oorspronkelijke datum",
    "forecast date": "prognosetermin; erwarteter termin; voraussichtlicher termin; date prévisionnelle; date révisée; fecha estimada; fecha revisada; data stimata; data revista; verwachte datum; prognosedatum",
    "actual date": "isttermin; ist termin; ist datum; date réelle; fecha real; data effettiva; werkelijke datum",
    "risk owner": "risikoeigner; risikoverantwortlicher; risikoverantwortliche; propriétaire du risque; responsable du risque; responsable del riesgo; propietario del riesgo; responsável pelo risco; responsabile del rischio; risico eigenaar; risicoeigenaar",
    "risk score": "risikowert; risikozahl; risikostufe; criticité; criticité du risque; nivel de riesgo; nível de risco; livello di rischio; risicoscore",
    "issue": "offener punkt; problème; problema; knelpunt",
    "subject": "thema; betreff; gegenstand; sujet; objet; asunto; tema; assunto; oggetto; onderwerp",
    "date raised": "erfasst am; aufgenommen am; gemeldet am; eröffnet am; erfassungsdatum; erstellt am; date d'ouverture; ouvert le; signalé le; fecha de apertura; abierto el; data de abertura; aberto em; data apertura; data di apertura; aperto il; gemeld op; datum gemeld; geopend op",
    "date closed": "erledigt am; abgeschlossen am; geschlossen am; erledigungsdatum; date de clôture; clos le; fecha de cierre; cerrado el; data de fechamento; data de encerramento; fechado em; data chiusura; data di chiusura; chiuso il; afgesloten op; datum gesloten; gesloten op",
    "issue key": "vorgangsschlüssel; clave de incidencia; clé de ticket; chave do item; chiave ticket",
    "summary": "zusammenfassung; resumen; resumo; riepilogo; samenvatting",
    "issue type": "vorgangstyp; type de ticket; tipo de incidencia; tipo de item; tipo ticket",
    "created": "erstellt; créé; creado; creada; criado; creato; aangemaakt; gemaakt",
    "resolved": "erledigt; gelöst; résolu; resuelto; resuelta; resolvido; risolto; opgelost",
    "resolution": "lösung; resolución; resolução; risoluzione; oplossing",
    "assignee": "bearbeiter des vorgangs; zugewiesene person; persona asignada; responsável atribuído; assegnatario",
    "number": "lfdnr; lfd nr; lfd; laufende nummer; laufnummer; nummer; numéro; número; numero; volgnummer; n°",
}  # fmt: skip
"""Names of other languages by what they are called in English; words that mean something else in English are left out."""


def _key(text: str) -> str:
    """A heading without accents, case, and what is no letter or figure."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text.replace("’", "'").casefold()) if not unicodedata.combining(one))
    return " ".join(re.findall(r"[^\W_]+", bare))


TERMS: Final = MappingProxyType({_key(term): name for name, terms in NAMES.items() for term in terms.split(";")})


QUALIFIERS: Final = MappingProxyType({word: said for said, words in {
    "initial": "initial initiale initiaux inicial iniciais iniziale iniziali ursprunglich ursprungliche ursprunglicher ursprungliches ursprunglichen oorspronkelijk"
    " oorspronkelijke origine originario originaria originale",
    "revised": "revise revisee revises revidiert revidierte revidierter revidiertes revisado revisada revisto revista rivisto rivista herzien herziene actualise actualisee"
    " aktualisiert aktualisierte aktualisierter aktualisiertes actualizado actualizada atualizado atualizada aggiornato aggiornata bijgewerkt bijgewerkte neu neue neuer neues nouveau nouvelle nuevo nueva novo nova nuovo nuova",
    "current": "actuel actuelle aktuell aktuelle aktueller aktuelles attuale atual vigente huidig huidige",
    "approved": "approuve approuvee genehmigt genehmigte genehmigter genehmigtes freigegeben freigegebene freigegebenes aprobado aprobada aprovado aprovada approvato approvata"
    " goedgekeurd goedgekeurde",
}.items() for word in words.split()})  # fmt: skip
"""Words of other languages that say which version of a thing a heading is of, without accents, by what they are in English."""
SHARED: Final = frozenset(("budget",))
"""Words that are the same in English."""


def _qualified(words: list[str]) -> str:
    """What a name with a word for its version is called in English: `Budget révisé` is the revised budget."""
    for place, word in enumerate(words):
        rest = [*words[:place], *words[place + 1 :]]
        if (said := QUALIFIERS.get(word)) is None or not rest:
            continue
        bare = " ".join(rest)
        name = TERMS.get(bare, "")
        if not name and bare in SHARED and (place > 0 or word != said):  # English has the word before it
            name = bare
        if name:
            return f"{said} {name}"
    return ""


def english(text: str) -> str:
    """What a heading of another language is called in English; empty where it is none that is known.

    >>> english("Projektleiter"), english("Date de début"), english("FECHA_DE_INICIO"), english("Start date")
    ('project manager', 'start date', 'start date', '')

    Args:
        text: a heading, without its unit and currency.
    """
    key = _key(text)
    return TERMS.get(key) or _qualified(key.split())

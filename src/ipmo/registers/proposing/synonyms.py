"""What offices call the fields of registers: names as they stand in project lists, logs and exports, the usual ones first."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ipmo.registers.proposing.headings import heading
from ipmo.registers.proposing.names_of_logs import (
    ASSUMPTIONS,
    BENEFITS,
    CHANGES,
    COSTS,
    DECISIONS,
    GATES,
    ISSUES,
    LESSONS,
    LINKS,
    OBJECTIVES,
    OUTCOMES,
    PEOPLE,
    PROGRAMMES,
    RAID,
    RESOURCES,
    RISKS,
    STAKEHOLDERS,
)
from ipmo.registers.proposing.names_of_work import MILESTONES, MONEY, PROJECTS, REPORTED, TASK_DATES, TASKS

__all__ = ["ATTRIBUTES", "KIND_WORDS", "SYNONYMS", "names_of"]


def _names(fields: Mapping[str, str], *shared: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Names by field, from texts that semicolons part; what several kinds share comes after a kind's own."""
    found: dict[str, list[str]] = {}
    for part in (fields, *shared):
        for field, text in part.items():
            found.setdefault(field, []).extend(name.strip() for name in text.split(";") if name.strip())
    return MappingProxyType({field: tuple(dict.fromkeys(names)) for field, names in found.items()})


SYNONYMS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "projects": _names(PROJECTS, MONEY, REPORTED),
        "programmes": _names(PROGRAMMES, MONEY, REPORTED),
        "tasks": _names(TASKS, TASK_DATES, MONEY, REPORTED),
        "milestones": _names(MILESTONES, REPORTED),
        "risks": _names(RISKS),
        "issues": _names(ISSUES),
        "assumptions": _names(ASSUMPTIONS),
        "links": _names(LINKS),
        "benefits": _names(BENEFITS),
        "resources": _names(RESOURCES),
        "people": _names(PEOPLE),
        "stakeholders": _names(STAKEHOLDERS),
        "decisions": _names(DECISIONS),
        "lessons": _names(LESSONS),
        "changes": _names(CHANGES),
        "costs": _names(COSTS),
        "gates": _names(GATES),
        "objectives": _names(OBJECTIVES),
        "outcomes": _names(OUTCOMES),
        "raid": _names(RAID, RISKS, ISSUES, ASSUMPTIONS, DECISIONS, LINKS),
    }
)
"""Names of fields by kind of register, the usual ones first."""
ANYWHERE = (
    "department; agency; agency name; ministry; organisation; organisation name; directorate; division; business unit; business area; business group; group; team;"
    " owner group; owner team; owner department; owning department; lead department; lead agency; managing agency; client agency; implementing agency; client; customer; borrower;"
    " supplier; contractor; vendor; consultant; district; ward; borough; council; region; country; county; city; state name; location; site; address; postcode; zip code; latitude;"
    " longitude; coordinate; point; geometry; geo; postal code; url; link; hyperlink; website; documentation url; project url; web page; attachment; email; owner email; phone; telephone;"
    " contact email; contact phone; tag; label; keyword; source; data source; original document order; sort order; order; row; row number; sequence; rank; ranking; path;"
    " department code; agency code; department acronym; acronym; short code; created; created by; created date; date created; created at; creation date; modified by; updated by;"
    " last modified by; changed by; author; version; revision; note; remark; comment; comments; additional comment; additional information; further information; description; detail;"
    " description aim; project description; aim; scope; project scope; background; purpose; justification; business justification; rationale; narrative; abstract; long description;"
    " objective description; project objective; development objective; project development objective; phase; current phase; project phase; stage; current stage; project stage;"
    " life cycle stage; life cycle phase; delivery stage; business case stage; gate; current gate; priority; project priority; priority score; score; risk score; risk level; risk rating;"
    " total score; weighted score; ranking score; inherent risk score; residual risk score; inherent score; residual score; risk severity; severity score; risk matrix; total float; free float;"
    " float; float day; slack; total slack; critical; is critical; critical path; is critical path; schedule variance; cost variance; variance; budget variance; variance percent;"
    " year variance; year variance percent; budget change; cost change; schedule change; latest budget change; total budget change; latest schedule change; total schedule change;"
    " variation to budget; delay day; slippage; day late; day overdue; overdue; spi; cpi; tcpi; vac; etc; sv; cv; estimated to complete; cost to complete; remaining budget; remaining cost;"
    " budget remaining; balance; available budget; contingency amount; contingency budget; reserve; npv; irr; roi; bcr; benefit cost ratio; payback period; net present value; return on investment;"
    " planned value; earned value; pv; ev; bcws; bcwp;"
    " year remaining; age; number of change; count; outline level; wbs level; level; hierarchy; indent; children; subtask; successor; checklist; recurring; reminder; follower;"
    " reporter; requester; requested by; raised by; identified by; logged by; submitted by; approved by; approver; approval body; approval status; approval date; approved date;"
    " board approval date; business case approval date; tender closed; tender date; contract award date; procurement route; contract type; delivery model; funding source; funding type;"
    " financing type; lending instrument; cost centre; cost code; gl code; csi code; budget code; account code; department narrative budget forecast variance; budget comment; variance comment;"
    " schedule comment; cost comment; department narrative schedule; department narrative budget whole life cost; department narrative budget benefit; benefit comment; cost narrative;"
    " benefits narrative; department narrative; schedule narrative; budget narrative; resource comment; schedule rag; cost rag; budget rag; budget status; cost status; schedule status;"
    " scope status; scope rag; risk rag; benefit rag; resource rag; quality rag; issue status; finance rag; commercial rag; budget health; cost health; scope health; previous rag;"
    " last rag; rag last period; previous status; last period rag; trend; direction; rag trend; mitigation; mitigation action; mitigation plan; mitigation measure; action; action plan;"
    " response plan; response action; current control; existing control; control; planned action; further action; next step; next action; progress note; risk appetite; appetite;"
    " proximity; risk proximity; velocity; impact; impact score; impact rating; risk impact; impact level; consequence score; consequence rating; residual impact; target impact; inherent impact;"
    " gross impact; net impact; current impact; post mitigation impact; escalation; escalated; escalated to; escalation level; confidential; security classification; is active; archived; deleted;"
    " sprint; iteration; iteration path; release; fix version; epic colour; vote; watcher; time spend; remaining estimated; reopened count; project manager email; assignee email;"
    " benefit baseline total; total benefit; monetised benefit; non monetised benefit; npv benefit; staff; headcount; fte; resource requirement; employees; population served;"
    " review date; next review; next review date; date of next review; status; state; progress; blocking; acceptance criterion;"
    " environmental category; environmental assessment category; sector 1; sector 2; sector 3; theme 1; theme 2; major theme; consultant service required; last stage reached; parent path;"
    " original value; change reason; reason for change; cause; withdrawal reason; replaces; superseded by; see also; alias; previous name; former name; previous id; legacy id; agency project id;"
    " external id; secondary id; alternate id; parent name; over 10 million; is strategic; strategic; mandatory; regulatory; compliance"
)
ATTRIBUTES: tuple[str, ...] = tuple(dict.fromkeys(name.strip() for name in ANYWHERE.split(";")))
"""Names of what a portfolio keeps as an attribute: known, and no field. A field of a kind that has the same name wins."""
KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "risks": "risk; risks; risk register; risk log; risk id; risk owner; likelihood; probability; mitigation; residual; inherent; proximity; risk score; threat; consequence",
        "issues": "issue; issues; issue log; issue register; date raised; date closed; resolution; severity; issue owner; workaround",
        "assumptions": "assumption; assumptions; assumption log; assumptions log; validation",
        "links": "dependency; dependencies; dependency log; dependency register; interdependencies; giver; receiver; provider; predecessor project; lag; interfaces; source project",
        "benefits": "benefit; benefits; benefits register; benefits realisation; benefit owner; cashable; disbenefit; kpi; realisation; benefits map; benefits profile",
        "resources": "resource; resources; resource list; resource pool; staff; team; team members; core team; project team; capacity; fte; allocation; allocation percent; rate; hourly rate; day rate; skill; max unit; availability; employment type",
        "people": "person; people; contact; contacts; job title",
        "stakeholders": "stakeholder; stakeholders; stakeholder register; influence; interest; attitude; power",
        "decisions": "decision; decisions; decision log; decided by; options; decision maker",
        "lessons": "lesson; lessons; lessons learned; lessons log; recommendation; learning",
        "changes": "change request; changes; change log; change register; change orders; co number; cr id; requested by; variation; change control",
        "costs": "cost; costs; cost report; costs by period; finance; period; amount; ledger; transactions; spend; actuals; budget lines",
        "gates": "gate; gates; stage gates; gate decision; gate review",
        "milestones": "milestone; milestones; milestone list; milestone plan; milestone name; milestone date; forecast date; baseline date; key milestones",
        "tasks": "task; tasks; activity; activities; predecessor; duration; schedule; plan; wbs; work breakdown; task name; activity id; percent complete; work package; issue key; backlog; work item; float; sprint; story point; epic; bucket; assignee; subtask",
        "projects": "project; projects; programme project; project or programme; portfolio; project list; project name; project manager; department; agency; whole life cost; budget; programme; delivery confidence; sponsor; sro; investment; scheme",
        "programmes": "programme; programmes; programme list; programme name; programme manager",
        "objectives": "objective; objectives; strategic objectives; goals; weight; strategy; okr",
        "outcomes": "outcome; outcomes; outputs; capabilities; business change",
        "raid": "raid; raid log; raid type; raid id",
    }
)
"""What names a kind of register: words in its sheet's name or title, and in the headings that it has and others lack."""


@functools.cache
def names_of(kind: str, withheld: frozenset[str] = frozenset()) -> Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The names of a kind's fields as words, each with the fields that go by it and how usual it is for them (0 the most).

    Args:
        kind: the kind of register.
        withheld: names (as headings read) that nobody may use: for measuring how well a register is read that was never seen.
    """
    found: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    held = {heading(name).words for name in withheld}
    for field, names in SYNONYMS[kind].items():
        for place, words in enumerate(_distinct(names)):
            if words not in held:
                found.setdefault(words, []).append((field, place))
    for words in _distinct(ATTRIBUTES):
        if words not in held and words not in found:
            found[words] = [("", 0)]
    return MappingProxyType({words: tuple(fields) for words, fields in found.items()})


def _distinct(names: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return dict.fromkeys(words for name in names if (words := heading(name).words))

"""What offices call the fields of risk registers, logs, benefits registers, resource lists and the like; the usual names first."""

from __future__ import annotations

from ipmo.registers.proposing.names_of_work import PROJECTS, TASKS

__all__ = [
    "ASSUMPTIONS",
    "BENEFITS",
    "CHANGES",
    "COSTS",
    "DECISIONS",
    "GATES",
    "ISSUES",
    "LESSONS",
    "LINKS",
    "OBJECTIVES",
    "OUTCOMES",
    "PEOPLE",
    "PROGRAMMES",
    "RAID",
    "RESOURCES",
    "RISKS",
    "STAKEHOLDERS",
]

RISKS = {
    "project": "project; project id; project name; project code; project number; programme; programme project; associated project; related project;"
    " initiative; project title; work stream; workstream; project reference; affected project",
    "id": "id; risk id; risk number; risk reference; risk ref no; reference; reference number; number; key; unique id; risk code; issue key; item;"
    " risk no; identification number; raid id; record id; risk unique id; uid; risk register number",
    "name": "name; risk; risk name; risk title; title; risk description; description; description of risk; risk event; event; summary;"
    " risk statement; risk summary; threat; risk detail; risk event description; uncertainty; short description; risk short description;"
    " uncertain event; risk title description; what is risk; threat opportunity; detailed description; potential risk; risk item; risk scenario; scenario; vulnerability",
    "cause": "cause; risk cause; root cause; source; cause of risk; risk source; potential cause; reason; driver cause; due to; source of risk;"
    " if; triggering cause; contributing factor; risk factor; background cause",
    "effect": "effect; consequence; risk effect; impact description; consequence description; risk consequence; potential impact; risk impact description;"
    " effect of risk; description of impact; result; leading to; potential consequence; then; project impact; effect on project; impact summary;"
    " impact statement; consequence impact; risk impact detail; impact if realised; impact on project; potential effect; impact on benefit",
    "category": "category; risk category; type; risk type; risk class; classification; area; risk area; cbs; rbs; risk breakdown structure; theme;"
    " risk group; risk theme; domain; risk domain; sub category; primary category; impact area; impact category; risk family; category of risk",
    "opportunity": "opportunity; is opportunity; threat or opportunity; threat opportunity; opportunity flag; risk or opportunity; polarity",
    "owner": "owner; risk owner; owner name; responsible; accountable; risk manager; assigned to; assignee; responsible person; accountable person;"
    " risk lead; owned by; risk owner name; responsible owner; person responsible; lead; accountable owner; risk holder; responsible party",
    "actionee": "actionee; action owner; mitigation owner; response owner; risk actionee; treatment owner; action by; action assigned to;"
    " mitigation action owner; action manager; action lead; mitigation responsible; action party; person responsible for action; control owner",
    "driver": "risk driver; shared driver; common cause; driver",
    "objectives": "objective; objective affected; affected objective; strategic objective; objective at risk; linked objective; related objective",
    "response": "response; response type; response strategy; risk response; risk response strategy; strategy; treatment; treatment option;"
    " response category; risk treatment; mitigation strategy; response action type; treatment strategy; treatment type; response approach; risk strategy;"
    " 4t response; 4ts; mitigation type; mitigation approach; risk approach; handling strategy; management strategy; risk response type; reaction; risk reaction; risk decision; treatment decision; decision",
    "response_cost": "response cost; mitigation cost; cost of mitigation; cost of response; treatment cost; cost to mitigate; cost of treatment; action cost;"
    " mitigation budget; response budget",
    "fallback": "fallback; fallback plan; contingency plan; contingency; contingency action; fallback action; contingent plan; contingency response;"
    " contingency measure; plan b; contingency strategy",
    "trigger": "trigger; risk trigger; trigger event; warning sign; early warning; early warning indicator; early warning sign; indicator;"
    " trigger condition; key risk indicator; kri; symptom",
    "starts": "starts; proximity start; first possible date; exposure start; exposure start date; risk window start; earliest date; start date;"
    " impact start date; open from",
    "ends": "ends; expiry date; risk expiry; exposure end; exposure end date; expected date; risk window end; latest date; end date; expires;"
    " impact end date; expiry; sunset date; risk end date",
    "state": "state; status; risk status; risk state; register status; open closed; current status; open or closed; open close; closed;"
    " status of risk; active status; risk open closed; life cycle status",
    "raised": "raised; date raised; raised date; identified; date identified; identified date; date opened; opened; open date; date logged;"
    " logged; logged date; created; created date; date created; creation date; date added; risk raised date; raised on; date entered; identified on;"
    " entry date; date; date risk identified; date of identification; start date; reported date; date reported; submitted date; date registered;"
    " risk identified date; risk date; registered; discovered date",
    "reviewed": "reviewed; last reviewed; last review; last review date; date reviewed; date last reviewed; date of last review;"
    " last updated; last update; date updated; updated; updated date; date last updated; date of last update; reviewed on; last assessed;"
    " last modified; modified; risk reviewed date; last assessment date",
    "probability": "probability; likelihood; risk probability; risk likelihood; current probability; current likelihood; inherent probability;"
    " inherent likelihood; likelihood score; probability score; probability rating; likelihood rating; gross likelihood; gross probability;"
    " probability percent; percent probability; chance; chance of occurrence; probability of occurrence; likelihood of occurrence; initial probability;"
    " initial likelihood; pre mitigation probability; pre mitigation likelihood; raw likelihood; likelihood level; probability level; l; p; odds;"
    " frequency; occurrence; untreated likelihood; likelihood before mitigation; probability before mitigation; likelihood current",
    "impact_cost": "cost impact; impact cost; cost exposure; exposure; financial impact; financial exposure; impact value; risk value; cost of impact;"
    " impact financial; impact on cost; most likely cost impact; potential cost; cost risk; budget impact; estimated cost impact; estimated impact;"
    " monetary impact; gross exposure; cost of risk; risk cost; potential cost impact; current cost impact; risk exposure; amount at risk;"
    " loss; potential loss; value at risk; pre mitigation cost; cost most likely; impact budget; cost consequence; estimated cost of risk",
    "impact_delay": "schedule impact; impact schedule; schedule exposure; time impact; impact time; delay; schedule delay; impact on schedule;"
    " impact delay; potential delay; delay impact; time exposure; schedule impact day; most likely schedule impact; estimated delay; programme impact;"
    " impact duration; schedule risk; time delay; duration impact; potential schedule impact; pre mitigation schedule",
    "impact_on": "affected item; impact on item; affected task; affected activity; affected milestone; wbs; wbs id; wbs code; work package;"
    " activity id; affected wbs; related task; linked task; task id; milestone affected; affected deliverable; impacted item; related work item",
    "residual_probability": "residual probability; residual likelihood; target probability; target likelihood; post mitigation probability;"
    " post mitigation likelihood; net likelihood; net probability; probability after mitigation; likelihood after mitigation; mitigated probability;"
    " mitigated likelihood; residual likelihood score; revised likelihood; revised probability; treated likelihood; likelihood residual; probability residual;"
    " likelihood after treatment; post treatment likelihood; post response probability; final probability; post likelihood; post probability",
    "residual_cost": "residual cost; residual cost impact; residual exposure; residual financial impact; target cost impact; post mitigation cost impact;"
    " post mitigation cost; net exposure; cost impact after mitigation; mitigated cost; residual risk value; post mitigation exposure; residual cost exposure",
    "residual_delay": "residual delay; residual schedule impact; residual time impact; post mitigation schedule impact; schedule impact after mitigation;"
    " mitigated delay; post mitigation delay; target schedule impact",
}
ISSUES = {
    "project": RISKS["project"],
    "id": "id; issue id; issue number; issue reference; reference; reference number; number; key; issue key; unique id; issue code; item; ticket; ticket id;"
    " raid id; record id",
    "name": "name; issue; issue name; issue title; title; subject; topic; issue description; description; description of issue; summary; issue summary; problem;"
    " problem description; issue detail; issue statement; detail; short description; problem statement; what happened",
    "item": "item affected; affected item; affected task; wbs; wbs id; work package; related task; linked task; affected deliverable; related item",
    "severity": "severity; priority; issue severity; issue priority; impact; rating; urgency; criticality; level; issue rating; importance; impact level;"
    " impact rating; severity level; priority level; rag",
    "owner": "owner; issue owner; assigned to; assignee; responsible; responsible person; action owner; accountable; owner name; person responsible; lead;"
    " issue manager; responsible party; resolution owner; resolver; actionee",
    "raised": "raised; date raised; raised date; identified; date identified; identified date; date opened; opened; open date; date logged; logged;"
    " logged date; created; created date; date created; creation date; date added; raised on; reported date; date reported; date; submitted date; entry date;"
    " issue date; start date",
    "due": "due; due date; target resolution; target resolution date; target date; resolution due; resolution due date; expected resolution;"
    " expected resolution date; target close date; target closure date; target completion date; resolve by; deadline; required by; need by;"
    " planned resolution date; planned closure date; action due date; date required; resolution target date; estimated resolution date; action by date;"
    " expected close date; resolution date target; date due; expected closure date; estimated completion date; by when",
    "closed": "closed; closed date; date closed; resolved; resolved date; date resolved; resolution date; closed on; actual resolution date; closure date;"
    " actual close date; actual closure date; completion date; date completed; completed date; resolved on; actual completion date",
    "risk": "risk; risk id; related risk; linked risk; originating risk; risk reference; associated risk; parent risk",
    "note": "note; remark; comment; resolution; resolution note; issue comment; update; progress; latest update; resolution plan; action taken; commentary;"
    " action; resolution action; resolution detail; corrective action; work around; workaround; response; action plan; status note; latest comment; description; detail",
}
ASSUMPTIONS = {
    "project": RISKS["project"],
    "id": "id; assumption id; assumption number; assumption reference; reference; number; key; unique id; raid id",
    "text": "assumption; assumption description; description; assumption statement; title; assumption text; name; text; summary; assumption title; detail;"
    " assumption detail; statement",
    "item": "affected item; related item; wbs; wbs id; work package; related task; rests on it",
    "probability": "probability; likelihood; confidence; confidence level; certainty; probability that it holds; likelihood it holds; confidence percent",
    "owner": "owner; assumption owner; assigned to; responsible; validated by; validation owner; owner name; responsible person; assignee; accountable",
    "review": "review; review date; next review; next review date; validation date; validate by; date to validate; validation due date; due date; check by;"
    " to be validated by; target date; expected validation date; date to be confirmed; validation due",
    "state": "state; status; assumption status; validation status; open closed; validated; current status; confirmed; result",
}
LINKS = {
    "id": "id; dependency id; dependency number; dependency reference; reference; number; key; unique id; interface id; dep id; raid id; link id",
    "from": "from; source; predecessor; predecessor id; providing project; provider; provided by; giving project; giver; source project; upstream project;"
    " upstream; delivering project; supplier; dependent on; depends on; from project; source project deliverable; source deliverable; giving party;"
    " external party; delivering team; delivering programme; dependency on; predecessor project; required from; owing project; source item; from task;"
    " supplying project; enabling project; from team; providing team; lead project; blocker; predecessor task; inbound from; dependent upon; outward from; from package; from work package; from system; from discipline; from contract",
    "to": "to; target; successor; successor id; receiving project; receiver; dependent project; target project; downstream project; downstream; recipient;"
    " customer; needing project; to project; target project deliverable; receiving party; consumer; successor project; impacted project; required by project;"
    " required by whom; receiving programme; to task; receiving team; target item; requesting project; affected project; dependent; dependent team;"
    " dependent task; successor task; project; project id; project name; inbound to; blocked; consuming project; requesting team; to package; to work package; to system; to discipline; to contract",
    "type": "link type; dependency type; type; relationship type; relationship; logic type; relation; type of dependency; type of link; logic",
    "lag": "lag; lag day; lag time; lead lag; delay; offset; lag duration; wait time; time lag",
    "kind": "kind; dependency kind; dependency category; category; nature; internal external; dependency nature; type of dependency; classification; hard soft",
    "giver_owner": "giver owner; provider owner; supplier owner; giving owner; source owner; delivery owner; owner; dependency owner; responsible; provider lead;"
    " assigned to; delivering owner; responsible person; supplier lead; upstream owner; owner giving; accountable; provider contact; predecessor owner",
    "receiver_owner": "receiver owner; recipient owner; customer owner; receiving owner; target owner; dependent owner; receiver lead; downstream owner;"
    " requested by; requester; owner receiving; recipient contact; successor owner; consumer owner; needed by whom",
    "needed": "needed; required; required on; needed by; need by; need date; date needed; required by; required date; required by date; date required; need by date; due date; due;"
    " required delivery date; target date; date needed by; deadline; requested date; needed by date; impact date; when needed; critical date; target delivery date",
    "promised": "promised; promised date; promised by; committed; committed date; commitment date; agreed date; agreed delivery date; delivery date;"
    " planned delivery date; planned date; supplier date; provider date; committed delivery date; available date; date promised",
    "status": "status; state; dependency status; agreement status; current status; link status; contract status; open closed; rag status",
    "date": "date; external date; date of event; actual date; actual delivery date; date delivered",
    "as_of": "as of; last updated; updated; last update; as of date; date updated; last reviewed; date last updated; updated date; review date",
    "note": "note; description; dependency description; dependency; deliverable; what; handed over; what is needed; dependency name; title; name; summary;"
    " comment; deliverable description; interface description; product; dependency title; dependency detail; remark; output; what is handed over;"
    " deliverable required; dependency statement; item; detail; scope of dependency; interface",
}
BENEFITS = {
    "project": "project; project id; project name; programme; associated project; enabling project; related project; delivering project; project code; source project;"
    " initiative; linked project; dependent project; enabled by; project programme; project number; enabler; contributing project",
    "id": "id; benefit id; benefit number; benefit reference; reference; number; key; unique id; benefit code; kpi id; ref no; item; benefit unique id",
    "name": "name; benefit; benefit name; benefit title; title; benefit summary; summary; short description; benefit short description; primary benefit;"
    " benefit short name",
    "description": "description; benefit description; description of benefit; detail; benefit detail; full description; narrative; benefit statement;"
    " explanation; long description",
    "disbenefit": "disbenefit; dis benefit; is disbenefit; benefit or disbenefit; disbenefit flag; negative benefit; benefit disbenefit",
    "cashable": "cashable; is cashable; cashable benefit; cashable non cashable; cash releasing; financial type; cashable flag; cashability; cash release;"
    " cashable y n; cashable or non cashable; cash saving",
    "category": "category; benefit category; type; benefit type; classification; class; theme; benefit class; benefit theme; group; type of benefit; area;"
    " benefit area; financial non financial; quantifiable; benefit classification",
    "belongs_to": "belongs to; programme owning; owning programme; owning project; business area owning",
    "owner": "owner; benefit owner; benefits owner; responsible; accountable; benefit realisation owner; responsible person; realisation owner; business owner;"
    " assigned to; accountable person; lead; benefit lead; owner name; benefit manager; sro; business change manager; responsible for realisation",
    "outcome": "outcome; related outcome; outcome id; linked outcome; parent outcome; end outcome; business outcome",
    "value": "value; benefit value; annual benefit; annual value; total benefit; value per year; expected value; financial value; planned value; forecast value;"
    " year value; year benefit; amount; benefit amount; expected benefit; estimated value; total value; total financial benefit; annual saving; saving;"
    " forecast benefit; planned benefit; target value financial; monetised benefit; monetised value; whole life benefit;"
    " total expected benefit; value of benefit; annualised value; cost saving; year saving; financial benefit; net benefit; gross benefit",
    "lasts": "lasts; duration; benefit duration; benefit life; life; realisation period; duration of benefit; length of benefit; life of benefit; year of benefit",
    "until": "until; end date; benefit end; benefit end date; realisation end; realisation end date; end of benefit; last date",
    "probability": "probability; likelihood; confidence; confidence level; certainty; probability of realisation; likelihood of realisation; confidence percent;"
    " confidence rating; likelihood of achievement",
    "measure": "measure; measurement; kpi; metric; measure name; performance measure; key performance indicator; indicator; benefit measure; measured by;"
    " success measure; what is measured; success criterion; measure of success; benefit metric; performance indicator; measure kpi; how measured",
    "unit": "unit; unit of measure; measurement unit; measure unit; uom; unit measure; unit of measurement; metric unit",
    "population": "population; beneficiary; beneficiary group; stakeholder; target group; who benefits; who is benefiting; recipient; customer group;"
    " beneficiary stakeholder; stakeholder group; benefit recipient",
    "baseline": "baseline; baseline value; current value; base; base value; starting value; baseline measure; baseline performance; current state; baseline level;"
    " starting point; as is value; baseline figure; current baseline; baseline measurement; current performance; start value",
    "baseline_date": "baseline date; date of baseline; baseline measured on; baseline date measured; date baseline measured; baseline as of; baseline measured",
    "target": "target; target value; goal; target measure; target performance; future state; target level; goal value; desired value; expected level; target figure;"
    " end target; to be value; benefit target; planned target; future value; improvement target",
    "target_date": "target date; date of target; target by; target date realisation; date target is reached; realisation date; due date; realisation timeline;"
    " expected realisation date; target realisation date; planned realisation date; date due; realisation due date; when realised; achieve by; target year;"
    " forecast realisation date; realised by; full benefit date; due by; date to be realised; benefit delivery date; realisation target date; full realisation date",
    "need_by": "need by; needed by; latest start; latest acceptable start; required by; required start",
    "planned_start": "planned start; start date; benefit start; benefit start date; realisation start; realisation start date; start; expected start;"
    " start of benefit; planned start date; first realisation; first realised; from; from date; expected start date; first benefit date; begin date",
    "booked": "booked; booked in budget; taken out of budget; reflected in budget; in budget; banked; signed off in budget; budget reduction agreed; validated by finance",
    "actual": "actual; realised; actual benefit; benefit realised; realised to date; actual value; actual realised; realised value; benefit to date;"
    " actual benefit to date; actual realised value; achieved; achieved to date; value realised; actual saving; benefit achieved; amount realised",
    "method": "method; measurement method; measure method; how measured; measurement approach; how it is measured; method of measurement; data source; source of data;"
    " measurement frequency; frequency; measurement frequency method; how to measure; validation method; frequency of measurement; source of measurement;"
    " review frequency; measurement source; reporting frequency; collection method",
    "risks": "risk; risks to benefit; related risk; linked risk; risk id; benefit risk",
}
RESOURCES = {
    "id": "id; resource id; employee id; employee number; staff id; staff number; reference; number; code; resource code; user id; unique id; resource number; key;"
    " personnel number; person id; resource key",
    "name": "name; resource name; resource; full name; employee; employee name; person; person name; staff member; role; team; role name; team name; team member;"
    " skill; title; resource title; member; display name; resource role; staff name; consultant; user name; contractor; equipment; resource description",
    "unit": "unit; unit of measure; resource unit; material label; uom; measured in; measure unit",
    "units": "unit available; fte; capacity; max unit; maximum unit; availability; headcount; capacity fte; number; available fte; quantity; allocation; allocation percent;"
    " max; available capacity; number of fte; total fte; default unit time; percent available; percent allocation; capacity unit; available; head count; count; size;"
    " team size; percent allocated; availability percent; fte available; number available; supply; full time equivalent",
    "units_from": "available from; start date; from; from date; effective date; valid from; start; effective from; joined; date from; availability start; hire date;"
    " capacity from; start availability",
    "units_until": "available to; available until; end date; to; to date; until; valid to; valid until; effective to; date to; end; availability end; leave date; last day; date left;"
    " roll off date; end availability; contract end date",
    "rate": "rate; cost rate; hourly rate; day rate; daily rate; standard rate; std rate; cost per hour; cost per day; price per unit; charge rate; unit cost; bill rate;"
    " price unit; billing rate; hour rate; labour rate; cost hour; cost day; blended rate; internal rate; unit rate; pay rate",
    "calendar": "calendar; base calendar; working calendar; resource calendar; working time; calendar name; shift; work calendar",
    "category": "category; type; resource type; team; department; group; role; skill; skill group; discipline; job title; function; grade; primary role; resource group;"
    " resource category; business unit; skill set; employment type; position; specialism; job role; profession; organisation; band; level",
}
PEOPLE = {
    "id": "id; person id; employee id; staff id; user id; initial; email; username; unique id; employee number; login",
    "name": "name; full name; person; person name; display name; employee; staff name; contact name; stakeholder name; user name; team member",
    "kind": "kind; person or role; type; person type",
    "permanent": "permanent; permanent staff; is permanent; employment type permanent",
    "line": "line; line of organisation; department; directorate; business unit; function; division; organisation; unit",
    "office": "office; pmo; belongs to office; programme office; project office",
    "roles": "role; roles; job title; position; responsible role; project role; role title; role held; function role",
}
STAKEHOLDERS = {
    "id": "id; stakeholder id; number; reference; unique id; stakeholder number",
    "name": "name; stakeholder; stakeholder name; stakeholder group; person; organisation; stakeholder organisation; full name; group; individual or group",
    "items": "project; affected project; item; related project; programme; area of interest; impacted project; project name",
    "interest": "interest; level of interest; interest level; interest in project; stakeholder interest; interest rating",
    "influence": "influence; power; level of influence; influence level; power influence; level of power; influence rating; power level; authority level",
    "attitude": "attitude; support; level of support; current attitude; position; stance; current support; sentiment; commitment; support level; disposition; current position",
    "note": "note; comment; remark; strategy; engagement strategy; communication; approach; expectation; key message; engagement approach; communication need; concern",
}
DECISIONS = {
    "project": RISKS["project"],
    "id": "id; decision id; decision number; decision reference; reference; number; key; unique id; raid id; decision no; decision log number",
    "question": "decision; question; decision required; decision description; description; decision title; title; subject; topic; decision needed; name; summary; issue;"
    " decision statement; what is to be decided; decision to be made; decision name; decision topic; matter; context; problem; request",
    "item": "affected item; related item; wbs; wbs id; work package; related task; item",
    "body": "body; decision body; forum; board; decision forum; governance forum; meeting; committee; decision board; governance body; to be decided by; approval body;"
    " decision authority; approving body; authority; decision maker; group; governance board; steering group",
    "options": "option; options considered; alternative; alternatives considered; choice; possible option; option considered",
    "blocks": "blocks; what waits; blocked item; affected task; blocked task; impacted item",
    "need_by": "need by; needed by; required by; due date; due; decision due; decision due date; required date; date required; deadline; decision needed by; target date;"
    " date needed; decision required by; need date; decide by; decision deadline; by when",
    "state": "state; status; decision status; open closed; current status",
    "decided": "decided; date decided; decision date; date of decision; decided on; date made; date agreed; approved date; date approved; approval date; date; made on;"
    " date decision made; decision made date; closed date; agreed date",
    "decided_by": "decided by; made by; decision made by; agreed by; approved by; decision maker; decision owner; owner; approver; taken by; approver name; who decided",
    "outcome": "outcome; result; decision outcome; decision made; resolution; chosen option; conclusion; final decision; decision taken; selected option; answer; ruling",
    "assumptions": "assumption; related assumption; underlying assumption; assumption id",
    "evidence": "evidence; supporting document; paper; reference document; attachment; document; supporting information; supporting evidence; link to paper",
    "reversible": "reversible; is reversible; can be reversed; reversibility",
    "review": "review; review date; next review; revisit; revisit date; next review date",
}
LESSONS = {
    "project": RISKS["project"],
    "id": "id; lesson id; lesson number; lesson reference; reference; number; key; unique id; lesson no",
    "text": "lesson; lesson learned; lesson description; description; lesson learnt; what was learned; title; summary; name; text; detail; learning; observation;"
    " lesson title; what happened; lesson statement; key learning; lessons learnt; event; situation; issue; experience; what went well; what went wrong; lesson detail",
    "category": "category; lesson category; theme; type; lesson type; area; knowledge area; process group; topic; subject; discipline; classification; function; lesson area;"
    " lesson theme; category of lesson; project phase; phase",
    "cause": "cause; root cause; reason; why; why it happened; contributing factor; cause of event; underlying cause; driver",
    "effect": "effect; impact; consequence; result; project impact; effect on project; impact on project; impact description; what it led to; outcome",
    "advice": "advice; recommendation; recommended action; recommendations; suggestion; what to do next time; what to do differently; how to avoid; future action; preventive action;"
    " proposed action; improvement; recommendation for future project; next time; corrective action; action; action to take; follow on action; recommended approach; best practice",
    "tags": "tag; label; keyword",
    "applied_in": "applied in; applied to; used in; applied on; where applied; adopted by",
    "date": "date; date raised; date logged; date noted; raised; created; date recorded; date identified; logged; date captured; captured; date entered; raised date; date added",
    "from": "item; learned on; stage; source item; work package",
}
CHANGES = {
    "id": "id; change id; change request id; cr id; cr number; change number; change request number; change reference; co number; change order number; reference; number; key;"
    " unique id; change control number; change request no; rfc number; change order; change no; variation number; cr reference; change order id; rfc; pcr number",
    "name": "name; title; change; change title; change description; description; change request; change name; description of change; summary; change summary; requested change;"
    " change request title; change request description; subject; detail; change detail; proposed change; scope of change; variation; nature of change",
    "item": "item; project; project id; project name; affected item; affected project; wbs; wbs id; work package; project code; impacted project; project number; affected task",
    "state": "state; status; change status; approval status; decision; outcome; current status; request status; cr status; disposition; approval state; change state; decision outcome",
    "raised": "raised; date raised; raised date; submitted; submitted date; date submitted; created; created date; date created; requested; request date; date requested; date logged;"
    " submission date; date; requested date; identified date; date identified; raised on; opened; open date; date received; initiated; date initiated; logged",
    "owner": "owner; change owner; requested by; requester; raised by; requestor; originator; submitted by; assigned to; change requester; initiator; change manager; responsible; author;"
    " proposer; assignee",
    "cost": "cost; cost impact; impact cost; change value; value; amount; budget impact; financial impact; cost of change; estimated cost; cost change; price; cost effect; change amount;"
    " approved amount; change cost; impact on budget; impact on cost; cost variation; value of change; net change; cost implication; total cost",
}
COSTS = {
    "project": "project; project id; project name; project code; project number; wbs; wbs id; wbs code; cost centre; work package; investment; initiative; project key; job number; code",
    "kind": "kind; type; cost type; amount type; budget or actual; version; scenario; value type; measure; plan actual; data type; line type",
    "amount": "amount; value; cost; total; sum; total amount; figure; budget; actual; forecast; line amount; cost amount; net amount; total cost; actual cost; planned cost",
    "budget": "budget; planned; plan; planned cost; budget amount; approved budget; current budget; budgeted cost; planned spend; planned expenditure; budget cost",
    "actual": "actual; spend; amount spend; actual cost; actual spend; actual expenditure; actual amount; paid; invoiced",
    "forecast": "forecast; forecast cost; forecast spend; forecast expenditure; forecast amount; projected; expected cost",
    "funding": "funding; funding received; grant; grant received; funding amount",
    "period": "period; month; quarter; year; financial period; reporting period; accounting period; financial month; posting period; year quarter; period name; year month",
    "from": "date; from; posting date; start; period start; start date; transaction date; period date; from date; invoice date; month start; period start date",
    "until": "until; to; end; period end; end date; period end date; to date; month end",
    "class": "class; capex opex; capital or running; cost class; capital revenue; expenditure type; capex or opex; capital running; expense class; budget type; spend type; cdel rdel; type; cost type",
    "note": "note; description; comment; line item; remark; cost description; item; item description; cost item; narrative; expense description",
}
GATES = {
    "project": TASKS["project"] + "; programme",
    "id": "id; gate id; gate number; reference; number; review id; stage; gate; gate code",
    "name": "name; gate; gate name; gate title; title; description; stage gate; review; gate review; stage; decision point; gate description; review name; milestone",
    "after": TASKS["after"],
    "criteria": "criterion; gate criterion; criteria; entry criterion; exit criterion; acceptance criterion; success criterion",
    "body": DECISIONS["body"],
    "need_by": "need by; needed by; due date; due; planned date; target date; scheduled date; date; gate date; review date; planned review date; planned gate date; forecast date;"
    " date planned; required by; planned decision date; decision due",
    "not_before": "not before; earliest date; no earlier than; earliest decision",
    "outcome": "outcome; decision; result; gate decision; gate outcome; review outcome; decision outcome; gate result; status",
    "decided": "decided; decision date; date decided; actual date; date held; held on; date of decision; actual gate date; passed; date passed; approval date; approved date; actual review date",
    "decided_by": "decided by; approved by; approver; decision maker; chair; signed off by; decision owner",
    "decision_note": "comment; note; remark; decision note; condition; conditions; decision comment; recommendation; gate comment; action",
}
OBJECTIVES = {
    "id": "id; objective id; objective number; reference; number; key; code; unique id; okr id; goal id",
    "name": "name; objective; strategic objective; title; description; goal; objective name; strategic goal; objective description; objective title; key result; aim; priority; strategic theme",
    "weight": "weight; weighting; importance; weight percent; priority weight; relative weight; objective weight; percent weight",
    "owner": "owner; objective owner; executive owner; responsible; accountable; sponsor; lead; executive sponsor; responsible person",
}
OUTCOMES = {
    "id": "id; outcome id; outcome number; reference; number; key; code; unique id; output id; capability id",
    "name": "name; outcome; outcome name; title; description; outcome description; output; capability; outcome title; output name; capability name; change; business change",
    "kind": "kind; type; outcome type; level; kind of outcome; classification",
    "owner": "owner; outcome owner; responsible; accountable; business owner; lead; business change manager",
}
PROGRAMMES = {
    "id": "id; programme id; programme number; programme code; reference; number; code; key; unique id; programme reference; portfolio id",
    "name": "name; programme; programme name; programme title; title; portfolio; portfolio name",
    "programme": "parent; parent programme; parent portfolio; portfolio; part of; portfolio name; overarching programme",
    "owner": "owner; programme owner; sro; senior responsible owner; programme manager; programme director; sponsor; programme sponsor; lead; manager; responsible; accountable; programme lead",
    "methodology": PROJECTS["methodology"],
}
RAID = {
    "type": "type; raid; category; raid type; item type; entry type; raid category; log type; record type; r a i d; type of entry; issue type; raid item type; risk or issue; class; kind"
}

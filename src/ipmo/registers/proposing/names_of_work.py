"""What offices call the fields of projects, programmes, tasks and milestones, and of the money and status in them; the usual names first."""

from __future__ import annotations

__all__ = ["MILESTONES", "MONEY", "PROJECTS", "REPORTED", "TASKS", "TASK_DATES"]

REPORTED = {
    "rag": "rag; rag status; rag rating; overall rag; current rag; overall rag status; overall rag rating; health; overall health; health status;"
    " status colour; status indicator; traffic light; traffic light status; overall rating; rating; red amber green; ryg; ragb; bragg; brag;"
    " overall status; delivery rag; status rag; rag current; this period rag; schedule health; overall health indicator; health indicator; status; overall state",
    "rag_date": "rag date; date of rag; status report date; rag as of; date of status; health updated",
    "rag_by": "reported by; status reported by; rag assessed by; status by; report author",
    "rag_note": "rag comment; rag commentary; rag narrative; status comment; status comments; status note; status narrative; status summary;"
    " status update; latest update; latest status update; progress update; progress summary; progress comment; commentary; update;"
    " executive summary; overall status comment; health comment; highlights; status explanation; reason for rag; rag justification;"
    " commentary on rag; weekly update; monthly update; recent update; update this period; status description",
}
"""Names for what is reported of projects, programmes and tasks."""
MONEY = {
    "budget": "budget; total budget; approved budget; current budget; project budget; revised budget; original budget; budget amount;"
    " baseline budget; authorised budget; total approved budget; latest budget; total project budget; whole life cost; total whole life cost;"
    " whole life cost baseline; whole life cost budget; baseline whole life cost; total baseline whole life cost; total budget whole life cost;"
    " baseline cost; cost baseline; life cycle cost; total life cycle cost; life time cost; life time budget; total cost;"
    " project cost; total project cost; current project cost; approved cost; approved project cost; total approved cost; approved total cost; planned cost; total planned cost;"
    " planned budget; planned expenditure; estimated cost; estimated total cost; total estimated cost; estimated project cost;"
    " estimated budget; cost estimated; cost; costs; capital cost; capital budget; capex budget; budget at completion; bac; contract value;"
    " contract amount; contract sum; original contract value; revised contract value; current contract value; project value; total value;"
    " total investment; investment amount; investment cost; budget cost; budget total cost; planned total cost; approved amount;"
    " total capital cost; budget value; total project value; year baseline; year budget; allocated budget; budget allocation; allocation; project allocation; allocated amount; allotment;"
    " adopted budget; budget baseline; initial budget; original cost; original project cost; sanctioned cost; sanctioned amount; total amount; contract price; outlay; total outlay; total expenditure budget; approved baseline cost; baseline total cost; planned value total; approved; approved capital; capital approved; approved sum; authorised amount; authorised cost; approved value; approved capital cost; value approved",
    "actual": "actual cost; actual; actuals; actual spend; spend to date; total spend to date; actual to date; actual cost to date; cost to date;"
    " expenditure to date; actual expenditure; total expenditure; spend; total spend; amount spend; paid to date; invoiced to date; incurred cost;"
    " cost incurred; cost incurred to date; acwp; ac; actual total cost; actual project cost; life to date; life to date spend; life to date cost;"
    " project to date; spend project to date; cumulative actual; incurred expenditure; cumulative incurred expenditure; cumulative expenditure; expenditure incurred; fund consumed; fund utilised; amount consumed; budget consumed; budget utilised; total payment; payment to date; amount disbursed; actual cumulative cost; disbursed; disbursement to date; expenditure;"
    " year to date actual; year actual; total actual cost; budget spend; amount spend to date; actual spend to date; total paid to date",
    "forecast": "forecast; forecast cost; cost forecast; forecast at completion; estimated at completion; eac; forecast final cost; ffc;"
    " anticipated final cost; afc; estimated final cost; final forecast cost; forecast whole life cost; whole life cost forecast;"
    " total forecast whole life cost; total forecast; forecast total cost; forecast total; total forecast cost; latest forecast;"
    " current forecast; forecast outturn; outturn; outturn forecast; outturn cost; projected cost; projected total cost; expected cost;"
    " budget forecast; forecast budget; estimated cost at completion; cost at completion; at completion total cost; at completion cost;"
    " forecast spend; forecast expenditure; projected actual cost; projected final cost; current cost estimated; forecast year; year forecast;"
    " year total forecast; full year forecast; latest estimated; forecast at end; current estimated total cost; current estimated cost; latest estimated cost; revised estimated cost; revised cost; revised project cost; revised total cost; anticipated cost; latest cost; forecast project cost; current forecast cost;"
    " projected total expenditure; estimated at complete; total cost forecast",
    "funding": "funding; total funding; year funding; approved funding; funding approved; funding amount; funded amount; funding allocated; grant; grant amount;"
    " appropriation; total appropriation; commitment; total commitment; secured funding; funding secured; funding received; funding committed;"
    " total ida ibrd commitment; loan amount; funding granted; funding released; total funding amount; committed funding; funding available; contribution; eu contribution; ec contribution; union contribution; eu funding; grant contribution; external contribution; external funding; eu grant; grant funding; grant award; funding awarded; amount awarded; award amount",
}
"""Names for the money of projects, programmes and tasks."""
OWNER = (
    "owner; sro; senior responsible owner; senior responsible officer; project owner; project manager; pm; project lead; lead; manager;"
    " project director; programme director; responsible; responsible person; accountable; accountable person; accountable executive;"
    " project executive; executive; business owner; product owner; responsible officer; assigned to; assignee; programme manager;"
    " owner id; project leader; delivery lead; delivery manager; responsible manager; point of contact; lead name; person responsible; dri; contact;"
    " project sponsor; sponsor; executive sponsor; business sponsor; owner name; manager name; initiative owner; work owner; responsible party; team lead; technical lead; project coordinator; coordinator; project head; executive lead; lead executive; lead director; lead officer; director; accountable director; programme lead; scheme lead; scheme manager; executive owner; development manager; contract manager; delivery director; responsible director"
)
PROJECTS = {
    "id": "id; project id; project number; project code; project reference; project reference number; project key; reference; reference number;"
    " unique id; unique project id; code; key; number; gmpp id; gmpp id number; pid; project unique id; unique reference; unique reference number;"
    " initiative id; initiative number; work id; investment id; ppm id; project id number; project identification number; scheme id;"
    " scheme reference; scheme number; case reference; application reference; capital project number; request id; request number; idea id;"
    " item id; record id; record number; job number; job code; proposal id; business case id; programme id number; project no; erp project number",
    "name": "name; project name; project title; title; project; initiative; initiative name; project or programme name; programme project name;"
    " project programme name; programme project; project programme; project or programme; programme or project; name of project; programme name; scheme; scheme name; work name; work item; item name; item; task name;"
    " investment name; project short name; short name; short title; full name; programme title; initiative title; display name; record name;"
    " project label; epic name; engagement name; engagement; capital project name; project programme title; deliverable name; demand name",
    "programme": "programme; programme name; programme id; parent programme; delivery programme; programme portfolio; parent; parent initiative;"
    " programme area; part of programme; associated programme; overarching programme; parent investment; investment title; investment;"
    " unique investment id; parent project; parent id; strategic programme; portfolio programme",
    "category": "category; type; project type; project category; annual report category; report category; classification; project classification;"
    " work type; type of project; project class; investment category; investment type; initiative type; infrastructure project type;"
    " infrastructure type; asset class; asset type; programme category; portfolio category; project kind; kind; work category; type of work;"
    " sector; primary sector; main category; primary category; type main category; project sector; demand type; project subtype; project nature; tier; project tier; complexity; theme; stream",
    "state": "state; project state; status; project status; current status; life cycle status; life cycle state; work status; record status;"
    " initiative status; activity status; delivery status; project current status; project stage status; stage status; status name; active status",
    "owner": OWNER,
    "methodology": "methodology; method; delivery method; delivery methodology; project methodology; delivery approach; project approach",
    "calendar": "calendar; project calendar; working calendar",
    "start": "start; start date; project start; project start date; planned start; planned start date; approved start date;"
    " latest approved start date; baseline start; baseline start date; original start; original start date; scheduled start;"
    " scheduled start date; estimated start; estimated start date; forecast start; forecast start date; projected start date;"
    " expected start date; target start; target start date; proposed start date; anticipated start date; commencement; commencement date;"
    " begin; begin date; from date; kick off; kick off date; initiation date; design start; project begin date; date started;"
    " current start date; contract start date; construction start; effective date; approved project start date; planned project start date",
    "finish": "finish; end; end date; finish date; project end; project end date; project finish; project finish date; planned end;"
    " planned end date; planned finish; planned finish date; completion; completion date; project completion date; planned completion;"
    " planned completion date; planned project completion date; estimated completion; estimated completion date; estimated end date;"
    " estimated finish date; forecast completion; forecast completion date; forecast end date; forecast finish; forecast finish date;"
    " forecast end; projected completion; projected completion date; projected end date; projected finish date; expected completion;"
    " expected completion date; expected end date; anticipated completion date; anticipated end date; target completion;"
    " target completion date; target end date; target finish; target finish date; target date; approved end date; approved finish date;"
    " approved completion date; latest approved end date; baseline finish; baseline finish date; baseline end; baseline end date;"
    " original completion date; original end date; current end date; current completion date; scheduled completion; scheduled completion date;"
    " scheduled finish; scheduled end date; due; due date; deadline; closing date; project closing date; closure date; planned closure date;"
    " delivery date; go live; go live date; planned go live date; to date finish; until; until date; substantial completion;"
    " substantial completion date; practical completion; practical completion date; projected actual project completion date;"
    " in service date; contract end date; construction end; revised completion date; revised end date; date of completion; project close date",
    "actual_start": "actual start; actual start date; started; started on; date actual start; actual project start date; actual begin date",
    "actual_finish": "actual finish; actual finish date; actual end; actual end date; actual completion; actual completion date;"
    " actual project completion date; completed; completed on; completed date; date completed; closed; closed date; date closed; closed on;"
    " actual close date; actual closure date; finished on; actual go live date; actual delivery date; completion date actual; done date;"
    " actual project end date; completed at",
    "status_date": "status date; as of; as of date; data date; data as of; date as of; date reported as of; report date; reporting date;"
    " reported date; date of report; reporting period; report period; period; period end; period end date; snapshot date; last updated;"
    " last update; last updated date; date last updated; updated; updated date; update date; updated on; updated at; date updated; year;"
    " reporting year; report year; quarter; reporting quarter; reporting through; last modified; last modified date; modified; modified date;"
    " modified on; date modified; data date as of; report as of; status as of; year quarter; month; reporting month; last status update date",
    "progress": "progress; actual progress; actual percent complete; percent complete; percent; complete; percent completed; percent done; completion percent; progress percent; percent progress;"
    " percent complete overall; overall progress; overall percent complete; physical percent complete; project percent complete;"
    " percent of completion; completion rate; work percent complete; project progress; physical progress; physical progress percent; reported physical progress; percent physical progress; physical completion; completion status percent; percent project complete",
    "requires": "requires; required project; requires project; depends on; dependency; depends on project; dependent on; prerequisite;"
    " prerequisite project; predecessor; predecessor project; blocked by; project dependency; key dependency; interdependency; dependent project",
    "confidence_rating": "delivery confidence; delivery confidence assessment; delivery confidence rating; confidence assessment rating;"
    " delivery confidence assessment rating; confidence rating; confidence; ipa delivery confidence assessment; ipa rating; ipa rag rating;"
    " ipa rag; ipa dca rating; mpa rag rating; mpa rating; mpa delivery confidence assessment; mpa rag; nista delivery confidence assessment;"
    " nista rag rating; nista rating; sro delivery confidence assessment; sro delivery confidence; sro rag; sro rating; gmpp rag;"
    " gmpp delivery confidence; gateway rating; gate review rating; assurance rating; review rating; cio rating; cio evaluation;"
    " overall delivery confidence; rag rating delivery confidence; confidence level; independent assessment rating; external rating",
    "confidence_date": "delivery confidence date; date of assessment; assessment date; date of delivery confidence assessment; rating date;"
    " review date rating; date of rating; date of review",
    "assessor": "assessor; assessed by; rated by; reviewer",
    "confidence_note": "rating comment; delivery confidence comment; delivery confidence commentary; delivery confidence narrative;"
    " commentary on ipa rag rating; commentary on mpa rag rating; department commentary action planned taken ipa rag rating;"
    " department commentary action planned taken mpa rag rating; department commentary rag rating; commentary on delivery confidence;"
    " department commentary action planned taken rating; department narrative delivery confidence assessment; rating commentary;"
    " department commentary action planned taken delivery confidence assessment; department narrative ipa rating; assessment comment;"
    " department commentary action planned taken nista rating",
    "objectives": "objective; strategic objective; objective supported; strategic goal; goal; aligned objective; objective id; linked objective;"
    " strategic priority; corporate objective; corporate priority; okr; strategic outcome",
}
TASK_DATES = {
    "actual_start": "actual start; actual start date; started; started on; started date; date started; start actual; as; activated date;"
    " actual begin; actual start time; in progress date",
    "actual_finish": "actual finish; actual finish date; actual end; actual end date; actual completion; actual completion date; completed on;"
    " completed date; completed; completed at; date completed; completion date; finished; finished on; closed; closed date; date closed;"
    " closed at; done date; date done; resolved; resolved date; af; finish actual; actual date; completed time; date achieved; achieved;"
    " achieved date; actual delivery date; date of completion; actual completion time; actual",
    "progress": "progress; percent complete; percent; complete; percent completed; percent done; completion percent; progress percent; work percent complete;"
    " activity percent complete; physical percent complete; duration percent complete; performance percent complete; percent progress;"
    " schedule percent complete; status percent; overall progress; task progress; done percent; task percent complete",
    "baseline_start": "baseline start; baseline start date; planned start; planned start date; bl project start; baseline project start;"
    " baseline1 start; original start; original start date; baseline planned start; start baseline; approved start; bl1 start; target start;"
    " project baseline start; baseline early start",
    "baseline_finish": "baseline finish; baseline finish date; baseline end; baseline end date; planned finish; planned finish date; planned end;"
    " planned end date; bl project finish; baseline project finish; baseline1 finish; original finish; original end date; baseline date;"
    " baseline; finish baseline; original date; original due date; approved finish; planned completion date; baseline completion date;"
    " baseline due date; planned date; plan date; original baseline date; bl1 finish; target finish; approved date",
}
TASKS = {
    "project": "project; project id; project name; project code; project key; project number; team project; project title; board; space;"
    " project reference; workspace; plan name; plan; initiative; parent project",
    "id": "id; task id; activity id; unique id; key; issue key; work item key; work item id; number; wbs; wbs code; wbs id; code; task number;"
    " activity code; activity number; reference; outline number; issue id; item id; ticket; ticket id; work package id; task key; gid; line;"
    " deliverable id; step; action id; activity reference; task code; act id; url id; card id; uid",
    "name": "name; task name; activity name; task; activity; title; summary; subject; work package; item; item name; deliverable; description;"
    " task description; activity description; work package name; task title; work item; work item title; deliverable name; element name; action;"
    " action description; step name; card name; issue summary; wbs name; primary; story; user story; deliverable description; feature; pulse",
    "parent": "parent; parent id; parent task; parent task id; parent wbs; parent wbs id; parent wbs code; summary task; parent key; parent issue;"
    " epic; epic link; epic name; parent summary; parent item; parent activity; wbs parent; parent work item; parent issue key; sub task of;"
    " parent name; parent link; outline parent; group; wbs; wbs code; wbs id",
    "after": "predecessor; depends on; dependency; dependent on; predecessor id; predecessor task; predecessor activity; predecessor detail;"
    " unique id predecessor; blocked by; waiting on; prerequisite; wbs predecessor; preceding task; preceding activity; predecessor act;"
    " predecessor link; is blocked by; blocked by task; follows; task dependency; linked predecessor; after; immediate predecessor",
    "milestone": "milestone; is milestone; milestone flag; milestone indicator; milestone y n; key milestone; type milestone",
    "hammock": "hammock; level of effort; is hammock; loe activity",
    "duration": "duration; original duration; planned duration; estimated duration; at completion duration; scheduled duration; od; duration day;"
    " total duration; working day; work day; length; activity duration; task duration; budget duration; day; duration estimated;"
    " baseline duration; duration working day",
    "duration_low": "optimistic; optimistic duration; optimistic estimate; optimistic time; minimum duration; min duration; best case duration; low duration;"
    " duration optimistic; duration low; duration min; minimum time; shortest duration; low estimate duration; minimum day",
    "duration_likely": "most likely; most likely duration; most likely estimate; most likely time; likely duration; duration most likely; duration likely; ml duration",
    "duration_high": "pessimistic; pessimistic duration; pessimistic estimate; pessimistic time; maximum duration; max duration; worst case duration; high duration;"
    " duration pessimistic; duration high; duration max; maximum time; longest duration; high estimate duration; maximum day",
    "remaining": "remaining duration; duration remaining; time remaining; rd; remaining day; remaining early duration; day remaining",
    "not_before": "start; start date; early start; earliest start; forecast start; forecast start date; scheduled start; planned start;"
    " planned start date; begin; begin date; start on; start no earlier than; not before; from; from date; start time; scheduled start date;"
    " expected start; expected start date; es; task start; activity start; target start date; estimated start; estimated start date; current start",
    "finish_not_before": "finish no earlier than; finish not before",
    "deadline": "deadline; due; due date; due on; due at; finish; finish date; end; end date; target date; target finish; target finish date;"
    " target end date; planned finish; planned end date; need by; need date; required by; required date; early finish; scheduled finish;"
    " forecast finish; forecast finish date; forecast end date; target completion date; target completion; committed date; finish by;"
    " until; planned completion date; expected finish; expected completion date; due by; current finish; estimated end date; complete by;"
    " scheduled end date; task finish; task end; ef; estimated completion date; date due; target due date; completion due date; timeline end",
    "effort": "effort; work; planned effort; planned work; estimated effort; estimated hour; estimated time; time estimated; original estimated;"
    " hour; work hour; man day; man hour; person day; person hour; labour hour; budget labour unit; planned labour unit; budget unit;"
    " effort hour; effort day; scheduled work; loe; level effort; baseline work; total work; planned hour; effort estimated; estimated work hour;"
    " scheduled hour; budget hour; at completion labour unit",
    "owner": "owner; assigned to; assignee; task owner; responsible; responsible person; activity owner; lead; accountable; task lead; manager;"
    " responsible manager; action owner; person responsible; deliverable owner; work package owner; assigned; owner name; responsible party; people;"
    " assignee name; contact; person; dri; who; task manager; project manager; assigned person; person assigned",
    "resources": "resource name; resource; assigned resource; resource id; assigned resource name; resource assigned; resource initial; team member;"
    " assigned user; assigned team; resource assignment; resource group; member; members; participant",
    "category": "category; type; task type; activity type; phase; stage; discipline; bucket; bucket name; section; section column;"
    " work item type; issue type; work type; task category; trade; work stream; workstream; area; component; list; list name; group name;"
    " classification; milestone type; label; tag",
    "points": "story point; story point estimated; points; point; story point original",
    "iteration": "sprint; iteration; iteration path; sprint name; iteration name; sprint iteration",
    "area": "area path",
    "must_start_on": "must start on; mandatory start; constraint start",
    "must_finish_on": "must finish on; mandatory finish",
    "start_on": "start on constraint",
    "calendar": "calendar; calendar name; task calendar; activity calendar; base calendar",
}
MILESTONES = {
    "project": TASKS["project"] + "; programme; programme project",
    "id": "id; milestone id; milestone number; milestone reference; milestone code; reference; number; key; unique id; code; ms id; activity id;"
    " deliverable id; task id; gate id",
    "name": "name; milestone; milestone name; milestone title; milestone description; title; description; key milestone; deliverable; task name;"
    " activity name; event; milestone deliverable; deliverable name; summary; activity; gate; stage",
    "parent": "parent; parent id; parent milestone; summary task",
    "after": "predecessor; depends on; dependency; dependent on; predecessor id; prerequisite; preceding milestone; depends on milestone",
    "date": "date; milestone date; forecast date; current forecast; current forecast date; expected date; forecast; planned date; plan date;"
    " current date; target date; due date; due; finish; finish date; scheduled date; completion date; estimated date; latest forecast; end date;"
    " forecast completion date; delivery date; forecast finish; revised date; revised due date; current plan date; when; start date;"
    " estimated completion date; projected date; milestone due date; latest forecast date; anticipated date; planned completion date",
    "deadline": "deadline; committed date; commitment date; need by; need by date; need date; required by; required date; contract date;"
    " contractual date; target date; agreed date; must be done by; latest date; target completion date; promised date",
    "baseline_finish": TASK_DATES["baseline_finish"],
    "actual_finish": TASK_DATES["actual_finish"],
    "progress": TASK_DATES["progress"],
    "owner": "owner; milestone owner; responsible; responsible person; assigned to; assignee; accountable; lead; responsible party; person responsible",
    "category": "category; type; milestone type; level; milestone level; milestone category; phase; stage; work stream; workstream; tier; classification",
}

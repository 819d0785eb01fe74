#!/usr/bin/env bash
# Surprise: xerparser counts every day of a Primavera file as eight hours, whatever calendar the activity has, and cuts off what is left.
#
# xerparser 0.13.9.
# A Primavera file keeps durations, lags and floats in hours and says in its calendars how many hours a day has; one would guess that a
# property "in days" uses them. Four shifts of ten hours are five days there, and a lag of one such day is one; half a shift of float is
# none, and half a day behind is not behind. P6 itself shows 4, 1, 0.5 and -0.5.
# What users of this project meet: its own reader keeps the minutes and shows days of the activity's calendar, tested in
# tests/files/test_xer.py; docs/dialects.md has the row.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "xerparser==0.13.9"
cat >"$work/try.py" <<'PY'
from xerparser import Xer

WEEK = "".join(f"(0||{day}()({'(0||0(s|07:00|f|17:00)())' if 1 < day < 6 else ''}))" for day in range(1, 8))
EMPTY = {"guid": ""}
TASK = dict.fromkeys(
    "act_start_date act_end_date late_start_date late_end_date expect_end_date early_start_date early_end_date rem_late_start_date rem_late_end_date"
    " restart_date reend_date suspend_date resume_date create_date update_date cstr_date cstr_type cstr_date2 cstr_type2 float_path"
    " float_path_order target_work_qty act_work_qty target_equip_qty act_equip_qty".split(),
    "",
)
TASK |= {"proj_id": "1", "wbs_id": "1", "clndr_id": "1", "phys_complete_pct": "0", "complete_pct_type": "CP_Drtn", "task_type": "TT_Task"}
TASK |= {"status_code": "TK_NotStart", "duration_type": "DT_FixedDUR2", "driving_path_flag": "N"}
TASK |= {"target_start_date": "2026-01-05 07:00", "target_end_date": "2026-01-08 17:00"}


def work(uid: str, name: str, hours: str, total: str, free: str) -> dict[str, str]:
    found = {"task_id": uid, "task_code": name, "task_name": name, "target_drtn_hr_cnt": hours, "remain_drtn_hr_cnt": hours}
    return TASK | found | {"total_float_hr_cnt": total, "free_float_hr_cnt": free}


TABLES = {
    "CALENDAR": [{"clndr_id": "1", "default_flag": "Y", "clndr_name": "four tens", "proj_id": "", "base_clndr_id": "", "last_chng_date": ""}
        | {"clndr_type": "CA_Base", "day_hr_cnt": "10", "week_hr_cnt": "40", "month_hr_cnt": "172", "year_hr_cnt": "2000"}
        | {"clndr_data": f"(0||CalendarData()((0||DaysOfWeek()({WEEK}))(0||Exceptions()())))"}],
    "SCHEDOPTIONS": [{"schedoptions_id": "1", "proj_id": "1", "sched_float_type": "FT_FF"} | dict.fromkeys(
        "sched_lag_early_start_flag sched_open_critical_flag sched_outer_depend_type sched_progress_override sched_retained_logic"
        " sched_setplantoforecast sched_use_expect_end_flag".split(), "N")],
    "PROJECT": [{"proj_id": "1", "clndr_id": "1", "export_flag": "Y", "proj_short_name": "P", "plan_end_date": ""}
        | dict.fromkeys("add_date last_recalc_date plan_start_date".split(), "2026-01-05 07:00") | {"scd_end_date": "2026-01-30 17:00"}],
    "PROJWBS": [{"wbs_id": "1", "proj_id": "1", "parent_wbs_id": "", "wbs_short_name": "P", "wbs_name": "P", "seq_num": "1"}
        | {"proj_node_flag": "Y", "status_code": "WS_Open"}],
    "TASK": [work("1", "dig", "40", "5", "0"), work("2", "lay", "20", "-5", "")],
    "TASKPRED": [{"task_pred_id": "1", "task_id": "2", "pred_task_id": "1", "proj_id": "1", "pred_proj_id": "1", "pred_type": "PR_FS"}
        | {"lag_hr_cnt": "10", "float_path": "", "aref": "", "arls": "", "comments": ""}],
}
text = "ERMHDR\t19.12\t2026-01-05\tProject\tadmin\tadmin\tdb\tProject Management\tEUR\n"
for name, rows in TABLES.items():
    text += f"%T\t{name}\n%F\t" + "\t".join(rows[0]) + "\n"
    text += "".join("%R\t" + "\t".join(row.values()) + "\n" for row in rows)
plan = Xer(text + "%E\n")
dig, lay = plan.tasks["1"], plan.tasks["2"]
monday = dig.calendar.work_week["Monday"]
print(f"the calendar: {monday.hours:g} hours on a {monday.week_day}")
print(f"dig: {dig.target_drtn_hr_cnt:g} h are {dig.original_duration} days; total float {dig.total_float_hr_cnt:g} h is {dig.total_float} days")
print(f"lag: 10 h are {plan.relationships['1'].lag} day; lay: total float {lay.total_float_hr_cnt:g} h is {lay.total_float} days")
PY
"$work/venv/bin/python" "$work/try.py" | tee "$work/out"
diff - "$work/out" <<'SEEN'
the calendar: 10 hours on a Monday
dig: 40 h are 5 days; total float 5 h is 0 days
lag: 10 h are 1 day; lay: total float -5 h is 0 days
SEEN
echo "as seen on 2026-11-30"

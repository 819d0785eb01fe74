"""How Primavera's XML (PMXML) names what the tables of P6 hold: elements by field, and the words for each kind."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FIELDS", "NAMESPACE", "SHARES", "WORDS"]

NAMESPACE = "http://xmlns.oracle.com/Primavera/P6Professional/V20.12/API/BusinessObjects"

FIELDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "CALENDAR": (
        "Calendar",
        {
            "clndr_id": "ObjectId",
            "clndr_name": "Name",
            "default_flag": "IsDefault",
            "clndr_type": "Type",
            "day_hr_cnt": "HoursPerDay",
            "week_hr_cnt": "HoursPerWeek",
        },
    ),
    "RSRC": (
        "Resource",
        {
            "rsrc_id": "ObjectId",
            "rsrc_short_name": "Id",
            "rsrc_name": "Name",
            "rsrc_type": "ResourceType",
            "clndr_id": "CalendarObjectId",
            "rsrc_seq_num": "SequenceNumber",
        },
    ),
    "ACTVTYPE": (
        "ActivityCodeType",
        {"actv_code_type_id": "ObjectId", "actv_code_type": "Name", "actv_code_type_scope": "Scope", "seq_num": "SequenceNumber"},
    ),
    "ACTVCODE": (
        "ActivityCode",
        {
            "actv_code_id": "ObjectId",
            "actv_code_type_id": "CodeTypeObjectId",
            "short_name": "CodeValue",
            "actv_code_name": "Description",
            "seq_num": "SequenceNumber",
        },
    ),
    "PROJECT": (
        "Project",
        {
            "proj_id": "ObjectId",
            "proj_short_name": "Id",
            "clndr_id": "ActivityDefaultCalendarObjectId",
            "last_recalc_date": "DataDate",
            "plan_start_date": "PlannedStartDate",
            "plan_end_date": "MustFinishByDate",
            "scd_end_date": "ScheduledFinishDate",
            "critical_drtn_hr_cnt": "CriticalActivityFloatLimit",
            "critical_path_type": "CriticalActivityPathType",
            "orig_proj_id": "OriginalProjectObjectId",
            "sum_base_proj_id": "CurrentBaselineProjectObjectId",
        },
    ),
    "SCHEDOPTIONS": (
        "ScheduleOptions",
        {
            "proj_id": "ProjectObjectId",
            "sched_float_type": "ComputeTotalFloatType",
            "sched_calendar_on_relationship_lag": "RelationshipLagCalendar",
            "sched_lag_early_start_flag": "StartToStartLagCalculationType",
            "sched_use_expect_end_flag": "UseExpectedFinishDates",
            "sched_use_project_end_date_for_float": "CalculateFloatBasedOnFinishDate",
            "sched_open_critical_flag": "MakeOpenEndedActivitiesCritical",
            "logic": "OutOfSequenceScheduleType",
        },
    ),
    "PROJWBS": (
        "WBS",
        {
            "wbs_id": "ObjectId",
            "proj_id": "ProjectObjectId",
            "wbs_short_name": "Code",
            "wbs_name": "Name",
            "parent_wbs_id": "ParentObjectId",
            "seq_num": "SequenceNumber",
        },
    ),
    "TASK": (
        "Activity",
        {
            "task_id": "ObjectId",
            "proj_id": "ProjectObjectId",
            "wbs_id": "WBSObjectId",
            "clndr_id": "CalendarObjectId",
            "task_code": "Id",
            "task_name": "Name",
            "task_type": "Type",
            "duration_type": "DurationType",
            "status_code": "Status",
            "target_drtn_hr_cnt": "PlannedDuration",
            "remain_drtn_hr_cnt": "RemainingDuration",
            "act_start_date": "ActualStartDate",
            "act_end_date": "ActualFinishDate",
            "target_start_date": "PlannedStartDate",
            "target_end_date": "PlannedFinishDate",
            "complete_pct_type": "PercentCompleteType",
            "phys_complete_pct": "PhysicalPercentComplete",
            "cstr_type": "PrimaryConstraintType",
            "cstr_date": "PrimaryConstraintDate",
            "cstr_type2": "SecondaryConstraintType",
            "cstr_date2": "SecondaryConstraintDate",
            "suspend_date": "SuspendDate",
            "resume_date": "ResumeDate",
            "expect_end_date": "ExpectedFinishDate",
            "external_early_start_date": "ExternalEarlyStartDate",
            "external_late_end_date": "ExternalLateFinishDate",
            "early_start_date": "RemainingEarlyStartDate",
            "early_end_date": "RemainingEarlyFinishDate",
            "late_start_date": "RemainingLateStartDate",
            "late_end_date": "RemainingLateFinishDate",
            "total_float_hr_cnt": "TotalFloat",
            "free_float_hr_cnt": "FreeFloat",
            "driving_path_flag": "IsLongestPath",
        },
    ),
    "TASKRSRC": (
        "ResourceAssignment",
        {
            "taskrsrc_id": "ObjectId",
            "task_id": "ActivityObjectId",
            "proj_id": "ProjectObjectId",
            "rsrc_id": "ResourceObjectId",
            "target_qty": "PlannedUnits",
            "remain_qty": "RemainingUnits",
            "target_qty_per_hr": "PlannedUnitsPerTime",
            "target_cost": "PlannedCost",
            "act_reg_cost": "ActualRegularCost",
            "act_ot_cost": "ActualOvertimeCost",
        },
    ),
    "PROJCOST": (
        "ActivityExpense",
        {
            "cost_item_id": "ObjectId",
            "task_id": "ActivityObjectId",
            "proj_id": "ProjectObjectId",
            "cost_name": "ExpenseItem",
            "target_cost": "PlannedCost",
            "act_cost": "ActualCost",
            "remain_cost": "RemainingCost",
        },
    ),
    "TASKPRED": (
        "Relationship",
        {
            "task_pred_id": "ObjectId",
            "task_id": "SuccessorActivityObjectId",
            "proj_id": "SuccessorProjectObjectId",
            "pred_task_id": "PredecessorActivityObjectId",
            "pred_proj_id": "PredecessorProjectObjectId",
            "pred_type": "Type",
            "lag_hr_cnt": "Lag",
        },
    ),
}
"""For each table of P6 its element, and the element of each field."""

TIES = {
    "CS_MSO": "Start On",
    "CS_MSOB": "Start On or Before",
    "CS_MSOA": "Start On or After",
    "CS_MEO": "Finish On",
    "CS_MEOB": "Finish On or Before",
    "CS_MEOA": "Finish On or After",
    "CS_ALAP": "As Late As Possible",
    "CS_MANDSTART": "Mandatory Start",
    "CS_MANDFIN": "Mandatory Finish",
}
FLAG = {"Y": "1", "N": "0"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "task_type": {
        "TT_Task": "Task Dependent",
        "TT_Rsrc": "Resource Dependent",
        "TT_LOE": "Level of Effort",
        "TT_WBS": "WBS Summary",
        "TT_Mile": "Start Milestone",
        "TT_FinMile": "Finish Milestone",
    },
    "duration_type": {
        "DT_FixedDUR2": "Fixed Duration and Units",
        "DT_FixedDrtn": "Fixed Duration and Units/Time",
        "DT_FixedQty": "Fixed Units",
        "DT_FixedRate": "Fixed Units/Time",
    },
    "status_code": {"TK_NotStart": "Not Started", "TK_Active": "In Progress", "TK_Complete": "Completed"},
    "complete_pct_type": {"CP_Drtn": "Duration", "CP_Phys": "Physical", "CP_Units": "Units"},
    "cstr_type": TIES,
    "cstr_type2": TIES,
    "pred_type": {"PR_FS": "Finish to Start", "PR_SS": "Start to Start", "PR_FF": "Finish to Finish", "PR_SF": "Start to Finish"},
    "rsrc_type": {"RT_Labor": "Labor", "RT_Equip": "Nonlabor", "RT_Mat": "Material"},
    "clndr_type": {"CA_Base": "Global", "CA_Project": "Project", "CA_Rsrc": "Resource"},
    "actv_code_type_scope": {"AS_Global": "Global", "AS_Project": "Project", "AS_EPS": "EPS"},
    "critical_path_type": {"CT_TotFloat": "Critical Float", "CT_DrivPath": "Longest Path"},
    "sched_float_type": {
        "FT_FF": "Finish Float = Late Finish - Early Finish",
        "FT_SF": "Start Float = Late Start - Early Start",
        "FT_MIN": "Smallest of Start Float and Finish Float",
    },
    "sched_calendar_on_relationship_lag": {
        "rcal_Predecessor": "Predecessor Activity Calendar",
        "rcal_Successor": "Successor Activity Calendar",
        "rcal_24Hour": "24 Hour Calendar",
        "rcal_ProjDefault": "Project Default Calendar",
    },
    "logic": {"retained": "Retained Logic", "override": "Progress Override", "actual": "Actual Dates"},
    "default_flag": FLAG,
    "sched_lag_early_start_flag": FLAG,
    "sched_use_expect_end_flag": FLAG,
    "sched_use_project_end_date_for_float": FLAG,
    "sched_open_critical_flag": FLAG,
    "driving_path_flag": FLAG,
}
"""The words of PMXML for the codes of P6's tables, by field."""

SHARES = frozenset(["phys_complete_pct"])
"""Fields in percent that PMXML holds as shares of one."""

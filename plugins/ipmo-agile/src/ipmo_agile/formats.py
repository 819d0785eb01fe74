"""The file formats of the agile adapter."""

from ipmo.plugin import Format, Notice
from ipmo_agile.jira import read_jira, sniff_jira
from ipmo_agile.jira_csv import read_jira_csv, sniff_jira_csv

__all__ = ["FORMATS"]

NOTICES = (
    Notice(code="jira/date-order", heading="Dates of an export that may be read in two ways"),
    Notice(code="jira/resolution", heading="Resolutions that count as delivered"),
    Notice(code="jira/started", heading="Work of which nothing says when it was begun"),
    Notice(code="jira/column-ignored", heading="Columns of an export that are not read"),
    Notice(code="jira/incomplete", heading="Issues and change logs that are not in the file"),
)
FORMATS = (
    Format(
        name="jira",
        title="Jira issues (REST, JSON)",
        suffixes=(".json",),
        sniff=sniff_jira,
        read=read_jira,
        notices=(NOTICES[1], NOTICES[-1]),
    ),
    Format(name="jira-csv", title="Jira export (CSV)", sniff=sniff_jira_csv, read=read_jira_csv, encodings=True, notices=NOTICES),
)

"""The file formats of public data standards, declared as a plugin declares its own."""

from __future__ import annotations

from ipmo.files.formats import is_project_package
from ipmo.methods.contract import Format, Notice
from ipmo.standards.oc4ids import read_oc4ids
from ipmo.standards.oc4ids_out import write_oc4ids
from ipmo.standards.uk_project_data_out import write_uk_project_data

__all__ = ["FORMATS"]

FORMATS = (
    Format(
        name="oc4ids",
        title="OC4IDS project package (JSON)",
        sniff=lambda path, head: is_project_package(head),
        read=read_oc4ids,
        write=write_oc4ids,
        notices=(
            Notice(code="oc4ids/no-place", heading="What OC4IDS says and a portfolio has no place for"),
            Notice(code="oc4ids/value", heading="Values of another type than OC4IDS says"),
        ),
    ),
    Format(
        name="uk-project-data",
        title="folder of CSV files: the seven entities of the UK programme and project data standard",
        write=write_uk_project_data,
    ),
)
"""Formats of public standards: their files end as many others do, so the content names them, and `format=` where one is written."""

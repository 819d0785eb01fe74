"""Ids that no text of Primavera P6 would be read as: kept in a user-defined field of its own, beside the text that stands for them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from ipmo.files.foreign import Intake, text_of
from ipmo.files.xer_tables import Row
from ipmo.model.work import Project

__all__ = ["AREAS", "MARK", "OwnIds", "udf_type", "wbs_names"]

MARK = "ipmo id"
"""What the field is called."""
AREAS: Mapping[str, str] = {"TASK": "Activity", "PROJWBS": "WBS", "PROJECT": "Project", "RSRC": "Resource"}
"""What PMXML calls the tables whose rows have such fields."""


def udf_type(key: str, table: str) -> Row:
    """The field, as a row of table UDFTYPE.

    Args:
        key: the number of the row.
        table: whose rows have it.
    """
    return {
        "udf_type_id": key,
        "table_name": table,
        "udf_type_name": f"user_field_{key}",
        "udf_type_label": MARK,
        "logical_data_type": "FT_TEXT",
        "super_flag": "N",
    }


def wbs_names(project: Project) -> dict[str, tuple[str, str]]:
    """For each task of a project its short name as an element of the WBS, and the path of short names that a reader makes an id of."""
    above = {task.id: task.parent for task in project.tasks}
    short: dict[str, str] = {}
    for id, parent in above.items():
        text = text_of(id)
        short[id] = text.removeprefix(f"{text_of(parent)}.") if parent else text.removeprefix("WBS ")
    out = {}
    for id in above:
        path: list[str] = []
        at: str | None = id
        while at is not None:
            path.append(short[at].strip())
            at = above.get(at)
        out[id] = (short[id], "WBS " + ".".join(reversed(path)))
    return out


class OwnIds:
    """The ids that ipmo wrote into such fields.

    Args:
        intake: makes ids of the texts of other rows.
        types: rows of table UDFTYPE, with their lines.
        values: rows of table UDFVALUE, with their lines.
    """

    def __init__(self, intake: Intake, types: Iterable[tuple[int, Row]], values: Iterable[tuple[int, Row]]) -> None:
        self.intake = intake
        marks = {row.get("udf_type_id", ""): row.get("table_name", "") for _, row in types if row.get("udf_type_label") == MARK}
        self.found = {
            (table, row.get("fk_id", "")): text
            for _, row in (values if marks else ())
            if (table := marks.get(row.get("udf_type_id", ""))) is not None and (text := row.get("udf_text"))
        }

    def fit(self, table: str, key: str, text: str | None, taken: Container[str], what: str) -> str:
        """The id of a row: the one that ipmo wrote, else one made of its text, or of its key where it has none."""
        own = self.found.get((table, key))
        return self.intake.own(own, taken, what) if own is not None else self.intake.fit(text or key, taken, what)

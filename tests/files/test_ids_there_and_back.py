"""Ids with percent signs come back as they are from XER, PMXML and MSPDI, and what a file cannot hold is said when it is written."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.errors import FormatWarning
from ipmo.files.foreign import escaped, unescaped

FORMATS = ("xer", "pmxml", "mspdi")
TEXTS = st.lists(
    st.sampled_from(["%", "2", "5", "F", "4", "1", "0", "/", ":", " ", "a", "\x1f", "\xa0", "%25", "%2F", "%20", "%41", "%C2%A0", "é", "%C3%A9"]),
    max_size=10,
).map("".join)  # fmt: skip


@given(TEXTS)
def test_an_escaped_text_is_an_id_that_says_it_and_no_other(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(TEXTS)
def test_an_id_is_written_as_a_text_that_is_read_as_it(text: str) -> None:
    fits = text == " ".join(text.split(" ")).strip() and "  " not in text and not set(text) & set("/:\x1f\xa0")
    if fits:
        assert escaped(unescaped(text)) == text


def test_escapes_by_hand() -> None:
    assert [escaped(one) for one in ("A/1", "%41", "%2F", "%252F", "50%", "50%25", "a b", "x%ZZ")] == [
        "A%2F1", "%41", "%252F", "%25252F", "50%", "50%25", "a b", "x%ZZ",
    ]  # fmt: skip
    assert [unescaped(one) for one in ("A%2F1", "%41", "%252F", "%2541", "%FF", "a%20b", "%")] == [
        "A/1", "%41", "%2F", "%2541", "%FF", "a%20b", "%",
    ]  # fmt: skip


def there(pf: ipmo.Portfolio, path: Path, form: str) -> tuple[ipmo.Portfolio, str]:
    """As it is read back, and what was said on writing."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        ipmo.write(pf, path, format=form)
    return ipmo.read(path), " ".join(str(one.message) for one in said if issubclass(one.category, FormatWarning))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("ids", [["%41", "A", "a%2Fb"], ["50%25", "50%", "%2541"], ["a%20b", "a b", "%252F", "%C3%A9", "é"]])
def test_ids_with_percent_signs_come_back_equal(tmp_path: Path, form: str, ids: list[str]) -> None:
    tasks = [{"id": one, "duration": "1 d"} for one in ids]
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "pf", "start": "2026-01-05"}, "projects": [{"id": "%50", "tasks": tasks}]})
    back, _ = there(pf, tmp_path / f"x.{'xer' if form == 'xer' else 'xml'}", form)
    assert [(project.id, [task.id for task in project.tasks]) for project in back.projects] == [("%50", ids)]
    assert not [finding for finding in back.source.findings if finding.code.endswith("same-id") and "standard" not in finding.message]


@pytest.mark.parametrize(
    ("form", "name", "lost"),
    [
        ("pmxml", "dig\x07 and \ufffefill", "2 characters that XML cannot hold, which are spaces there"),
        ("mspdi", "dig\x0b and fill", "1 character that XML cannot hold, which is a space there"),
        ("xer", "dig\tand\nfill", "1 text with tabs or line breaks, which is a space there"),
        ("xer", "dig and fill", ""),
        ("mspdi", "dig & <fill>", ""),
    ],
)
def test_characters_that_a_file_cannot_hold_are_said(tmp_path: Path, form: str, name: str, lost: str) -> None:
    tasks = [{"id": "a", "name": name, "duration": "1 d"}]
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "pf", "start": "2026-01-05"}, "projects": [{"id": "P", "tasks": tasks}]})
    back, said = there(pf, tmp_path / f"x.{'xer' if form == 'xer' else 'xml'}", form)
    assert lost in said
    assert (" a space there" in said or "spaces there" in said) == bool(lost)
    assert (back.projects[0].tasks[0].name == name) == (not lost)

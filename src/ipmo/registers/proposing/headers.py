"""Where a sheet's table lies: its header (titles above it, two rows of it, a row of units), turned sheets, and where it ends."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence

import attrs

from ipmo.registers.cells.merged import filled_down
from ipmo.registers.opening.header_rows import header_texts
from ipmo.registers.opening.sheets import Raw, Sheet, is_blank, text_of
from ipmo.registers.proposing.columns import look_at, unknown_text
from ipmo.registers.proposing.headings import heading
from ipmo.registers.proposing.periods import are_periods
from ipmo.registers.proposing.synonyms import SYNONYMS, names_of

__all__ = ["Table", "find_table", "find_tables", "title_of"]

SEARCHED = 40
"""Rows, and of turned sheets columns, in which a header is looked for."""
WIDE = 400
TYPED = 0.8
"""From this share on, the cells of a column are numbers or dates."""
LONG_HEADER = 400
FIGURE = re.compile("[0-9]")
ALL_KNOWN = 3
"""From so many headings on, all of them known, a row heads a table that stands directly below another."""
UNITS_ROW = re.compile(
    r"(?:in\s+)?(?:[£€$¥]|usd|eur|gbp|aud|cad|us\$)?\s*[kmb']?(?:n|000s?|illions?|housands?)?|days?|weeks?|months?|hours?|hrs|%|percent|fte|text|free text|date|number|numeric|yes/no|y/n"
    r"|[dmy]{1,4}[-/. ][dmy]{1,4}[-/. ][dmy]{1,4}|1\s*(?:-|to|–)\s*(?:5|10|100)|h/m/l|rag|list|drop.?down|auto|formula|calculated",
    re.IGNORECASE,
)
TOTAL = re.compile(r"(?:grand |sub-?|overall )?totals?\b.{0,20}|sum|average|count", re.IGNORECASE)
NOTE = re.compile(
    r"(?:source|note|notes|legend|key|\*+|©|copyright|contains public|data as|generated|exported|last updated|disclaimer)\b.*|\*.*",
    re.IGNORECASE | re.DOTALL,
)


@attrs.frozen(kw_only=True)
class Table:
    """The table of a sheet.

    Args:
        sheet: the sheet, turned where its fields stand in rows.
        header: rows of its header, from 0.
        transposed: it is turned.
        last: the row after its last one, from 0.
        known: headings that are names of fields or attributes.
        title: what stands above the header.
        stopped: why it ends before the sheet does; empty where it does not.
        above: the rows above its header that are more than a title, and are left out; empty where there are none.
    """

    sheet: Sheet
    header: tuple[int, ...]
    transposed: bool
    last: int
    known: int
    title: str = ""
    stopped: str = ""
    above: str = ""
    part: bool = False
    """Other tables stand above or below it."""
    columns: str = ""
    """Its columns, as `H:M`, where other tables stand beside it."""

    @property
    def headers(self) -> list[str]:
        """The heading of each column."""
        return header_texts(self.sheet.rows, self.header, self.sheet.across)

    def cells(self, column: int) -> list[Raw]:
        """The cells of a column, below its heading."""
        return [row[column] for row in itertools.islice(self.sheet.rows, self.header[-1] + 1, self.last)]


@functools.cache
def _vocabulary() -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Every name of a field or an attribute, as words; and all words in them."""
    names = frozenset(name for kind in SYNONYMS for name in names_of(kind))
    return names, frozenset(word for name in names for word in name)


def title_of(sheet: Sheet, header: int, first: int = 0) -> str:
    """What stands above a header, from a row on: titles, and labels with what they say; other rows of several cells are no title."""
    found = [text_of(cell) for row in itertools.islice(sheet.rows, first, header) if _is_title(row) for cell in row if not is_blank(cell)]
    return " ".join(found)[:300]


def _is_title(row: Sequence[Raw]) -> bool:
    """Whether a row above a header is a title: one or two cells, or labels that end in a colon with what they say."""
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) <= 2 or any(isinstance(cell, str) and cell.rstrip().endswith(":") for cell in filled)


def _left_out_above(sheet: Sheet, header: int, first: int) -> str:
    """The rows above a header that are more than a title, for people; empty where there are none."""
    rows = [row for row in range(first, header) if not _is_title(sheet.rows[row])]
    if not rows:
        return ""
    one = len(rows) == 1
    where = f"row {rows[0] + 1}" if one else f"rows {rows[0] + 1} to {rows[-1] + 1}"
    return f"{where} above its headings {'holds' if one else 'hold'} several cells and {'is' if one else 'are'} left out: {'it is' if one else 'they are'} no title"


def _score(row: Sequence[Raw]) -> tuple[float, int]:
    """How much a row looks like a header, and how many names in it are known."""
    names, vocabulary = _vocabulary()
    score = 0.0
    known = 0
    seen: set[tuple[str, ...]] = set()
    for cell in row[:WIDE]:
        if is_blank(cell):
            continue
        if not isinstance(cell, str):
            score -= 1.0
            continue
        text = cell.strip()
        words = heading(text).words if len(text) <= LONG_HEADER else ()
        if not words or unknown_text(text) or not any(map(str.isalpha, text)):
            score -= 0.5
        elif words in names and words not in seen:
            known += 1
            score += 2.0
        elif words in seen:
            score += 0.1
        elif len(words) <= 12 and sum(word in vocabulary for word in words) * 2 >= len(words):
            score += 0.8
        else:
            score -= 0.1
        seen.add(words)
    return score, known


def _best(rows: Sequence[Sequence[Raw]], first: int = 0, end: int | None = None) -> tuple[float, int, int]:
    """(score, known names, row) of the row that looks most like a header, of those from one on."""
    best = (float("-inf"), 0, first)
    for place in range(first, min(first + SEARCHED, len(rows) if end is None else end)):
        row = rows[place]
        if sum(not is_blank(cell) for cell in row) < 2:
            continue
        score, known = _score(row)
        if score > best[0] + (0.5 if known <= best[1] else 0.0):
            best = (score, known, place)
    return best


def find_tables(sheet: Sheet) -> list[Table]:
    """The tables of a sheet: below one another with a blank row between, and side by side with a blank column between.

    Another table begins where a row behind a blank one has names of fields and differs from the header above; side by side, where both have
    names of ids, or the same names: a blank column alone is none. What looks like a table whose headings nobody knows ends the one above it.

    Args:
        sheet: the sheet, as it stands in the file.
    """
    first = find_table(sheet)
    if first is None or first.transposed:
        return [] if first is None else [first]
    begins = [*_above(sheet.rows, first), *_begins(sheet.rows, first)]
    found = []
    for begin, end in itertools.pairwise([0, *begins, len(sheet.rows)]):
        table = first if not begins else find_table(sheet, begin, end)
        if table is not None:
            found += [_without_strange(one) for one in _beside(table)]
    return found


def _above(rows: Sequence[Sequence[Raw]], best: Table) -> list[int]:
    """The rows at which tables above the one whose headings are known best end, and others begin; none where it is the first."""
    top, found, header = best.header[0], [], None
    for row in range(top - 1):
        filled = [cell for cell in rows[row] if not is_blank(cell)]
        if len(filled) < 2 or not all(isinstance(cell, str) for cell in filled) or rows[row] == rows[best.header[-1]]:
            continue
        score, known = _score(rows[row])
        titles = row
        while titles and sum(not is_blank(cell) for cell in rows[titles - 1]) == 1:
            titles -= 1
        apart = titles == 0 or all(map(is_blank, rows[titles - 1]))
        heads = (
            (known >= 2 and 2 * known > len(filled) and score > 0) if apart else (ALL_KNOWN <= known == len(filled) and _headed(rows, row))
        )
        if heads and rows[row] != header and any(_is_row(below) for below in rows[row + 1 : min(row + 4, top)]):
            found.append(titles if apart else row)
            header = rows[row]
    if not found:
        return []
    titled = top > 0 and sum(not is_blank(cell) for cell in rows[top - 1]) == 1
    return [*found[1:], top - 1 if titled else top]


def _is_row(row: Sequence[Raw]) -> bool:
    """Whether a row holds several cells, most of which are no headings."""
    filled = sum(not is_blank(cell) for cell in row)
    return filled >= 2 and 2 * _score(row)[1] < filled


def _begins(rows: Sequence[Sequence[Raw]], first: Table) -> list[int]:
    """The rows, or those of their titles, at which tables below the first one begin: behind a blank row, or where every cell is a known heading."""
    width = len(rows[0])
    header = rows[first.header[-1]]
    found = []
    for row in range(first.header[-1] + 2, len(rows) - 1):
        titled = rows[row - 1].count("") == width - 1
        apart = rows[row - 1].count("") == width or (titled and row > 1 and rows[row - 2].count("") == width)
        filled = [cell for cell in rows[row] if cell != ""]
        if len(filled) < (2 if apart else ALL_KNOWN) or filled[0].__class__ is not str or rows[row] == header:
            continue  # as nearly all are
        filled = [cell for cell in filled if not is_blank(cell)]
        if not all(isinstance(cell, str) for cell in filled) or (not apart and FIGURE.search("".join(map(str, filled)))):
            continue
        score, known = _score(rows[row])
        if (known >= 2 and 2 * known >= len(filled) and score > 0) if apart else (ALL_KNOWN <= known == len(filled) and _headed(rows, row)):
            found.append(row - 1 if titled else row)
            header = rows[row]
    return found


def _headed(rows: Sequence[Sequence[Raw]], row: int) -> bool:
    """Whether the row below one that may be a header, without a blank row above it, is no header too, and fills the same columns."""
    below = [(head, cell) for head, cell in zip(rows[row], rows[row + 1], strict=True) if not is_blank(cell)]
    return bool(below) and all(not is_blank(head) for head, _ in below) and _score(rows[row + 1])[1] < len(below)


def _beside(table: Table) -> list[Table]:
    """The tables that stand side by side below one row of headers: apart by a blank column, each with ids or names of its own."""
    heads = table.headers
    gaps = [column for column, head in enumerate(heads) if not head and all(is_blank(cell) for cell in table.cells(column))]
    edges = [-1, *gaps, len(heads)]
    spans = [(left + 1, right - 1) for left, right in itertools.pairwise(edges) if right - left > 2]
    titled = _titled(table, spans)
    if len(spans) < 2 or not (titled or _apart(_groups(heads, spans))):
        return [table]
    header, begin = (table.header[1:], table.header[0]) if titled else (table.header, 0)
    found = []
    for left, right in spans:
        sheet = table.sheet.between(left, right)
        last, stopped = _end(sheet, header[-1] + 1, table.last)
        columns = f"{sheet.letters(0)}:{sheet.letters(right - left)}"
        title = table.title if table.part and not titled else title_of(sheet, header[0], begin)
        found.append(attrs.evolve(table, sheet=sheet, header=header, last=last, stopped=stopped, columns=columns, title=title))
    return found


def _titled(table: Table, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the first row of a header holds titles of tables side by side, one above each, not groups of the headings below."""
    first, *rest = table.header
    above = table.sheet.rows[first]
    if not rest or any(sum(not is_blank(cell) for cell in above[left : right + 1]) > 1 for left, right in spans):
        return False
    return all(_names_ids(group) for group in _groups(header_texts(table.sheet.rows, rest, table.sheet.across), spans))


def _groups(heads: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[list[tuple[str, ...]]]:
    """The headings of each span of columns, as words."""
    return [[heading(head).words for head in heads[left : right + 1] if head] for left, right in spans]


def _apart(groups: Sequence[Sequence[tuple[str, ...]]]) -> bool:
    """Whether groups of headings are tables of their own: each two have a heading in common, or each has one that names an id or a name."""
    return all(set(one) & set(other) for one, other in itertools.pairwise(groups)) or all(map(_names_ids, groups))


def _names_ids(group: Sequence[tuple[str, ...]]) -> bool:
    """Whether one of some headings names an id, and says of what."""
    return any(words in _named_by() for words in group)


@functools.cache
def _named_by() -> frozenset[tuple[str, ...]]:
    """Names of ids that say of what: `Project ID`, `Risk number`."""
    found = set()
    for kind in SYNONYMS:
        for words, fields in names_of(kind).items():
            if len(words) > 1 and any(field == "id" for field, _ in fields):
                found.add(words)
    return frozenset(found)


def _without_strange(table: Table) -> Table:
    """A table that ends before what looks like another one whose headings nobody knows: texts where its own cells are dates and numbers."""
    rows, first = table.sheet.rows, table.header[-1] + 1
    blank = [row for row in range(first + 1, table.last) if all(map(is_blank, rows[row]))]
    if not blank:
        return table
    typed = [column for column in range(table.sheet.width) if _is_typed([row[column] for row in itertools.islice(rows, first, blank[0])])]
    for row, following in itertools.pairwise([*blank, table.last]):
        if row + 2 < following and _is_strange(rows[row + 1], rows[row + 2 : following], typed) and rows[row + 1] != rows[first - 1]:
            last = row
            while last > first and all(map(is_blank, rows[last - 1])):
                last -= 1
            where = f"rows {row + 2} to {table.last} look like another table, whose headings are not known; they are left out"
            return attrs.evolve(table, last=last, stopped=where)
    return table


def _is_typed(cells: Sequence[Raw], least: int = 2) -> bool:
    """Whether cells of a column, at least so many, are nearly all numbers or dates."""
    look = look_at(cells)
    return look.told >= least and look.share("number", "date", "money", "percent") >= TYPED


def _is_strange(head: Sequence[Raw], below: Sequence[Sequence[Raw]], typed: Sequence[int]) -> bool:
    """Whether a row behind a blank one heads another table than the one above it, whose typed columns are given.

    It has texts only, over every column that the rows below it fill. Rough figures (`Spring 2027`, `about 5`) head nothing where the
    cells below them are of the kind of those above.
    """
    filled = [cell for cell in head if not is_blank(cell)]
    if len(filled) < 2 or not all(isinstance(cell, str) and not unknown_text(cell) for cell in filled):
        return False
    if any(is_blank(cell) and not all(is_blank(row[column]) for row in below) for column, cell in enumerate(head)):
        return False
    held = [column for column in typed if not is_blank(head[column])]
    if not held or any(_is_typed([head[column]], 1) for column in held):
        return False
    figures = any(map(str.isdigit, "".join(text_of(head[column]) for column in held)))
    return not (figures and all(_is_typed([row[column] for row in below], 1) for column in held))


def find_table(sheet: Sheet, first: int = 0, end: int | None = None) -> Table | None:
    """The table of a sheet, or of some of its rows; None where no row looks like a header.

    Args:
        sheet: the sheet, as it stands in the file.
        first: the first row of these, from 0.
        end: the row after the last of these; None for all.
    """
    if not sheet.rows:
        return None
    upright = _best(sheet.rows, first, end)
    part = first > 0 or (end is not None and end < len(sheet.rows))
    turned_rows = list(zip(*(row[:SEARCHED] for row in itertools.islice(sheet.rows, WIDE)), strict=True))
    turned = _best(turned_rows) if len(sheet.rows) <= WIDE and not part else (float("-inf"), 0, 0)
    fuller = _share(turned_rows, turned) > 1.5 * _share(sheet.rows, upright)
    field_by_field = sheet.width == 2 and turned[1] >= 3 * upright[1]
    transposed = turned[1] >= 3 and turned[1] > 1.5 * upright[1] and (fuller or field_by_field)
    known, row = (turned if transposed else upright)[1:]
    if known < 1 or (transposed and known < 3):
        return None
    shown = sheet.transposed() if transposed else sheet
    header = (row,) if transposed else _over_merged(sheet, _rows_of_header(sheet, row, first))
    last, stopped = (len(shown.rows), "") if transposed else _end(shown, header[-1] + 1, end)
    title = title_of(shown, header[0], first)
    return Table(
        sheet=filled_down(shown, header[-1] + 1),
        header=header,
        transposed=transposed,
        last=last,
        known=known,
        title=title,
        stopped=stopped,
        above="" if transposed else _left_out_above(shown, header[0], first),
        part=part,
    )


def _share(rows: Sequence[Sequence[Raw]], best: tuple[float, int, int]) -> float:
    """Which part of a row are known names."""
    return best[1] / max(1, sum(not is_blank(cell) for cell in rows[best[2]]))


def _rows_of_header(sheet: Sheet, row: int, first: int = 0) -> tuple[int, ...]:
    """The rows of the header around the one that was found: one more above it for groups, below it one for parts of groups and one for units."""
    rows = sheet.rows
    found = [row]
    own = [text_of(cell) for cell in rows[row]]
    if row > first:
        above = [text_of(cell) for cell in rows[row - 1]]
        filled = [place for place, text in enumerate(above) if text]
        strings = all(isinstance(rows[row - 1][place], str) for place in filled)
        told = [text for text in own if text]
        twice = len(told) != len(set(told))
        gaps = any(above[place] and not own[place] for place in filled)
        if len(filled) >= 2 and strings and (twice or gaps) and all(len(above[place]) <= 80 for place in filled):
            found.insert(0, row - 1)
    if row + 1 < len(rows) and ((not any(map(_is_number, rows[row])) and are_periods(rows[row + 1])) or _are_parts(sheet, row)):
        found.append(row + 1)
    if found[-1] + 1 < len(rows) and _are_units(rows[found[-1] + 1]):
        found.append(found[-1] + 1)
    return tuple(found)


def _are_units(row: Sequence[Raw]) -> bool:
    """Whether the cells of a row name units of the columns: `£k`, `days`, `DD/MM/YYYY`."""
    told = [cell for cell in row if not is_blank(cell)]
    return len(told) >= 2 and all(isinstance(cell, str) and UNITS_ROW.fullmatch(cell.strip().strip("()[]")) for cell in told)


def _are_parts(sheet: Sheet, row: int) -> bool:
    """Whether the row below one of headings names the parts of groups in it: `Start` and `Finish` below `Dates`, blank below all other headings."""
    upper, lower = sheet.rows[row], sheet.rows[row + 1]
    told = [column for column, cell in enumerate(lower) if not is_blank(cell)]
    texts = [cell for cell in lower if isinstance(cell, str) and not is_blank(cell)]
    if len(told) < 2 or len(texts) < len(told) or any(map(unknown_text, texts)):
        return False
    begins = [column for column, cell in enumerate(upper) if not is_blank(cell)]
    ends = [sheet.across.get(row, {}).get(one, following - 1) for one, following in itertools.pairwise([*begins, len(upper)])]
    groups = [[column for column in told if one <= column <= end] for one, end in zip(begins, ends, strict=True)]
    if any(len(group) == 1 for group in groups) or sum(map(len, groups)) < len(told) or groups[0]:
        return False  # a row of the table fills the first column, and cells below headings of one column
    return 2 * _score(lower)[1] >= len(set(texts))


def _is_number(cell: Raw) -> bool:
    return isinstance(cell, int | float)


def _over_merged(sheet: Sheet, header: tuple[int, ...]) -> tuple[int, ...]:
    """The rows of a header, down to where names in it are merged to: `Project ID` over two rows, beside `Start` and `Finish` below `Dates`."""
    last = max(
        (one.last for one in sheet.merged if header[0] <= one.first <= header[-1] and one.last <= header[-1] + 2), default=header[-1]
    )
    return (*header, *range(header[-1] + 1, last + 1))


def _without_notes(rows: Sequence[Sequence[Raw]], first: int, last: int) -> int:
    """The row after a table's last one, without the notes behind a blank row: rows of which each holds one text and nothing else."""
    begin = last
    while begin > first and (cells := [cell for cell in rows[begin - 1] if not is_blank(cell)])[1:] == [] and len(rows[0]) > 2:
        if cells and not isinstance(cells[0], str):
            break
        begin -= 1
    blank = next((row for row in range(begin, last) if all(map(is_blank, rows[row]))), last)
    return last if blank <= first else blank


def _end(sheet: Sheet, first: int, end: int | None = None) -> tuple[int, str]:
    """The row after a table's last one, and why it ends before the sheet does."""
    rows = sheet.rows
    last = len(rows) if end is None else end
    while last > first and all(is_blank(cell) for cell in rows[last - 1]):
        last -= 1
    full, why = last, ""
    if (noted := _without_notes(rows, first, last)) < last:
        last, why = noted, "notes below the table are left out"
    for _ in range(12):
        if last - 1 <= first:
            break
        cells = [(place, cell) for place, cell in enumerate(rows[last - 1]) if not is_blank(cell)]
        if not cells:
            last -= 1
            continue
        text = text_of(cells[0][1])
        if (
            isinstance(cells[0][1], str)
            and TOTAL.fullmatch(text)
            and all(not isinstance(c, str) or any(map(str.isdigit, c)) for _, c in cells[1:])
        ):
            last, why = last - 1, "a row of totals is left out"
        elif len(cells) == 1 and sheet.width > 2 and isinstance(cells[0][1], str) and (NOTE.fullmatch(text) or len(text) > 60):
            last, why = last - 1, why or "notes below the table are left out"
        else:
            break
    while last > first and all(is_blank(cell) for cell in rows[last - 1]):
        last -= 1
    return last, why if last < full else ""

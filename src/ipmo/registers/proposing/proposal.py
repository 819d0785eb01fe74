"""What the columns of a file may mean: a mapping proposed from headings and values, which says what it doubts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Map
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePath
from statistics import median

import attrs

from ipmo.registers.cells.amounts import SHARED, SIGNS, currency_named
from ipmo.registers.cells.reading import usual_year
from ipmo.registers.fields import CATALOGUE, KINDS_OF_MONEY, MONEY_CELLS, RegisterField, RegisterKind
from ipmo.registers.mapping import ATTRIBUTE, CURRENCY, IGNORE, ColumnMapping, Mapping, SheetMapping
from ipmo.registers.opening.sheet_xml import NoValue
from ipmo.registers.opening.sheets import Sheet, is_blank
from ipmo.registers.proposing.assigning import Assigned, assign, earlier_of
from ipmo.registers.proposing.beside import allocated, computed_dates, three_points
from ipmo.registers.proposing.columns import Column, look_at
from ipmo.registers.proposing.details import LETTERS, Details, day_named, detailed, most_used, order_of_file, unknown_texts
from ipmo.registers.proposing.headers import Table, find_tables
from ipmo.registers.proposing.headings import Heading, heading
from ipmo.registers.proposing.kinds import kinds_of, telling
from ipmo.registers.proposing.odd_amounts import odd_amounts
from ipmo.registers.proposing.outlined import outlined
from ipmo.registers.proposing.periods import by_period, of_one_value
from ipmo.registers.proposing.rows_of_lists import belongs, is_of, money_by_row, repeats, something_else

__all__ = ["propose"]

TRIED = 3
"""Kinds of register that are tried in full, those with most votes."""
NEEDED_VOTES = 1.2
CLOSE = 0.75
AKIN = 0.35
"""As `CLOSE`, for kinds that hold the same rows: people are often listed as what can be planned with."""
TELLING = 5.0
"""Votes from which on a kind is named, even if no heading does it alone."""
BY_PERIOD = ("budget", "actual", "forecast", "funding", "amount")
HOLDS_MONEY = ("projects", "tasks", "costs")
"""Kinds whose rows have money by period in columns."""
MOSTLY = 0.8
"""From this share of its cells on, a column without a heading holds numbers."""
MEANT = {"$": "USD", "¥": "JPY"}
"""Whose a sign of several currencies is taken for, with a doubt."""
NAMES = {"name", "text", "question", "note"}
LEVELED = re.compile(r"(?:title|name|task|task name|summary|level|wbs level) ?([1-9])", re.IGNORECASE)
"""Headings of the names of one level each."""
COUNTRIES = frozenset("country countries land pays nation país paese".split())
"""Words of the heading of a column of countries."""
ASSESSORS = frozenset("ipa mpa nista sro cio pmo gmpp dft mod owner sponsor manager".split())
"""Whose a rating is, as headings begin: `IPA rating`, `SRO rating`."""


def _noted(assigned: Sequence[Assigned]) -> tuple[Assigned, ...]:
    """Remarks on a rating go to the rating that there is: that of assessors, or the colour that was reported."""
    fields = {one.field for one in assigned}
    noted, other = ("rag_note", "confidence_note") if "confidence_rating" in fields else ("confidence_note", "rag_note")
    if ("confidence_rating" in fields) == ("rag" in fields) or other in fields:
        return tuple(assigned)
    doubt = "it is taken for what is said of the colour" if other == "rag_note" else ""
    return tuple(attrs.evolve(one, field=other, doubt=doubt or one.doubt) if one.field == noted else one for one in assigned)


@attrs.frozen(kw_only=True)
class _Found:
    """A sheet with its table, and what its columns say."""

    sheet: Sheet
    table: Table
    reads: tuple[Heading, ...]
    columns: tuple[Column, ...]
    kind: str
    assigned: tuple[Assigned, ...] = attrs.field(converter=_noted)
    doubt: str = ""

    def of(self, field: str) -> Column | None:
        """The column that states a field."""
        return next((column for column, one in zip(self.columns, self.assigned, strict=True) if one.field == field), None)


def propose(sheets: Sequence[Sheet], *, withheld: frozenset[str] = frozenset()) -> Mapping:
    """A mapping of what a file holds, with its doubts.

    A heading is held against the names that offices give to fields (the mean of character and word likeness), and the cells are held
    against what the field takes: dates, money, colours, ids that differ, ids of another column. A column is sure, doubted with the reason
    and what else it may be, or left as an attribute.

    Args:
        sheets: of the workbook, or the one table of text.
        withheld: names of fields that are not to be used: for measuring how well a file is read that was never seen.
    """
    doubts: list[str] = []
    found: list[_Found] = []
    for sheet in sheets:
        tables = find_tables(sheet)
        if not tables:
            lost = next(
                ((row, place) for row, cells in enumerate(sheet.rows) for place, cell in enumerate(cells) if isinstance(cell, NoValue)),
                None,
            )
            why = "" if lost is None else f" ({sheet.place(*lost)} is {sheet.rows[lost[0]][lost[1]]})"
            doubts.append(f"{_called(sheet)}: no row of it looks like headings; it is left out{why}")
        for table in tables:
            reads = tuple(map(heading, table.headers))
            columns = tuple(look_at(table.cells(place)) for place in range(len(reads)))
            one = _of_kind(table, reads, columns, withheld, alone=len(tables) == 1)
            if isinstance(one, _Found):
                found.append(one)
            elif len(tables) == 1:
                doubts.append(f"{_called(sheet)}: it {one or 'looks like no register'}; it is left out")
            else:
                doubts.append(f"{_called(sheet)}: {_range(table)} {one or 'look like no register'}; they are left out")
        if len(tables) > 1:
            doubts.append(f"{_called(sheet)}: it holds {len(tables)} tables: {'; '.join(map(_range, tables))}")
    known = _known(found)
    found = [_again(one, known, withheld) for one in found]
    return _mapping(found, sheets, doubts)


def _called(sheet: Sheet) -> str:
    return f"sheet {sheet.name!r}"


def _range(table: Table) -> str:
    """Where a table stands, for people."""
    columns = f", columns {table.columns.replace(':', ' to ')}" if table.columns else ""
    return f"rows {table.header[0] + 1} to {table.last}{columns}"


def _of_kind(
    table: Table, reads: tuple[Heading, ...], columns: tuple[Column, ...], withheld: frozenset[str], *, alone: bool
) -> _Found | str:
    """A table as the kind of register that its headings, names and cells speak for most; where nothing does, why, if that is known."""
    name = table.sheet.name if alone or not table.title else ""
    by_year = {kind: by_period(reads, columns, f"{table.title} {table.sheet.name}", lines=kind == "costs") for kind in HOLDS_MONEY}
    wide = [read.assumed or read is not own for read, own in zip(by_year["projects"], reads, strict=True)]
    said = [read.text for read, apart in zip(reads, wide, strict=True) if not apart]
    votes = [one for one in kinds_of(said, name, table.title, withheld) if one[0] >= NEEDED_VOTES][:TRIED]
    if any(wide):
        votes = [*((0.0, kind) for kind in ("projects", "costs") if kind not in {one for _, one in votes}), *votes]
        votes.sort(key=lambda one: one[1] == "costs")  # a list of projects with money by period is no list of its lines
    elif money_by_row(reads) and "costs" not in {one for _, one in votes}:
        votes.append((NEEDED_VOTES, "costs"))
    tried: list[tuple[float, str, tuple[Assigned, ...], set[str]]] = []
    own_reads = reads
    for count, kind in votes:
        reads = by_year.get(kind) or of_one_value(own_reads, columns, kind)
        assigned = assign(reads, columns, CATALOGUE[kind], _own_ids(reads, columns, kind, withheld), withheld)
        fields = {one.field for one in assigned if one.field != ATTRIBUTE}
        weight = sum(0.5 + one.candidate.score / 2 for one in assigned if one.candidate is not None and one.field != ATTRIBUTE)
        if kind == "raid" and not _says_which(reads, columns, assigned):
            continue
        if not is_of(kind, assigned, reads, columns):
            continue
        if any(wide) and kind == "projects" and repeats(assigned, columns, "id", "name"):
            continue  # its rows are lines of money: each project stands in several
        if any(wide) and kind == "costs" and any(other == "projects" for _, other, *_ in tried):
            continue
        if "id" in fields or fields & NAMES or kind in ("costs", "links"):
            tried.append((count + weight, kind, tuple(assigned), fields))
    if any(belongs(kind, assigned, own_reads) for _, kind, assigned, _ in tried):
        tried = [one for one in tried if one[1] != "projects" or not repeats(one[2], columns, "id", "name")]
    if not tried:
        return ""
    tried.sort(key=lambda one: (-one[0], one[1]))
    best = tried[0]
    if len(best[3]) < 2:
        return ""
    if best[1] == "projects" and (other := something_else(best[2], own_reads, columns)):
        return f"has rows that {other!r} numbers and that name a project each: no register here holds them"
    doubt = ""
    nameless = best[1] in ("projects", "programmes", "tasks") and "name" not in best[3]
    if nameless or (votes[0][0] < TELLING and not any(telling(read.words, best[1]) for read in reads)):
        doubt = f"nothing names what its rows are: it is read as {CATALOGUE[best[1]].title}"
    elif len(tried) > 1 and tried[1][0] > (AKIN if {best[1], tried[1][1]} == {"people", "resources"} else CLOSE) * best[0]:
        doubt = f"it may be {CATALOGUE[tried[1][1]].title} as well as {CATALOGUE[best[1]].title}"
    if best[1] == "costs" and best[3] & {*KINDS_OF_MONEY}:
        doubt = "; ".join(filter(None, (doubt, "each amount is read as that of its row's period alone, not as one to date")))
    elif best[1] == "costs" and "kind" not in best[3]:
        doubt = "; ".join(filter(None, (doubt, "nothing says which money it is: a column `kind` would; the budget is assumed")))
    reads = by_year.get(best[1]) or of_one_value(own_reads, columns, best[1])
    return _Found(sheet=table.sheet, table=table, reads=reads, columns=columns, kind=best[1], assigned=best[2], doubt=doubt)


def _says_which(reads: Sequence[Heading], columns: Sequence[Column], assigned: Sequence[Assigned]) -> bool:
    """Whether a column says of each row what it is: risk, assumption, issue or dependency."""
    return any(
        one.field == "type" and (column.told > 0 or "raid" in read.words)
        for read, column, one in zip(reads, columns, assigned, strict=True)
    )


def _own_ids(reads: Sequence[Heading], columns: Sequence[Column], kind: str, withheld: frozenset[str]) -> dict[str, frozenset[str]]:
    """The ids of a sheet itself: what parents and predecessors can name."""
    if kind not in ("tasks", "milestones", "programmes", "projects"):
        return {}
    first = assign(reads, columns, CATALOGUE[kind], {}, withheld)
    ids = next((column for column, one in zip(columns, first, strict=True) if one.field == "id"), None)
    if ids is None:
        return {}
    own = frozenset(ids.texts)
    return {"task": own} if kind in ("tasks", "milestones") else {"project" if kind == "projects" else "programme": own}


def _known(found: Sequence[_Found]) -> dict[str, frozenset[str]]:
    """Ids that references can name, by what they refer to: of the registers of this file."""
    known: dict[str, set[str]] = {}
    for one in found:
        for field in ("id", "name"):
            column = one.of(field)
            if column is None:
                continue
            for refers, kinds in (
                ("project", ("projects",)),
                ("programme", ("programmes",)),
                ("risk", ("risks",)),
                ("item", ("projects", "tasks", "milestones")),
            ):
                if one.kind in kinds:
                    known.setdefault(refers, set()).update(column.texts)
    return {refers: frozenset(ids) for refers, ids in known.items()}


def _again(one: _Found, known: Map[str, frozenset[str]], withheld: frozenset[str]) -> _Found:
    """A sheet with its columns held against the ids of the other sheets."""
    others = {refers: ids for refers, ids in known.items() if not (refers == "project" and one.kind == "projects")}
    if not others:
        return one
    own = _own_ids(one.reads, one.columns, one.kind, withheld)
    return attrs.evolve(one, assigned=tuple(assign(one.reads, one.columns, CATALOGUE[one.kind], {**others, **own}, withheld)))


def _mapping(found: Sequence[_Found], sheets: Sequence[Sheet], doubts: list[str]) -> Mapping:
    fields = [
        (one.kind, CATALOGUE[one.kind].fields[said.field], read, column)
        for one in found
        for said, read, column in zip(one.assigned, one.reads, one.columns, strict=True)
        if said.field in CATALOGUE[one.kind].fields
    ]
    money = [(read, column) for _, field, read, column in fields if field.cell in MONEY_CELLS]
    symbols = [read.currency or next(iter(column.signs), "") for read, column in money]
    by_row = [(one, column) for one in found if (column := one.of(CURRENCY)) is not None]
    rows = [code for _, column in by_row for text in column.texts if (code := currency_named(text)) is not None]
    titles = [heading(f"{one.table.title} {one.sheet.name}") for one in found]
    currency = most_used(symbols) or most_used(rows) or most_used([read.currency or "" for read in titles])
    doubts += [doubt for one, _ in by_row if (doubt := _unnamed(one, currency))]
    shared = next((sign for sign in [*symbols, *(read.currency or "" for read in titles)] if sign in SIGNS), "")
    if money and not currency:
        currency = MEANT.get(shared, "")
        if currency:
            doubts.append(f"{shared} is the sign of several currencies: {currency} is assumed; `currency:` says otherwise")
        elif shared:
            doubts.append(f"{shared!r} is the sign of several currencies: write `currency:`, for example {min(SHARED[shared])}")
        else:
            doubts.append("nothing names the currency of its amounts: write `currency:`, for example GBP")
    elif shared and currency not in SHARED.get(shared, ()):
        doubts.append(f"some of its amounts are in {shared}, others in {currency}")
    if not usual_year(currency) and any(
        column.share("financial year") > 0 for _, field, _, column in fields if field.cell in ("date", "when")
    ):
        doubts.append("some of its dates are financial years: write `financial_year:` with the first month of one, for example apr")
    years = _years(found)
    british = currency == "GBP" and (bool(years) or any(read.period and "-" in read.period for read, _ in money))
    of_years = [read for _, field, read, _ in fields if field.name in BY_PERIOD and read.period and re.match(r"FY|\d{4}-", read.period)]
    if of_years and not usual_year(currency) and not british:
        doubts.append(
            f"column {of_years[0].text!r} is of a financial year: write `financial_year:` with the first month of one, for example oct"
        )
    dates = [column for _, field, _, column in fields if field.cell in ("date", "when")]
    order = order_of_file(dates)
    named = [(read.multiplier, number) for read, column in money if read.multiplier > 1 for number in _amounts(column)]
    file = Details(
        currency=currency,
        by_row=bool(by_row),
        order=order or "",
        factors=frozenset(factor for factor, _ in named),
        middle=median(number for _, number in named) if named else None,
    )
    stated = {said.field for one in found for said in one.assigned}
    day = (
        None
        if "status_date" in stated
        else day_named([one.table.title for one in found] + [PurePath(sheet.file).stem for sheet in sheets[:1]])
    )
    if day is not None:
        doubts.append(f"its title or name says {day}: that is taken for the day of its data (`status_date:`)")
    elif stated & {"rag", "confidence_rating", "progress"} and not stated & {"status_date", "rag_date", "confidence_date"}:
        doubts.append("nothing says of which day its ratings and its progress are: write `status_date:`")
    text = sheets[0] if sheets and sheets[0].is_text else None
    return Mapping(
        sheets=tuple(_sheet(one, found, file, years) for one in found),
        currency=currency,
        dates=order or "" if any(column.figures for column in dates) else "",
        financial_year="apr" if british else "",
        status_date=day,
        unknown=unknown_texts(column for _, field, _, column in fields if field.cell not in ("text", "texts", "id")),
        encoding=text.encoding if text is not None and (text.guessed or not text.encoding.startswith("utf")) else "",
        delimiter=text.delimiter if text is not None and text.delimiter not in ("", ",") else "",
        doubt="\n".join(doubts + ([f"its encoding is a guess: {text.encoding}"] if text is not None and text.guessed else [])),
    )


def _unnamed(one: _Found, currency: str) -> str:
    """What to say of amounts in rows whose currency is not named; empty where there are none."""
    fields = CATALOGUE[one.kind].fields
    named = next(one.table.cells(place) for place, said in enumerate(one.assigned) if said.field == CURRENCY)
    money = [place for place, said in enumerate(one.assigned) if said.field in fields and fields[said.field].cell in MONEY_CELLS]
    blank = [row for row, cell in enumerate(named) if is_blank(cell)]
    count = sum(not is_blank(cells[row]) for cells in map(one.table.cells, money) for row in blank)
    if not count:
        return ""
    amounts = "1 amount stands in a row" if count == 1 else f"{count} amounts stand in rows"
    return f"{_called(one.sheet)}: {amounts} whose currency is not named: `currency: {currency}` is taken{_elsewhere(one, named, blank)}"


def _elsewhere(one: _Found, named: Sequence[object], blank: Sequence[int]) -> str:
    """What a column of countries says against taking the currency of others for rows that name none: none of them is of that country."""
    for place, read in enumerate(one.reads):
        if not COUNTRIES & set(read.words):
            continue
        cells = one.table.cells(place)
        told = {cell for row, cell in enumerate(cells) if row not in blank}
        strange = [row for row in blank if not is_blank(cells[row]) and cells[row] not in told]
        if strange:
            where = ", ".join(f"row {one.table.header[-1] + 2 + row} is of {str(cells[row])[:40]!r}" for row in strange[:3])
            return f", but {where}, and no row that names one is: fill the currency in"
    return ""


def _amounts(column: Column) -> list[float]:
    found = []
    for cell in column.texts:
        plain = re.sub(r"[^\d.]", "", cell.replace(",", ""))
        if plain.count(".") <= 1 and plain.strip("."):
            found.append(float(plain))
    return [number for number in found if number]


def _years(found: Sequence[_Found]) -> list[str]:
    """Financial years that headings name, the most frequent first: what "the financial year" of a column without one is."""
    counted: Counter[str] = Counter()
    for one in found:
        for read in one.reads:
            told = read.period or next(iter(re.findall(r"(?:19|20)\d\d/\d\d", read.text)), "").replace("/", "-")
            if told and "-" in told:
                counted[told] += 1
    return [year for year, _ in counted.most_common()]


def _sheet(one: _Found, found: Sequence[_Found], file: Details, years: Sequence[str]) -> SheetMapping:
    kind = CATALOGUE[one.kind]
    unseen = "the workbook does not show it; its rows are read all the same" if one.sheet.hidden else ""
    doubts = list(filter(None, (one.doubt, one.table.above, one.table.stopped, unseen)))
    heads = Counter(" ".join(read.text.split()) for read in one.reads)
    columns, kept = [], []
    for place, (read, column, said) in enumerate(zip(one.reads, one.columns, one.assigned, strict=True)):
        header = " ".join(read.text.split())
        if not header and not column.filled:
            continue
        mapped = ColumnMapping(
            header=header, at=one.sheet.letters(place) if heads[header] > 1 or not header else "", field=said.field, doubt=said.doubt
        )
        if said.field in kind.fields:
            mapped = _or_earlier(mapped, one, place)
            mapped = detailed(_in_period(mapped, kind.fields[said.field], read, years), kind.fields[said.field], read, column, file)
            mapped = _beside_unnamed(_as_titled(mapped, kind.fields[said.field], read, one), kind.fields[said.field], one, place)
            if kind.fields[said.field].cell in MONEY_CELLS:
                mapped = _with_odd_amounts(mapped, column, file)
            if read.assumed and said.field not in BY_PERIOD:
                mapped = attrs.evolve(mapped, doubt="; ".join(filter(None, (mapped.doubt, read.assumed))))
        elif read.assumed:
            mapped = attrs.evolve(mapped, doubt=read.assumed)
        elif not column.filled and not header:
            mapped = attrs.evolve(mapped, field=IGNORE)
        elif heads[header] > 1 or not header:
            mapped = attrs.evolve(mapped, attribute=f"{header or 'column'} {one.sheet.letters(place)}")
        columns.append(mapped)
        kept.append(place)
    if kind.name in ("tasks", "milestones"):
        reads = [one.reads[place] for place in kept]
        columns = three_points(computed_dates(reads, outlined(reads, [one.columns[place] for place in kept], columns)))
    if kind.name == "resources":
        columns = allocated([one.reads[place] for place in kept], columns)
    columns = _leveled(one, _assessed(one, columns, file))
    stated = {column.field for column in columns}
    project, new = "", False
    inner = kind.inner or (kind.name == "raid" and "project" not in stated)  # a risk belongs to a project
    if inner and not any(other.kind == "projects" for other in found):
        new = True
        if "project" not in stated:
            project = _slug(PurePath(one.sheet.file).stem or one.sheet.name)
            doubts.append(f"no column says to which project its rows belong: {project!r} is made for them")
        else:
            doubts.append("there is no list of projects: those that it names are made")
    elif inner and "project" not in stated:
        project = _only_project(found)
        doubts.append(
            f"no column says to which project its rows belong: {f'{project!r} is the only one' if project else 'write `project:`'}"
        )
    elif not kind.inner and kind.name != "projects" and _names_projects(one, stated) and not _lists_projects(kind, found):
        new = True
        doubts.append("there is no list of projects: those that it names are made")
    return SheetMapping(
        sheet="" if one.sheet.is_text else one.sheet.name,
        register=one.kind,
        header=tuple(row + 1 for row in one.table.header),
        transposed=one.table.transposed,
        columns=tuple(columns),
        project=project,
        new_projects=new,
        last=one.table.last if one.table.stopped or one.table.part else 0,
        range=one.table.columns,
        doubt="\n".join(doubts),
    )


def _only_project(found: Sequence[_Found]) -> str:
    """The id of the only project that a file lists; empty where it lists several, or without ids."""
    ids = [one.of("id") for one in found if one.kind == "projects"]
    rows = sum(one.table.last - one.table.header[-1] - 1 for one in found if one.kind == "projects")
    return ids[0].texts[0] if rows == len(ids) == 1 and ids[0] is not None and ids[0].texts else ""


def _names_projects(one: _Found, stated: AbstractSet[str]) -> bool:
    """Whether cells of a register name projects: a log's project, what is changed, or what a dependency leads from and to."""
    kind = CATALOGUE[one.kind]
    if kind.name == "changes":
        return any(said.field == "item" and "project" in read.words for said, read in zip(one.assigned, one.reads, strict=True))
    return bool(stated & ({"from", "to"} if kind.name == "links" else {"project"}))


def _lists_projects(kind: RegisterKind, found: Sequence[_Found]) -> bool:
    """Whether the file lists the projects that a register names; what a dependency leads from and to may be tasks as well."""
    lists = {"projects", "tasks", "milestones"} if kind.name == "links" else {"projects"}
    return any(other.kind in lists for other in found)


def _leveled(one: _Found, columns: list[ColumnMapping]) -> list[ColumnMapping]:
    """Names in a column for each level, as trees are exported (`Title 1`, `Title 2`): one of them stands in each row."""
    places: dict[int, str] = {}
    for place, read in enumerate(one.reads):
        if (match := LEVELED.fullmatch(" ".join(read.text.split()))) is not None:
            places[place] = match[1]
    numbers = list(places.values())
    if "parent" not in CATALOGUE[one.kind].fields or len(numbers) < 2 or numbers != [str(n + 1) for n in range(len(numbers))]:
        return columns
    cells = [one.table.cells(place) for place in places]
    if any(sum(not is_blank(cell) for cell in row) > 1 for row in zip(*cells, strict=True)):
        return columns
    heads = {" ".join(one.reads[place].text.split()): int(number) for place, number in places.items()}
    return [
        attrs.evolve(mapped, field="name", level=heads[mapped.header], attribute="", doubt="")
        if mapped.header in heads
        else attrs.evolve(mapped, field=ATTRIBUTE, doubt="its levels name the rows")
        if mapped.field == "name"
        else mapped
        for mapped in columns
    ]


def _assessed(one: _Found, columns: Sequence[ColumnMapping], file: Details) -> list[ColumnMapping]:
    """Ratings of one row by several people, each by whom its heading names: all are read."""
    whose = {}
    for read, column, said in zip(one.reads, one.columns, one.assigned, strict=True):
        if "confidence_rating" in (said.field, said.lost) and read.words and read.words[0] in ASSESSORS:
            whose[" ".join(read.text.split())] = (read, column)
    names = [read.words[0] for read, _ in whose.values()]
    if len(names) < 2 or len(set(names)) < len(names) or not any(said.field == "confidence_rating" for said in one.assigned):
        return list(columns)
    field = CATALOGUE[one.kind].fields["confidence_rating"]
    out = []
    for mapped in columns:
        if mapped.header in whose and mapped.field in (ATTRIBUTE, field.name):
            read, column = whose[mapped.header]
            name = read.text.split()[0]
            more = "" if mapped.field == field.name else f"it is read as the assessment of {name}, beside that of another"
            plain = attrs.evolve(mapped, field=field.name, assessor=name, doubt=more if mapped.field == ATTRIBUTE else mapped.doubt)
            mapped = plain if mapped.field == field.name else detailed(plain, field, read, column, file)
        out.append(mapped)
    return out


def _or_earlier(mapped: ColumnMapping, one: _Found, place: int) -> ColumnMapping:
    """A later version of a date or an amount: where its cell is blank, the earlier one holds."""
    other = earlier_of(place, one.assigned, one.reads)
    if other is None:
        return mapped
    later, earlier = one.table.cells(place), one.table.cells(other)
    if not any(is_blank(cell) and not is_blank(before) for cell, before in zip(later, earlier, strict=True)):
        return mapped
    return attrs.evolve(mapped, where_blank=" ".join(one.reads[other].text.split()))


def _as_titled(mapped: ColumnMapping, field: RegisterField, read: Heading, one: _Found) -> ColumnMapping:
    """Amounts in what the title of their table, or the name of its sheet, says that they count."""
    if field.cell not in MONEY_CELLS or read.multiplier > 1 or read.currency is not None:
        return mapped
    titled = next((told for text in (one.table.title, one.sheet.name) if (told := heading(text)).multiplier > 1), None)
    if titled is None:
        return mapped
    doubt = f"its table's title says {_quoted(titled)!r}: it is read so"
    return attrs.evolve(mapped, multiplier=LETTERS[titled.multiplier], doubt="; ".join(filter(None, (mapped.doubt, doubt))))


def _with_odd_amounts(mapped: ColumnMapping, column: Column, file: Details) -> ColumnMapping:
    """Amounts of quite another size than those beside them are refused, or doubted, when they are read: that is said before."""
    doubt = odd_amounts(column.texts, mapped.currency or file.currency, mapped.multiplier or "", mapped.decimal)
    return attrs.evolve(mapped, doubt="; ".join(filter(None, (mapped.doubt, doubt)))) if doubt else mapped


def _quoted(title: Heading) -> str:
    """The words of a title that say what amounts count in, with a few before them."""
    words = title.text.split()
    says = [place for place in range(len(words)) if heading(" ".join(words[place:])).multiplier == title.multiplier]
    return " ".join(words[max(0, max(says, default=0) - 3) :])[:60]


def _beside_unnamed(mapped: ColumnMapping, field: RegisterField, one: _Found, place: int) -> ColumnMapping:
    """Amounts beside columns of numbers that have no heading: they may be one part of several."""
    if field.name not in BY_PERIOD or mapped.period:
        return mapped
    last = place
    while last + 1 < len(one.reads) and not one.reads[last + 1].text.strip() and _holds_numbers(one.columns[last + 1]):
        last += 1
    if last == place:
        return mapped
    doubt = f"{one.sheet.letters(place + 1)} to {one.sheet.letters(last)} beside it hold numbers" if last > place + 1 else ""
    doubt = f"{doubt or f'{one.sheet.letters(last)} beside it holds numbers'} without a heading: it may be one part of several"
    return attrs.evolve(mapped, doubt="; ".join(filter(None, (mapped.doubt, doubt))))


def _holds_numbers(column: Column) -> bool:
    return bool(column.told) and column.share("number", "money") >= MOSTLY


def _in_period(mapped: ColumnMapping, field: RegisterField, read: Heading, years: Sequence[str]) -> ColumnMapping:
    """Money of one year: which year, from its own heading or from those of the columns beside it."""
    if field.cell not in MONEY_CELLS or field.name not in BY_PERIOD:
        return mapped
    if read.period or read.money:
        return attrs.evolve(mapped, period=read.period or "", money=read.money, doubt="; ".join(filter(None, (mapped.doubt, read.assumed))))
    if "year" not in read.words:
        return mapped
    if years:
        more = f"it is the money of one year, and other headings name {years[0]}"
        return attrs.evolve(mapped, period=years[0], doubt="; ".join(filter(None, (mapped.doubt, more))))
    return attrs.evolve(
        mapped,
        doubt="; ".join(
            filter(None, (mapped.doubt, "it is the money of one year, which nothing names: write `period:`, for example 2026-27"))
        ),
    )


def _slug(text: str) -> str:
    """A text as an id."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-._") or "file"

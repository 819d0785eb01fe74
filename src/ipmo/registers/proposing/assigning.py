"""Which column states which field: headings and values vote, each field goes to one column, and what is open is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from ipmo.registers.cells.amounts import currency_named
from ipmo.registers.fields import KINDS_OF_MONEY, MONEY_CELLS, RegisterField, RegisterKind
from ipmo.registers.mapping import ATTRIBUTE, CURRENCY, REPEATED
from ipmo.registers.proposing.columns import Column, parted
from ipmo.registers.proposing.headings import Heading
from ipmo.registers.proposing.likeness import likenesses
from ipmo.registers.proposing.qualifiers import NONE, Qualified, qualified
from ipmo.registers.proposing.voting import Vote, vote

__all__ = ["Assigned", "Candidate", "assign"]

TAKEN = 0.72
"""From this score on a column is given to a field."""
SURE_NAME = 0.9
SURE_VALUES = 0.93
MARGIN = 0.05
EXACT = 0.97
ID_NAME = 0.85
IN_MONEY = 0.88
"""The likeness of a cost to the name of a score whose cells are amounts: below a sure name, so that it is doubted."""
BEFORE_BRACKETS = 0.98
SECOND_BEST = 0.9
"""What a column needs for a field when another column states the one that its heading names."""
PLACE = 0.0004
"""What each step down the list of usual names costs: the first name of a field wins over its tenth."""
MONEY_WORDS = frozenset(
    "cost budget spend expenditure value price funding amount bac eac acwp saving funded grant appropriation commitment outturn invoiced paid capex opex"
    " investment disbursed disbursement allocation allotment life contract ffc afc loan".split()
)
RIVAL = 0.08
PLAIN_KINDS = MONEY_CELLS | {"date", "when"}
"""Cells that show that a heading of another language is understood."""
FIRST = frozenset("original initial first baseline".split())
LATER = frozenset("revised updated latest current new".split())
"""Words for the first version of a date or amount, and for what it became."""
PLANNED = frozenset("planned plan scheduled".split())
EXPECTED = frozenset("projected forecast expected anticipated estimated revised".split())
"""Words for the date of a milestone in its plan, and for the day on which it is expected where both stand there."""
VERSIONS = ((FIRST, LATER), (PLANNED, LATER), (PLANNED, EXPECTED))
REPLACED = 0.7
ANOTHER = 0.6
"""What is left of the score of a field whose heading says that it is another figure."""
EXPOSURE = "exposure"
EXPOSURES = frozenset((EXPOSURE, "emv", "value"))
"""Some write it for what is lost when a risk happens, others for that times its probability."""
LOST = frozenset(("impact_cost", "impact_delay", "residual_cost", "residual_delay"))
"""Fields that say what is lost when a risk happens."""
CURRENCY_NAMES = frozenset(("currency", "currencies", "ccy", "währung", "devise", "monnaie", "moneda", "divisa", "moeda", "valuta"))
"""What the column of the currency of each row is called."""
NAMING = (("description", "name"), ("advice", "text"))
"""What names the rows of a register, and as which field, where no column does."""
BY_PERIOD = frozenset(("budget", "actual", "forecast", "funding", "amount"))
"""Fields that several columns may state, each for a period of its own."""


@attrs.frozen(kw_only=True)
class Candidate:
    """A field that a column may state.

    Args:
        field: the field; `attribute` where the heading is known to be none.
        score: what headings and values say together, 0 to 1.
        like: what the heading says.
        vote: what the values say.
    """

    field: str
    score: float
    like: float
    vote: Vote
    money: bool = False
    """Currencies stand in its cells."""
    said: Qualified = NONE
    """What the words of the heading besides the name of the field say."""


@attrs.frozen(kw_only=True)
class Assigned:
    """What a column states.

    Args:
        field: the field, or `attribute`.
        candidate: what spoke for it; None of a heading that nobody knows.
        doubt: what is open; empty where it is sure.
        lost: of an attribute, the field that its heading names and another column states.
    """

    field: str
    candidate: Candidate | None = None
    doubt: str = ""
    lost: str = ""


def candidates(
    read: Heading, column: Column, kind: RegisterKind, known: Mapping[str, frozenset[str]], withheld: frozenset[str] = frozenset()
) -> list[Candidate]:
    """The fields that a column may state, the likeliest first.

    Args:
        read: its heading.
        column: its cells.
        kind: the kind of register.
        known: ids that references can name, by what they refer to.
        withheld: names that are not to be used.
    """
    found = []
    for like, name, place in _likely(read, kind.name, withheld):
        if not name:
            found.append(Candidate(field=ATTRIBUTE, score=like - PLACE, like=like, vote=Vote(1.0)))
        elif name in kind.fields and (one := kind.fields[name]).cell != "data":
            said = vote(one, column, read, _known(one, known))
            more = qualified(read, kind.name, one)
            strict = 0.8 if like < ID_NAME and one.cell == "id" else 1.0  # the code of something else is no id of the row
            found.append(
                Candidate(
                    field=name,
                    score=min(1.1, like * said.factor * strict) * (ANOTHER if more.other else 1.0) - place * PLACE,
                    like=like,
                    vote=said,
                    money=bool(column.signs),
                    said=more,
                )
            )
    return sorted(_in_money(found, read, column, kind, withheld), key=lambda one: -one.score)


def _in_money(found: list[Candidate], read: Heading, column: Column, kind: RegisterKind, withheld: frozenset[str]) -> list[Candidate]:
    """What a score is called may be an amount: `Impact (GBP k)` is the cost of the impact. It is offered with a doubt."""
    if (read.currency is None and not column.signs) or not any(one.field == ATTRIBUTE and one.like >= EXACT for one in found):
        return found
    for like, name, _ in likenesses((*read.words, "cost"), kind.name, withheld):
        field = kind.fields.get(name)
        if field is not None and field.cell == "cost" and like >= EXACT:
            said, more = vote(field, column, read), qualified(read, kind.name, field)
            score = IN_MONEY * said.factor * (ANOTHER if more.other else 1.0)
            cost = Candidate(field=name, score=score, like=IN_MONEY, vote=said, money=True, said=more)
            return [cost, *(one for one in found if one.field not in (ATTRIBUTE, name))]
    return found


def _likely(read: Heading, kind: str, withheld: frozenset[str]) -> Iterable[tuple[float, str, int]]:
    """The likeness of a heading with what stands in its brackets, and of what stands before them: the larger of both, field by field."""
    whole = likenesses(read.words, kind, withheld)
    if not read.core or read.core == read.words:
        return whole
    found = {name: (like, place) for like, name, place in whole}
    for like, name, place in likenesses(read.core, kind, withheld):
        if name not in found or BEFORE_BRACKETS * like > found[name][0]:
            found[name] = (BEFORE_BRACKETS * like, place)
    return ((like, name, place) for name, (like, place) in found.items())


def _known(field: RegisterField, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return known.get("task" if field.cell == "links" else field.refers, frozenset())


def assign(
    reads: Sequence[Heading],
    columns: Sequence[Column],
    kind: RegisterKind,
    known: Mapping[str, frozenset[str]],
    withheld: frozenset[str] = frozenset(),
) -> list[Assigned]:
    """What each column states: the best pairs of column and field first, each field once.

    Args:
        reads: the headings.
        columns: the cells.
        kind: the kind of register.
        known: ids that references can name, by what they refer to.
        withheld: names that are not to be used.
    """
    everything = [candidates(read, column, kind, known, withheld) for read, column in zip(reads, columns, strict=True)]
    everything = [_first_version(place, found, everything, reads) for place, found in enumerate(everything)]
    everything = [_no_exposure(place, found, everything, reads) for place, found in enumerate(everything)]
    pairs = sorted(
        ((one.score, -place, one) for place, found in enumerate(everything) for one in found if one.score >= TAKEN),
        key=lambda pair: (-pair[0], -pair[1]),
    )
    given: dict[int, Candidate] = {}
    holders: dict[tuple[str, str], int] = {}
    for _, place, one in ((score, -negative, one) for score, negative, one in pairs):
        if place in given:
            continue
        key = (one.field, _year_of(reads[place]) if one.field in BY_PERIOD else "")
        if one.field != ATTRIBUTE:
            if key in holders and not (one.field in REPEATED and _alike(reads[holders[key]], reads[place])):
                continue
            first = everything[place][0]
            if one is not first and first.like >= EXACT and first.score >= TAKEN and one.score < SECOND_BEST:
                continue
            holders[key] = place
        given[place] = one
    said = _named([_said(place, given.get(place), everything, given, reads) for place in range(len(reads))], kind)
    said = _ids_by_values(said, reads, columns, everything) if "id" in kind.fields else said
    said = _several_people(_of_the_kind_said(said) if kind.name == "costs" else said, reads, columns, kind)
    return _in_english(_currencies(said, reads, columns, kind), reads, kind)


def _of_the_kind_said(said: list[Assigned]) -> list[Assigned]:
    """Lines of money whose rows say which money each is: the only column of amounts is theirs, whatever its heading says."""
    fields = [one.field for one in said]
    named = [field for field in fields if field in KINDS_OF_MONEY]
    if "kind" not in fields or "amount" in fields or len(named) != 1:
        return said
    return [attrs.evolve(one, field="amount") if one.field == named[0] else one for one in said]


def _several_people(said: list[Assigned], reads: Sequence[Heading], columns: Sequence[Column], kind: RegisterKind) -> list[Assigned]:
    """An owner is one: where cells name several, those at work on a task are its resources."""
    out = []
    for one, read, column in zip(said, reads, columns, strict=True):
        if one.field == "owner" and parted(read, column):
            work = "resources" in kind.fields and not any(other.field == "resources" for other in said)
            doubt = "some of its cells name several people, and an owner is one: " + (
                "it is read as who is at work" if work else "those are refused; write one in them"
            )
            one = attrs.evolve(one, field="resources" if work else "owner", doubt="; ".join(filter(None, (one.doubt, doubt))))
        out.append(one)
    return out


def _alike(one: Heading, other: Heading) -> bool:
    """Whether two columns have one heading: an export repeats a column as often as a row has values."""
    return one.text.strip().casefold() == other.text.strip().casefold()


def _year_of(read: Heading) -> str:
    """The period whose money a column holds; empty where it is that of all."""
    return f"{read.period or 'year'} {read.money}" if "year" in read.words or read.assumed or read.money else ""


def _in_english(said: list[Assigned], reads: Sequence[Heading], kind: RegisterKind) -> list[Assigned]:
    """What headings of other languages are taken for is doubted, but where the cells are of a kind that little else has."""
    out = []
    for one, read in zip(said, reads, strict=True):
        field = kind.fields.get(one.field)
        if read.meant and field is not None:
            agreed = (
                one.candidate is not None and not one.candidate.vote.weak and one.candidate.vote.factor >= 1 and field.cell in PLAIN_KINDS
            )
            if not agreed:
                one = attrs.evolve(one, doubt="; ".join(filter(None, (f"it is taken for {read.meant!r}", one.doubt))))
        out.append(one)
    return out


def _currencies(said: list[Assigned], reads: Sequence[Heading], columns: Sequence[Column], kind: RegisterKind) -> list[Assigned]:
    """The column whose heading and cells say in which currency the amounts of each row are; of several, none."""
    money = any(one.field in kind.fields and kind.fields[one.field].cell in MONEY_CELLS for one in said)
    found = [
        place
        for place, (one, read, column) in enumerate(zip(said, reads, columns, strict=True))
        if one.field == ATTRIBUTE
        and CURRENCY_NAMES & set(read.text.casefold().replace("_", " ").replace("(", " ").split())
        and column.texts
        and all(currency_named(text) is not None for text in column.texts)
    ]
    if not money or not found:
        return said
    if len(found) == 1:
        return [Assigned(field=CURRENCY) if place == found[0] else one for place, one in enumerate(said)]
    doubt = "several columns name currencies: write `currency` for the one that all amounts of a row are in, and `currency:` for columns of another"
    return [attrs.evolve(one, doubt=doubt) if place in found else one for place, one in enumerate(said)]


def _first_version(
    place: int, found: list[Candidate], everything: Sequence[Sequence[Candidate]], reads: Sequence[Heading]
) -> list[Candidate]:
    """What the first version of a thing may state, where another column has what it became: the later one is the one that holds."""
    words = set(reads[place].words)
    later = {
        one.field
        for first, became in VERSIONS
        if words & first
        for other, read in enumerate(reads)
        if other != place and set(read.words) & became and (words - first) & (set(read.words) - became)
        for one in everything[other]
        if one.like >= SURE_NAME and (one.field == "date" if became is EXPECTED else one.field != ATTRIBUTE)
    }
    if not later:
        return found
    return sorted(
        (attrs.evolve(one, score=one.score * REPLACED) if one.field in later else one for one in found), key=lambda one: -one.score
    )


def _no_exposure(
    place: int, found: list[Candidate], everything: Sequence[Sequence[Candidate]], reads: Sequence[Heading]
) -> list[Candidate]:
    """What an exposure may state where another column has the impact: that is what is lost, and the exposure its product with the probability."""
    if EXPOSURE not in reads[place].words:
        return found
    stated = {
        one.field
        for other, others in enumerate(everything)
        for one in others
        if EXPOSURE not in reads[other].words and one.field in LOST and one.score >= TAKEN
    }
    return sorted(
        (attrs.evolve(one, score=one.score * REPLACED) if one.field in stated else one for one in found), key=lambda one: -one.score
    )


def earlier_of(place: int, said: Sequence[Assigned], reads: Sequence[Heading]) -> int | None:
    """The column that is left as an attribute as another one has what it became; None where there is none.

    Args:
        place: of the other.
        said: what each column states.
        reads: the headings.
    """
    words = set(reads[place].words)
    for other, (one, read) in enumerate(zip(said, reads, strict=True)):
        own = set(read.words)
        if one.field == ATTRIBUTE and said[place].field != ATTRIBUTE:
            if any(own & first and words & became and own - first == words - became for first, became in VERSIONS):
                return other
    return None


def _named(said: list[Assigned], kind: RegisterKind) -> list[Assigned]:
    """A description names its rows where nothing else does, and so does advice the lessons."""
    fields = {one.field for one in said}
    for field, name in NAMING:
        if name in kind.fields and name not in fields and field in fields:
            return [attrs.evolve(one, field=name) if one.field == field else one for one in said]
    return said


def _ids_by_values(
    said: list[Assigned], reads: Sequence[Heading], columns: Sequence[Column], everything: Sequence[Sequence[Candidate]]
) -> list[Assigned]:
    """Where no heading names an id: the column whose cells are codes that all differ, if its heading ends in id or number, or begins the sheet."""
    if any(one.field == "id" for one in said):
        return said
    for place, (one, read, column) in enumerate(zip(said, reads, columns, strict=True)):
        strange = one.candidate is None and ((place < 2 and all(other.score < TAKEN for other in everything[place])) or _ends_as_id(read))
        if strange and column.told > 1 and column.distinct >= 0.9 and column.share("code", "whole") >= 0.9 and column.share("date") < 0.5:
            doubt = (
                "no heading says id; its cells all differ"
                if column.distinct == 1.0
                else "no heading says id; nearly all of its cells differ"
            )
            return [*said[:place], Assigned(field="id", doubt=doubt), *said[place + 1 :]]
    return said


def _ends_as_id(read: Heading) -> bool:
    return bool(read.words) and read.words[-1] in ("id", "number", "reference", "key")


def _said(
    place: int, one: Candidate | None, everything: Sequence[Sequence[Candidate]], given: Mapping[int, Candidate], reads: Sequence[Heading]
) -> Assigned:
    """What one column states, with what is open about it."""
    if one is None:
        best = next((other for other in everything[place] if other.field != ATTRIBUTE), None)
        lost = best.field if best is not None and best.like >= EXACT and best.score >= TAKEN else ""
        return Assigned(field=ATTRIBUTE, doubt=_left(place, everything, given, reads), lost=lost)
    if one.field == ATTRIBUTE:
        return Assigned(field=ATTRIBUTE, candidate=one, doubt=_left(place, everything, given, reads) if one.like < SURE_NAME else "")
    doubts = []
    if one.said.beside:
        doubts.append(f"{one.said.beside!r} in its heading may make it another figure than {one.field}")
    if one.vote.why:
        doubts.append(one.vote.why)
    if one.field in BY_PERIOD and reads[place].currency is None and not one.money and not MONEY_WORDS & set(reads[place].words):
        doubts.append("nothing says that its numbers are money")
    if one.field in LOST and EXPOSURES & set(reads[place].words):
        doubts.append(f"it may be the probability times what is lost: {one.field} is what is lost when the risk happens")
    second = next((other for other in everything[place] if other.field != one.field and not _of_a_kind(one, other)), None)
    if second is not None and one.score - second.score < MARGIN and one.like - second.like < 2 * MARGIN and second.score >= TAKEN:
        doubts.append(f"it may be {'an attribute' if second.field == ATTRIBUTE else second.field} as well")
    if one.like < SURE_NAME:
        doubts.append(f"its name is only like those of {one.field}")
    elif one.vote.weak and one.like < EXACT:
        doubts.append("it has no cells that could bear its name out")
    elif one.vote.factor < SURE_VALUES and not one.vote.why:
        doubts.append("its cells do not bear it out")
    rivals = [
        reads[other].text
        for other, found in enumerate(everything)
        if other != place
        and any(c.field == one.field and c.like >= SURE_NAME and one.score - c.score < RIVAL for c in found)
        and _open(other, one, given, reads, place)
        and not (one.field in REPEATED and _alike(reads[other], reads[place]))
    ]
    if rivals:
        doubts.append(f"{', '.join(map(_short, rivals[:2]))} may be {one.field} as well")
    return Assigned(field=one.field, candidate=one, doubt="; ".join(doubts))


def _of_a_kind(one: Candidate, other: Candidate) -> bool:
    """Whether one is an amount of which its heading says which money it is, and the other an amount of which a row would say it."""
    return {one.field, other.field} - {*KINDS_OF_MONEY} == {"amount"}


def _open(other: int, one: Candidate, given: Mapping[int, Candidate], reads: Sequence[Heading], place: int) -> bool:
    """Whether another column that has the same field in its names holds nothing better of its own."""
    held = given.get(other)
    if held is not None and held.field == one.field:
        return reads[other].period == reads[place].period and one.field not in BY_PERIOD
    return held is None or held.field == ATTRIBUTE or held.like < 1.0


def _left(place: int, everything: Sequence[Sequence[Candidate]], given: Mapping[int, Candidate], reads: Sequence[Heading]) -> str:
    """Why a column is left as an attribute although something speaks for a field; empty where nothing does."""
    for one in everything[place]:
        if one.field == ATTRIBUTE:
            continue
        if one.said.other and one.like >= SURE_NAME:
            return f"its name is that of {one.field}, but {one.said.other!r} makes it another figure"
        holder = next((reads[other].text for other, held in given.items() if held.field == one.field and other != place), None)
        if one.score >= TAKEN and holder is not None:
            return f"it may be {one.field}, which {_short(holder)} states"
        if one.like >= SURE_NAME and one.vote.why and one.field != "rag":  # a status that is no colour is nothing strange
            return f"its name is that of {one.field}, but {one.vote.why}"
        if one.score >= TAKEN - 0.1:
            return f"it may be {one.field}"
        return ""
    return ""


def _short(text: str) -> str:
    words = " ".join(text.split())
    return repr(words if len(words) <= 40 else words[:37] + "...")

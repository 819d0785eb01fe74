"""Which rows of a list stand for work: what was given up does not, nor an older report of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from ipmo.registers.cells.choice_words import choice_words, plain_word
from ipmo.registers.cells.outcomes import BLANK, Outcome, folded

__all__ = ["given_up", "is_over", "is_state", "kept_parents", "older_reports", "reports", "says_over"]

_STATES: Final = choice_words(("proposed", "approved", "active", "paused", "closed", "cancelled"))
GIVEN_UP: Final = frozenset(word for word, state in _STATES.items() if state == "cancelled") | frozenset(
    "abandoned;descoped;de scoped;discarded;duplicate;duplicated;invalid;no longer needed;no longer required;not needed;not planned;not required"
    ";obsolete;removed;superseded;will not do;won't do;wont do;won't fix;wont fix;abgebrochen;abgelehnt;entfällt;storniert;verworfen;abandonné"
    ";annulé;rejeté;sans suite;anulado;cancelado;descartado;rechazado;annullato;respinto;afgewezen;geannuleerd;vervallen".split(";")
)
"""Words of a status that say that nothing comes of the work any more."""
NOTHING: Final = GIVEN_UP | frozenset(
    "as designed;by design;can't reproduce;cannot reproduce;cut;declined;deferred;expired;incomplete;not a bug;not reproducible;out of scope"
    ";removed from the backlog;won't implement;works for me;doublon;duplicado;duplikat;nicht reproduzierbar;wird nicht behoben".split(";")
)
"""Words of a resolution that say that nothing was delivered."""
CLOSED: Final = frozenset(word for word, state in _STATES.items() if state == "closed") | {
    *"resolved;accepted".split(";"),
    *"abgeschlossen;beendet;behoben;erledigt;fertig;fertiggestellt;gelöst;geschlossen;umgesetzt".split(";"),
    *"achevé;achevée;clos;close;clôturé;clôturée;fait;fermé;fermée;fini;résolu;résolue;terminé;terminée".split(";"),
    *"cerrada;cerrado;completada;completado;finalizada;finalizado;hecha;hecho;resuelta;resuelto;terminada;terminado".split(";"),
    *"concluída;concluído;encerrado;fechado;feito;finalizada;finalizado;resolvida;resolvido".split(";"),
    *"chiusa;chiuso;completata;completato;conclusa;concluso;fatto;risolta;risolto".split(";"),
    *"afgerond;gereed;gesloten;klaar;opgelost;voltooid".split(";"),
    *"avslutad;avsluttet;afsluttet;ferdig;færdig;färdig;klar;stängd;lukket".split(";"),
    *"gotowe;ukończone;zakończone;zamknięte;hotovo;uzavřeno".split(";"),
}
"""Words of a status that say that work is done."""
OVER: Final = CLOSED | GIVEN_UP
STATE_HEADS: Final = ("status", "state", "statut", "état", "estado", "situação", "stato", "zustand")
RESOLUTIONS: Final = frozenset(("resolution", "resolved reason", "reason", "state reason", "close reason", "closed reason", "lösung"))
SETTLED: Final = frozenset(("resolution", "lösung", "résolution", "resolución", "resolução", "risoluzione", "oplossing"))
"""Headings that only what is over has something under."""
UNSETTLED: Final = frozenset(
    "unresolved;open;none;not resolved;nicht erledigt;nicht gelöst;unerledigt;ungelöst;offen;non résolu;non résolue;sin resolver;não resolvido"
    ";não resolvida;non risolto;niet opgelost;onopgelost".split(";")
)
"""What stands under them where nothing is."""


def _word(text: str) -> str:
    return plain_word(text).replace("\u2019", "'")


def is_state(header: str) -> bool:
    """Whether a heading names where something stands.

    >>> is_state("Work item state"), is_state("Projektstatus"), is_state("Estado"), is_state("Estate")
    (True, True, True, False)
    """
    last = plain_word(header).rpartition(" ")[2]
    return last in STATE_HEADS or last.endswith("status")


def says_over(header: str) -> bool:
    """Whether what stands under a heading can say that work is over: where it stands, or how a tracker says that it was settled."""
    return is_state(header) or _word(header) in SETTLED


def is_over(text: Outcome, header: str = "") -> bool:
    """Whether a status says that work is done, or given up; under a heading of `SETTLED` all does that does not deny it."""
    if not isinstance(text, str):
        return False
    return _word(text) not in UNSETTLED if _word(header) in SETTLED else _word(text) in OVER


def given_up(said: Mapping[str, Sequence[Outcome]], finishes: Sequence[Outcome]) -> dict[int, tuple[str, str]]:
    """The places of rows that were given up, each with the word that says so and its heading.

    A resolution says it of what is over only: by its status, by a finish, or where no status stands beside it.

    Args:
        said: of each column that says where work stands or what became of it, its cells by its heading.
        finishes: the cells of the actual finish; empty where no column states it.
    """
    found: dict[int, tuple[str, str]] = {}
    states = [cells for header, cells in said.items() if is_state(header) and _word(header) not in RESOLUTIONS]
    for header, cells in said.items():
        resolved = _word(header) in RESOLUTIONS
        if not resolved and not is_state(header):
            continue
        words = NOTHING if resolved else GIVEN_UP
        meant = {cell for cell in {one for one in cells if isinstance(one, str)} if _word(cell) in words}
        for place, cell in enumerate(cells) if meant else ():
            if cell in meant and (not resolved or not states or _is_done(place, states, finishes)):
                found.setdefault(place, (str(cell), header))
    return found


def _is_done(place: int, states: Sequence[Sequence[Outcome]], finishes: Sequence[Outcome]) -> bool:
    """Whether a row is over by its finish, or by one of its statuses."""
    return bool(finishes and isinstance(finishes[place], date)) or any(is_over(cells[place]) for cells in states)


def kept_parents(own: Sequence[Outcome], parents: Sequence[Outcome], gone: Mapping[int, object]) -> list[Outcome]:
    """The parents of rows, where some rows are gone: what lay in one of these lies in the nearest above it that is left.

    Args:
        own: what each row is called by those that lie in it.
        parents: what each says that it lies in.
        gone: the places of rows that are left out.
    """
    above = {own[place]: parents[place] for place in gone if isinstance(own[place], str)}
    out = []
    for parent in parents:
        seen = set()
        while isinstance(parent, str) and parent in above and parent not in seen:
            seen.add(parent)
            parent = above[parent]
        out.append(BLANK if parent in seen else parent)
    return out


def reports(ids: Sequence[Outcome], called: Sequence[str], reported: Sequence[date | None]) -> list[tuple[str, str] | None]:
    """Which project each row reports of: that of its id, whatever it is called then.

    Two names of one id on one day, or another one without a day, are two projects.

    Args:
        ids: of the rows.
        called: their names.
        reported: the day of each report.
    """
    names: dict[str, dict[date, str]] = {}
    parted = set()
    for own, name, day in zip(ids, called, reported, strict=True):
        if isinstance(own, str) and day is not None and names.setdefault(own, {}).setdefault(day, folded(name)) != folded(name):
            parted.add(own)
    for own, name, day in zip(ids, called, reported, strict=True):
        if isinstance(own, str) and day is None and own in names and folded(name) not in names[own].values():
            parted.add(own)  # what no dated report is called is no older name of it
    return [
        None if not isinstance(own, str) else (own, folded(name)) if own in parted or day is None else (own, "")
        for own, name, day in zip(ids, called, reported, strict=True)
    ]


def older_reports(
    ids: Sequence[Outcome], called: Sequence[str], reported: Sequence[date | None]
) -> tuple[list[tuple[str, str] | None], dict[tuple[str, str], int], set[int]]:
    """Which project each row reports of, the place of the latest report of each, and the places of the older ones.

    Args:
        ids: of the rows.
        called: their names.
        reported: the day of each report.
    """
    keys = reports(ids, called, reported)
    dated = [(place, key, day) for place, (key, day) in enumerate(zip(keys, reported, strict=True)) if key is not None and day is not None]
    latest: dict[tuple[str, str], int] = {}
    days: dict[tuple[str, str], date] = {}
    for place, key, day in dated:
        if key not in latest or day > days[key]:
            latest[key], days[key] = place, day
    return keys, latest, {place for place, key, day in dated if day < days[key]}

"""Other words for the choices of a field, as offices use them: one table, by which cells are read and mappings proposed."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

from ipmo.model.governance import LINK_TYPES
from ipmo.registers.cells.outcomes import folded

__all__ = ["STATE_WORDS", "choice_words", "is_plain", "plain_word"]

OTHER_LEVELS: Final = {
    "very low": "sehr gering; sehr niedrig; très faible; muy bajo; muy baja; muito baixo; muito baixa; molto basso; molto bassa; zeer laag",
    "low": "niedrig; gering; tief; faible; bas; basse; bajo; baja; baixo; baixa; basso; bassa; laag",
    "medium": "mittel; moyen; moyenne; medio; media; médio; média; gemiddeld; midden",
    "high": "hoch; élevé; élevée; haut; haute; alto; alta; hoog",
    "very high": "sehr hoch; kritisch; très élevé; très élevée; critique; muy alto; muy alta; crítico; crítica; muito alto; muito alta; critico; critica; molto alto; molto alta; zeer hoog; kritiek",
}
"""Levels in German, French, Spanish, Portuguese, Italian and Dutch."""
_LEVELS: Final = {
    "low": f"l; minor; trivial; very low; p4; {OTHER_LEVELS['low']}; {OTHER_LEVELS['very low']}",
    "medium": f"m; med; moderate; normal; p3; {OTHER_LEVELS['medium']}",
    "high": f"h; major; p2; {OTHER_LEVELS['high']}",
}
_SAID: Final[Mapping[tuple[str, ...], Mapping[str, str]]] = {
    ("green", "amber", "red"): {
        "green": "g; grün; gruen; vert; verde; groen", "amber": "a; yellow; y; orange; gelb; jaune; amarillo; amarelo; giallo; geel",
        "red": "r; rot; rouge; rojo; vermelho; rosso; rood",
    },
    ("green", "amber", "red", "amber-green", "amber-red"): {
        "green": "g", "amber": "a; yellow; y; orange", "red": "r", "amber-green": "green amber", "amber-red": "red amber",
    },
    ("proposed", "approved", "active", "paused", "closed", "cancelled"): {
        "proposed": "proposal; draft; idea; pipeline; requested; submitted; new",
        "approved": "authorised; authorized; not started; planned",
        "active": "in progress; ongoing; on going; live; open; in delivery; delivery; started; underway; under way; on track; in flight; execution; in execution"
        "; implementation; in implementation; work in progress",
        "paused": "on hold; hold; suspended; deferred",
        "closed": "complete; completed; done; finished; delivered; closed out",
        "cancelled": "canceled; terminated; stopped; withdrawn; rejected; dropped",
    },
    ("open", "occurred", "closed"): {
        "open": "active; live; new; in progress; ongoing; on going; monitoring; watch; identified; mitigating; under review; treating; assigned; raised",
        "occurred": "materialised; materialized; realised; realized; issue; became an issue; became issue",
        "closed": "retired; expired; resolved; complete; completed; done; cancelled; canceled; mitigated",
    },
    ("open", "confirmed", "false"): {
        "open": "active; unconfirmed; unvalidated; pending; new; not validated; in progress; to be validated",
        "confirmed": "valid; true; validated; closed; accepted",
        "false": "invalid; invalidated; rejected; not valid; disproved",
    },
    ("open", "decided", "withdrawn"): {
        "open": "pending; outstanding; proposed; in progress; required; new; to be made",
        "decided": "closed; made; approved; agreed; complete; completed; rejected; implemented",
        "withdrawn": "cancelled; canceled; superseded",
    },
    ("raised", "approved", "rejected", "done", "withdrawn"): {
        "raised": "open; submitted; pending; new; under review; in review; proposed; draft; logged; requested",
        "approved": "in progress; accepted",
        "rejected": "declined; denied",
        "done": "implemented; closed; complete; completed",
        "withdrawn": "cancelled; canceled",
    },
    ("proposed", "agreed", "disputed", "delivered", "cancelled"): {
        "proposed": "open; new; draft; identified; not agreed; requested; not started",
        "agreed": "accepted; on track; in progress; confirmed; active",
        "disputed": "at risk; blocked",
        "delivered": "complete; completed; closed; met; done; received",
        "cancelled": "canceled; withdrawn",
    },
    ("low", "medium", "high", "critical"): {**_LEVELS, "critical": f"c; very high; vh; severe; p1; extreme; urgent; blocker; {OTHER_LEVELS['very high']}"},
    ("low", "medium", "high"): _LEVELS,
    LINK_TYPES: {
        "FS": "finish to start; finish start; pr fs", "SS": "start to start; start start; pr ss", "FF": "finish to finish; finish finish; pr ff",
        "SF": "start to finish; start finish; pr sf",
    },
    ("avoid", "reduce", "transfer", "share", "accept", "contingent", "exploit", "enhance", "reject"): {
        "avoid": "avoidance; terminate; prevent", "reduce": "reduction; treat; mitigate; mitigation", "accept": "accepted; acceptance; tolerate",
        "contingent": "contingency; fallback",
    },
    ("risk", "assumption", "issue", "dependency", "decision"): {
        "risk": "r; risks; threat", "assumption": "a; assumptions", "issue": "i; issues", "dependency": "d; dependencies", "decision": "decisions",
    },
    ("capex", "opex"): {"capex": "capital", "opex": "revenue; running; resource"},
}  # fmt: skip
"""By the choices of a field, the words that stand for each."""
_PLAIN: Final = frozenset(
    "active open closed complete completed cancelled canceled paused proposed approved occurred confirmed validated false invalid decided agreed raised submitted pending rejected withdrawn"
    " done implemented delivered disputed draft new".split()
) | {"in progress", "on hold", "not started"}
_STATES: Final = ("proposed", "open", "raised")
"""The first choices of fields that say where something stands."""
_OTHER_STATES: Final = frozenset(
    "inactive initiated initiation planning closing closure archived retired identified monitored watch".split()
) | {"to do", "in planning", "in development", "off track", "pre application"}
"""Words that say where something stands, and not clearly enough which choice they are."""


def plain_word(text: str) -> str:
    """A word without case, and whatever lies between its parts.

    >>> plain_word("Amber / RED"), plain_word("In-progress.")
    ('amber red', 'in progress')
    """
    return re.sub(r"[\s/_-]+", " ", folded(text)).strip(" .")


@functools.cache
def choice_words(choices: tuple[str, ...]) -> Mapping[str, str]:
    """What each word stands for in a field of these choices, by `plain_word`; the choices themselves among them.

    >>> choice_words(("proposed", "approved", "active", "paused", "closed", "cancelled"))["planned"]
    'approved'
    """
    said = {word: choice for choice, words in _SAID.get(choices, {}).items() for word in words.split("; ")}
    return {plain_word(word): choice for word, choice in (said | {choice: choice for choice in choices}).items()}


def is_plain(word: str) -> bool:
    """Whether a word of a state means the same in every office; what others are taken for is said as a doubt.

    Args:
        word: as `plain_word` gives it.
    """
    return word in _PLAIN


STATE_WORDS: Final = _OTHER_STATES | {word for choices in _SAID if choices[0] in _STATES for word in choice_words(choices)}
"""Words that say where something stands."""

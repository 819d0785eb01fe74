"""Whether an issue is about a breach of tolerance: about its item, and by its words about the aspect (GOV-R04).

A word that the aspect shares with anything else ("weeks", "value", "risk") counts only beside one that says that it strays, in one sentence.
"""

from __future__ import annotations

import re

from ipmo.model import Issue, Portfolio

__all__ = ["about"]

ALONE = {
    "time": r"late|lateness|delay(?:s|ed|ing)?|slip(?:s|ped|ping|page)?|overdue|behind (?:schedule|plan|time)|postpone[ds]?|postponement",
    "cost": r"overspen(?:t|d|ds|ding)|over (?:the )?budget|budget overruns?|cost overruns?|eac|cpi",
    "benefits": r"npv",
    "risk": r"over ?exposure",
    "carbon": r"carbon budget exceeded|over ?emission",
}
"""Words that say by themselves that an aspect strays."""
NOUNS = {
    "time": r"time|schedules?|dates?|finish(?:es)?|deadlines?|days?|weeks?|months?|milestones?|durations?",
    "cost": r"costs?|budgets?|spend(?:s|ing)?|spent|money|funds?|funding|prices?|forecasts?",
    "benefits": r"benefits?|values?|savings?|revenues?|returns?",
    "risk": r"risks?|exposures?",
    "carbon": r"carbon|co2e?|emissions?|sustainability|greenhouse",
}
"""Words for an aspect, which are used of other things too."""
BEYOND = r"exceed(?:s|ed|ing)?|overruns?|beyond|breach(?:es|ed)?|tolerances?|exceptions?|outside"
MORE = rf"{BEYOND}|over|above|rises?|rising|rose|risen|increase[ds]?|increasing|higher|doubled?|grow(?:s|n|th)?|grew|too (?:high|much)"
LESS = r"below|under|less|lower|fewer|smaller|short(?:fall)?s?|miss(?:es|ed|ing)?|drop(?:s|ped)?|falls?|fell|fallen|los[st]|loses?|reduced|decreased?"
STRAYS = {
    "time": rf"{BEYOND}|later|longer|miss(?:es|ed|ing)?|extend(?:s|ed)?|extension|moved?|(?:more|extra|additional) (?:time|days?|weeks?|months?)",
    "cost": rf"{MORE}|more than|short of|lacks?|lacking|runs? out",
    "benefits": rf"{BEYOND}|{LESS}",
    "risk": MORE,
    "carbon": rf"{MORE}|more than",
}
"""Words that say that it strays, beside one for the aspect."""
EXCEPTION = r"exception (?:reports?|plans?|raised)|in exception|exception"
"""Words for a forecast breach of whatever aspect, where none is named."""
SOFTWARE = r"exception in|(?:unhandled|runtime|server|null) \w*\s?exception|throws?|thrown|stack ?trace|log"
"""An exception that is none of PRINCE2's."""


def about(pf: Portfolio, issue: Issue, item: str, aspect: str) -> bool:
    """Whether an open issue is about a breach: about its item or a part of that, and by its words about the aspect or about an exception."""
    if issue.closed is not None:
        return False
    where = pf.id if issue.item is None else (pf.resolve(issue.item) or issue.item)
    if item not in (where, pf.project_of(where)):
        return False
    sentences = [part for text in (issue.id, issue.name, issue.note) for part in re.split(r"[.;!?]\s", re.sub(r"[-_]", " ", text))]
    return any(_says(sentence, aspect) for sentence in sentences)


def _says(sentence: str, aspect: str) -> bool:
    """Whether a sentence says that an aspect strays, or that there is an exception, of no other aspect."""
    named = {name: _has(sentence, f"{ALONE[name]}|{NOUNS[name]}") for name in NOUNS}
    if aspect in NOUNS and (_has(sentence, ALONE[aspect]) or (_has(sentence, NOUNS[aspect]) and _has(sentence, STRAYS[aspect]))):
        return True
    if any(named.values()):
        return False
    strays = _has(sentence, r"tolerances?") and _has(sentence, BEYOND.replace("|tolerances?", ""))
    return strays or (_has(sentence, EXCEPTION) and not _has(sentence, SOFTWARE))


def _has(text: str, words: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) is not None

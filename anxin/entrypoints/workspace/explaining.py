"""A stored decision as the folding component shows it: verdict, reasons, clauses, facts."""

from __future__ import annotations

from django.utils.translation import get_language

from anxin.domains.policies.data import AppliedClause, Decision, Verdict, Words
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import Explanation, Reason


def explanation_of(decision: Decision, *, is_open: bool = False) -> Explanation:
    """Return the decision in the reader's language."""
    verdict = label_of(decision.verdict, "verdict")
    grounds = [str(label_of(code, "ground").text) for code in decision.reasons]
    line = str(verdict.text) + (f" · {grounds[0]}" if grounds else "")
    rest = tuple(Reason(text) for text in grounds[1:])
    clauses = tuple(_clause(one) for one in decision.clauses)
    return Explanation(line, verdict.tone, rest + clauses, is_open)


def _clause(clause: AppliedClause) -> Reason:
    tone = label_of(clause.effect, "effect").tone
    text = clause.en if is_english() else clause.zh
    return Reason(
        text,
        tone,
        clause.clause_id,
        in_language(clause.article) or " ".join(clause.sources),
        " · ".join(clause.sources),
    )


def in_language(words: Words) -> str:
    """Return the words in the reader's language."""
    return words.en if is_english() else words.zh


def is_english() -> bool:
    """Return whether the reader reads English."""
    return (get_language() or "").startswith("en")


def is_against_policy(decision: Decision) -> bool:
    """Return whether granting the request would go against the policy's verdict."""
    return decision.verdict is Verdict.DECLINE

"""What comes out of a decision, in full: stored beside the request and shown to the buyer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from anxin.domains.policies.data.codes import Effect, FreightPayer, Ground, Party, Remedy, Verdict
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Words:
    """The same said in Chinese and in English."""

    zh: str
    en: str


FactValue = Words | Money | datetime | date | int | str
FactsUsed = tuple[tuple[str, FactValue], ...]


@dataclass(frozen=True, slots=True)
class AppliedClause:
    """A clause that played a part: what it did, with which facts, on whose authority.

    ``zh`` and ``en`` are rendered when read, so that deciding by the million pays nothing for it.
    """

    clause_id: str
    effect: Effect
    sources: tuple[str, ...]  # such as ("CN-05", "CN-38")
    article: Words  # such as 《…暂行办法》第10条
    facts_used: FactsUsed
    line_ids: tuple[str, ...] = ()  # none means the whole request
    template: Words = field(default=Words("", ""), compare=False)

    @property
    def zh(self) -> str:
        """Return the clause in plain Chinese, with the facts."""
        return self.template.zh.format_map({k: shown(v, "zh") for k, v in self.facts_used})

    @property
    def en(self) -> str:
        """Return the clause in plain English, with the facts."""
        return self.template.en.format_map({k: shown(v, "en") for k, v in self.facts_used})


def shown(value: FactValue, language: str) -> str:
    """Return a fact as people read it. Moments are shown in the zone they carry."""
    if isinstance(value, Words):
        return value.zh if language == "zh" else value.en
    if isinstance(value, Money):
        return f"¥{value.decimal:,.2f}" if value.currency == "CNY" else str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


@dataclass(frozen=True, slots=True)
class LineAmount:
    """What one line of an offer comes to."""

    line_id: str
    sku: str
    quantity: int
    price_minor: int
    discount_minor: int
    tax_minor: int
    refund_minor: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy the buyer may choose, added up by hand: lines + freight − deductions = total."""

    remedy: Remedy
    lines: tuple[LineAmount, ...]
    goods_minor: int
    freight_refund_minor: int  # outbound freight given back
    freight_deducted_minor: int  # outbound freight once waived, now owed (CN-17)
    pickup_deducted_minor: int
    total_minor: int
    currency: str
    freight_payer: FreightPayer

    @property
    def total(self) -> Money:
        """Return what the buyer gets."""
        return Money(self.total_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Who must have done what by when. ``due_at`` is open until ``starts_on`` has happened."""

    code: str
    owner: Party
    starts_on: str
    due_at: datetime | None
    clause_id: str
    hours: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something the buyer still has to show."""

    code: str
    needed: int
    given: int
    clause_id: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What somebody must do besides, and where it is written."""

    code: str
    owner: Party
    clause_id: str


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """The verdict on one line, before limits and evidence of the whole request."""

    line_id: str
    verdict: Verdict
    reasons: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome with everything that led to it. An adverse one cites at least one clause.

    ``offers`` are the remedies the policy promises for the lines that are not declined, the one
    asked for first; under ``review`` they still wait for a person.
    """

    verdict: Verdict
    reasons: tuple[Ground, ...]
    offers: tuple[Offer, ...]
    freight_payer: FreightPayer | None
    lines: tuple[LineOutcome, ...]
    clauses: tuple[AppliedClause, ...]
    deadlines: tuple[Deadline, ...]
    duties: tuple[Duty, ...]
    evidence_missing: tuple[Evidence, ...]
    policy_version: str
    # The end of the buyer's period, earliest line, when it has begun.
    window_ends_at: datetime | None = None
    # Unless allowed: what it would come to if a person grants it all the same.
    if_granted: Offer | None = None

    def offer_of(self, remedy: Remedy | None) -> Offer | None:
        """Return the offer of this remedy, or the first when none is named."""
        return next((o for o in self.offers if remedy is None or o.remedy is remedy), None)

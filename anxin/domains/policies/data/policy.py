"""A policy as frozen terms. For each question the best applicable term for the buyer counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NewType
from uuid import UUID

from anxin.domains.policies.data.codes import (
    Condition,
    ExclusionKind,
    FreightPayer,
    Layer,
    Party,
    ReasonCode,
    Remedy,
    Roll,
)
from anxin.domains.policies.data.decision import AppliedClause, Deadline, Words

PolicyVersionId = NewType("PolicyVersionId", UUID)


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """Which policy is meant: the store's own, else the merchant's."""

    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a term is written: its id, its legal sources and its words before any facts."""

    id: str
    layer: Layer
    sources: tuple[str, ...]
    article: Words
    summary: Words


@dataclass(frozen=True, slots=True)
class Applies:
    """Where a term holds. An empty set means everywhere."""

    reasons: frozenset[ReasonCode] = frozenset()
    categories: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


ANYWHERE = Applies()


@dataclass(frozen=True, slots=True)
class WindowTerm:
    """Until when a reason is heard, in days after receipt; what follows it is for a person."""

    clause: Clause
    applies: Applies
    days: int
    roll: Roll
    remedies: tuple[Remedy, ...]
    review_days: int | None = None  # exchange or repair is owed until then (CN-23)


@dataclass(frozen=True, slots=True)
class ExclusionTerm:
    """Goods outside the return without a reason. A waiver by the merchant binds (CN-18c)."""

    clause: Clause
    applies: Applies
    kinds: frozenset[ExclusionKind]
    needs_confirmation: bool
    # When not empty, the exclusion takes effect only once one of these has happened.
    after: frozenset[Condition] = frozenset()
    is_waiver: bool = False


@dataclass(frozen=True, slots=True)
class StandardTerm:
    """Which conditions end the right to return goods of a kind, and which a person judges."""

    clause: Clause
    groups: frozenset[str]  # empty: goods of every group
    broken_by: frozenset[Condition]
    judged: frozenset[Condition] = frozenset()
    is_waiver: bool = False


@dataclass(frozen=True, slots=True)
class FreightTerm:
    """Who pays which way."""

    clause: Clause
    applies: Applies
    return_payer: FreightPayer
    refunds_outbound: bool
    deducts_waived: bool  # when the kept goods no longer reach the free-freight threshold


@dataclass(frozen=True, slots=True)
class EvidenceTerm:
    """How many photos a reason needs."""

    clause: Clause
    applies: Applies
    photos: int


@dataclass(frozen=True, slots=True)
class ApprovalTerm:
    """Up to which value of goods a request that meets the policy is approved without a person.

    Limits are by currency; in one that is not named nothing is approved by itself.
    """

    clause: Clause
    applies: Applies
    limits_minor: Mapping[str, int]
    remedies: frozenset[Remedy] = frozenset()


@dataclass(frozen=True, slots=True)
class KeepTerm:
    """Up to which value of goods a fault is refunded without the goods coming back."""

    clause: Clause
    applies: Applies
    limits_minor: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DeadlineTerm:
    """Who must do what within which time of what."""

    clause: Clause
    applies: Applies
    deadline: Deadline  # still open
    said: AppliedClause  # the same in every decision
    remedies: frozenset[Remedy] = frozenset()


@dataclass(frozen=True, slots=True)
class DutyTerm:
    """What somebody must do besides, for which remedies or after an adverse decision."""

    clause: Clause
    code: str
    owner: Party
    remedies: frozenset[Remedy] = frozenset()
    is_for_adverse: bool = False


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The clauses of rules that have no numbers of their own."""

    paid: Clause
    quantity: Clause
    receipt: Clause
    rolling: Clause
    before_shipment: Clause
    tracing: Clause
    judgement: Clause
    returning: Clause


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Which days are off in the years that are known; other years are said to be unknown."""

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of a policy with the law it stands on, ready to decide under."""

    version: str
    scope: PolicyScope
    in_force_from: datetime
    house: HouseRules
    windows: tuple[WindowTerm, ...]
    exclusions: tuple[ExclusionTerm, ...]
    standards: tuple[StandardTerm, ...]
    freight: tuple[FreightTerm, ...]
    evidence: tuple[EvidenceTerm, ...]
    approvals: tuple[ApprovalTerm, ...]
    keeps: tuple[KeepTerm, ...]
    deadlines: tuple[DeadlineTerm, ...]
    duties: tuple[DutyTerm, ...]
    days_off: DaysOff
    groups: Mapping[str, str] = field(default_factory=dict)  # category → group of the standard
    words: Mapping[str, Words] = field(default_factory=dict)
    number: int = 0
    title: str = ""

    def clauses(self) -> tuple[Clause, ...]:
        """Return every clause once, the merchant's first, for showing the policy in words."""
        found: dict[str, Clause] = {}
        for terms in (
            self.windows, self.exclusions, self.standards, self.freight, self.evidence,
            self.approvals, self.keeps, self.deadlines, self.duties,
        ):  # fmt: skip
            found |= {term.clause.id: term.clause for term in terms}
        return tuple(sorted(found.values(), key=lambda clause: clause.layer is Layer.LAW))

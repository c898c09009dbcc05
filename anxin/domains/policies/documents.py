"""Policies as documents: read, checked, and turned into terms over the law they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from anxin.domains.policies.data import (
    ANYWHERE,
    AppliedClause,
    Applies,
    ApprovalTerm,
    Clause,
    Condition,
    DaysOff,
    Deadline,
    DeadlineTerm,
    DutyTerm,
    Effect,
    EvidenceTerm,
    ExclusionKind,
    ExclusionTerm,
    FreightPayer,
    FreightTerm,
    HouseRules,
    KeepTerm,
    Layer,
    Party,
    Policy,
    PolicyScope,
    ReasonCode,
    Remedy,
    Roll,
    StandardTerm,
    WindowTerm,
    Words,
)
from anxin.kernel.errors import Invalid


class DocumentRefused(Invalid):
    """The policy document is not understood."""

    code = "policy_document_refused"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Said(_Part):
    zh: str
    en: str

    def words(self) -> Words:
        return Words(self.zh, self.en)


class _ClauseDoc(_Part):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    summary: _Said
    sources: tuple[str, ...] = ()


class _ScopedDoc(_ClauseDoc):
    reasons: frozenset[ReasonCode] = frozenset()
    categories: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    def applies(self) -> Applies:
        """Return where the term holds. A promise for no reason holds for any other as well."""
        reasons = self.reasons
        if ReasonCode.NO_REASON in reasons:
            reasons |= {ReasonCode.OTHER}
        found = Applies(reasons, self.categories, self.tiers, self.channels, self.regions)
        return ANYWHERE if found == ANYWHERE else found  # recognised without comparing


class WindowDoc(_ScopedDoc):
    """Until when a reason is heard."""

    question: Literal["window"]
    days: int = Field(ge=1, le=3650)
    review_days: int | None = Field(default=None, ge=1, le=3650)
    roll: Roll = Roll.STATUTORY_AND_WEEKEND
    remedies: tuple[Remedy, ...] = Field(default=(Remedy.RETURN_REFUND,), min_length=1)

    def term(self, clause: Clause, words: Mapping[str, Words]) -> WindowTerm:
        """Return the term."""
        return WindowTerm(
            clause, self.applies(), self.days, self.roll, self.remedies, self.review_days
        )


class ExclusionDoc(_ScopedDoc):
    """Goods outside the return without a reason, or a waiver of that."""

    question: Literal["exclusion"]
    kinds: frozenset[ExclusionKind] = Field(min_length=1)
    needs_confirmation: bool = False
    after: frozenset[Condition] = frozenset()
    is_waiver: bool = False

    def term(self, clause: Clause, words: Mapping[str, Words]) -> ExclusionTerm:
        """Return the term."""
        return ExclusionTerm(
            clause, self.applies(), self.kinds, self.needs_confirmation, self.after, self.is_waiver
        )


class StandardDoc(_ClauseDoc):
    """Which conditions end the right to return, or a waiver of that."""

    question: Literal["standard"]
    groups: frozenset[str] = frozenset()
    broken_by: frozenset[Condition] = frozenset()
    judged: frozenset[Condition] = frozenset()
    is_waiver: bool = False

    def term(self, clause: Clause, words: Mapping[str, Words]) -> StandardTerm:
        """Return the term."""
        return StandardTerm(clause, self.groups, self.broken_by, self.judged, self.is_waiver)


class FreightDoc(_ScopedDoc):
    """Who pays which way."""

    question: Literal["freight"]
    return_payer: FreightPayer
    refunds_outbound: bool = False
    deducts_waived: bool = True

    def term(self, clause: Clause, words: Mapping[str, Words]) -> FreightTerm:
        """Return the term."""
        return FreightTerm(
            clause, self.applies(), self.return_payer, self.refunds_outbound, self.deducts_waived
        )


class EvidenceDoc(_ScopedDoc):
    """How many photos a reason needs."""

    question: Literal["evidence"]
    photos: int = Field(ge=0, le=20)

    def term(self, clause: Clause, words: Mapping[str, Words]) -> EvidenceTerm:
        """Return the term."""
        return EvidenceTerm(clause, self.applies(), self.photos)


_Limits = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[A-Z]{3}$")],
        Annotated[int, Field(ge=0, le=10**12)],
    ],
    Field(min_length=1),
]


class ApprovalDoc(_ScopedDoc):
    """Up to which value a request is approved by itself."""

    question: Literal["approval"]
    limits_minor: _Limits
    remedies: frozenset[Remedy] = frozenset()

    def term(self, clause: Clause, words: Mapping[str, Words]) -> ApprovalTerm:
        """Return the term."""
        return ApprovalTerm(clause, self.applies(), self.limits_minor, self.remedies)


class KeepDoc(_ScopedDoc):
    """Up to which value a fault is refunded without return."""

    question: Literal["keep"]
    limits_minor: _Limits

    def term(self, clause: Clause, words: Mapping[str, Words]) -> KeepTerm:
        """Return the term."""
        return KeepTerm(clause, self.applies(), self.limits_minor)


class DeadlineDoc(_ScopedDoc):
    """Who must do what within which time."""

    question: Literal["deadline"]
    code: Literal["merchant_answer", "send_back", "inspect", "refund", "refund_penalty_line"]
    owner: Party
    starts_on: Literal["asked", "approved", "received"]
    hours: int | None = Field(default=None, ge=1, le=24 * 3650)
    days: int | None = Field(default=None, ge=1, le=3650)
    remedies: frozenset[Remedy] = frozenset()

    @model_validator(mode="after")
    def _one_unit(self) -> DeadlineDoc:
        if (self.hours is None) == (self.days is None):
            raise ValueError("give hours or days, not both")
        return self

    def term(self, clause: Clause, words: Mapping[str, Words]) -> DeadlineTerm:
        """Return the term."""
        deadline = Deadline(
            self.code, self.owner, self.starts_on, None, clause.id, self.hours, self.days
        )
        used = (("time", self.hours or self.days or 0),)
        said = AppliedClause(
            clause.id,
            Effect.SETS_DEADLINE,
            clause.sources,
            clause.article,
            used,
            template=words[f"deadline.{self.code}"],
        )
        return DeadlineTerm(clause, self.applies(), deadline, said, self.remedies)


class DutyDoc(_ClauseDoc):
    """What somebody must do besides."""

    question: Literal["duty"]
    code: str = Field(pattern=r"^[a-z_]{1,40}$")
    owner: Party
    remedies: frozenset[Remedy] = frozenset()
    is_for_adverse: bool = False

    def term(self, clause: Clause, words: Mapping[str, Words]) -> DutyTerm:
        """Return the term."""
        return DutyTerm(clause, self.code, self.owner, self.remedies, self.is_for_adverse)


AnyClause = Annotated[
    WindowDoc
    | ExclusionDoc
    | StandardDoc
    | FreightDoc
    | EvidenceDoc
    | ApprovalDoc
    | KeepDoc
    | DeadlineDoc
    | DutyDoc,
    Field(discriminator="question"),
]


class PolicyDocument(_Part):
    """A merchant's policy as written: promises over the law named by ``law``."""

    title: str = Field(min_length=1, max_length=120)
    law: Literal["cn"] = "cn"
    clauses: tuple[AnyClause, ...] = Field(max_length=500)
    groups: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _only_promises(self) -> PolicyDocument:
        """A merchant may waive exclusions and standards, never add any (CN-18c, CN-22)."""
        for clause in self.clauses:
            if clause.question in {"exclusion", "standard"} and not clause.is_waiver:
                raise ValueError(f"{clause.id}: only a waiver may be added to the law")
        ids = [clause.id for clause in self.clauses]
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"used more than once: {', '.join(sorted(twice))}")
        return self


class _LawDoc(_Part):
    act: str
    article: str
    since: date


class _HouseDoc(_Part):
    sources: tuple[str, ...]
    summary: _Said


class _DaysOffDoc(_Part):
    years: frozenset[int]
    rest: tuple[tuple[date, date], ...]  # from, to; not "off", which YAML reads as false
    worked: frozenset[date]


class LawPack(_Part):
    """The statutory baseline of one country: its acts, clauses, days off and words."""

    version: str
    acts: dict[str, _Said]
    laws: dict[str, _LawDoc]
    clauses: tuple[AnyClause, ...]
    house: dict[str, _HouseDoc]
    groups: dict[str, str]
    days_off: _DaysOffDoc
    words: dict[str, _Said]


@cache
def law_pack(country: str) -> LawPack:
    """Return the baseline of a country, such as ``cn``."""
    return LawPack.model_validate(_load(f"statutes/{country}.yaml"))


def default_document() -> dict[str, Any]:
    """Return the document a new merchant starts with, to be published or revised."""
    document: dict[str, Any] = _load("defaults/anxin.yaml")
    return document


def parse_document(document: Any) -> PolicyDocument:
    """Return the document, checked. Raise DocumentRefused naming each fault and its place."""
    try:
        return PolicyDocument.model_validate(document)
    except ValidationError as error:
        faults = [
            {"place": ".".join(str(part) for part in fault["loc"]), "fault": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False)
        ]
        raise DocumentRefused(faults=faults) from error


def build_policy(
    document: PolicyDocument,
    *,
    version: str,
    number: int = 0,
    scope: PolicyScope = PolicyScope(),  # noqa: B008  (frozen)
    in_force_from: datetime,
) -> Policy:
    """Return the document and the law under it as terms, ready to decide under."""
    law = law_pack(document.law)
    words = {name: said.words() for name, said in law.words.items()}
    merchants = [_term(doc, law, Layer.MERCHANT, words) for doc in document.clauses]
    terms = [*merchants, *(_term(doc, law, Layer.LAW, words) for doc in law.clauses)]

    def of(kind: Callable[..., Any]) -> tuple[Any, ...]:
        return tuple(term for term in terms if type(term) is kind)

    return Policy(
        version=version,
        scope=scope,
        in_force_from=in_force_from,
        house=HouseRules(**{name: _house(name, doc, law) for name, doc in law.house.items()}),
        windows=of(WindowTerm),
        exclusions=of(ExclusionTerm),
        standards=of(StandardTerm),
        freight=of(FreightTerm),
        evidence=of(EvidenceTerm),
        approvals=of(ApprovalTerm),
        keeps=of(KeepTerm),
        deadlines=of(DeadlineTerm),
        duties=of(DutyTerm),
        days_off=_days_off(law.days_off),
        groups={**law.groups, **document.groups},
        words=words,
        number=number,
        title=document.title,
    )


def _term(doc: AnyClause, law: LawPack, layer: Layer, words: Mapping[str, Words]) -> Any:
    return doc.term(_clause(doc.id, doc.sources, doc.summary, law, layer), words)


def _house(name: str, doc: _HouseDoc, law: LawPack) -> Clause:
    return _clause(f"law-{name.replace('_', '-')}", doc.sources, doc.summary, law, Layer.LAW)


def _clause(
    clause_id: str, sources: Iterable[str], summary: _Said, law: LawPack, layer: Layer
) -> Clause:
    named = tuple(sources)
    if unknown := [source for source in named if source not in law.laws]:
        raise DocumentRefused(f"{clause_id}: unknown source {', '.join(unknown)}")
    return Clause(clause_id, layer, named, _article(named, law), summary.words())


def _article(sources: tuple[str, ...], law: LawPack) -> Words:
    if not sources:
        return Words("商家承诺", "The merchant's promise")
    cited = [(law.acts[law.laws[source].act], law.laws[source].article) for source in sources]
    return Words(
        "；".join(f"《{act.zh}》第{article}条" for act, article in cited),
        "; ".join(f"{act.en}, art. {article}" for act, article in cited),
    )


def _days_off(doc: _DaysOffDoc) -> DaysOff:
    off = {
        first + timedelta(days=n)
        for first, last in doc.rest
        for n in range((last - first).days + 1)
    }
    return DaysOff(doc.years, frozenset(off), doc.worked)


def _load(path: str) -> Any:
    text = files("anxin.domains.policies").joinpath(path).read_text(encoding="utf-8")
    return yaml.safe_load(text)

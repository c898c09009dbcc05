"""What the pages of policies show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anxin.domains.merchants.data import StoreData
from anxin.domains.merchants.public import list_stores
from anxin.domains.policies.data import Clause, Layer, Policy, PolicyScope, Words
from anxin.domains.policies.public import VersionData, list_versions, policy_in_force
from anxin.entrypoints.ui.shapes import Column
from anxin.kernel.actors import Actor


class _Term(Protocol):
    @property
    def clause(self) -> Clause: ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """A clause in plain words, and where it is written."""

    id: str
    text: str
    source: str
    is_promise: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a policy says to one question."""

    title: str
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list; ``store`` is empty for the merchant's own."""

    version: VersionData
    store: str
    state: str


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """The versions, and the policy in force for the chosen store in plain words."""

    columns: Sequence[Column]
    rows: Sequence[VersionRow]
    stores: Sequence[StoreData]
    store: StoreData | None
    policy: Policy
    version: VersionRow | None
    chapters: Sequence[Chapter]


def build_policies(by: Actor, store_slug: str, now: datetime) -> PoliciesPage:
    """Return the page; an unknown store is none."""
    stores = list_stores(by.merchant_id)
    store = next((one for one in stores if one.slug == store_slug), None)
    policy = policy_in_force(by, PolicyScope(store.id if store else None), now)
    rows = build_rows(by, stores, now)
    return PoliciesPage(
        [
            Column(_("版本")),
            Column(_("名称")),
            Column(_("适用")),
            Column(_("状态")),
            Column(_("生效时间")),
            Column(_("创建时间")),
            Column(""),
        ],
        rows,
        stores,
        store,
        policy,
        next((row for row in rows if row.version.number == policy.number), None),
        chapters_of(policy),
    )


def build_rows(by: Actor, stores: Iterable[StoreData], now: datetime) -> list[VersionRow]:
    """Return the versions, newest first."""
    names: dict[UUID, str] = {store.id: store.name for store in stores}
    return [row_of(one, names, now) for one in list_versions(by)]


def row_of(one: VersionData, names: Mapping[UUID, str], now: datetime) -> VersionRow:
    """Return a version as the list shows it; ``names`` are those of the stores."""
    return VersionRow(one, names.get(one.store_id, "") if one.store_id else "", _state(one, now))


def chapters_of(policy: Policy) -> list[Chapter]:
    """Return the clauses by what people ask: the merchant's promises first, then the law."""
    chapters: list[tuple[str, tuple[_Term, ...]]] = [
        (_("多久以内可以退"), policy.windows),
        (_("哪些商品不能无理由退"), policy.exclusions),
        (_("商品要保持什么样子"), policy.standards),
        (_("运费谁出"), policy.freight),
        (_("需要什么证明"), policy.evidence),
        (_("什么情况自动通过"), (*policy.approvals, *policy.keeps)),
        (_("多久有结果"), policy.deadlines),
        (_("双方还要做什么"), policy.duties),
    ]
    return [
        Chapter(title, [_sentence(clause) for clause in _once(term.clause for term in terms)])
        for title, terms in chapters
        if terms
    ]


def said(words: Words) -> str:
    """Return the words in the reader's language."""
    return words.en if (get_language() or "").startswith("en") else words.zh


def _once(clauses: Iterable[Clause]) -> list[Clause]:
    found = {clause.id: clause for clause in clauses}
    return sorted(found.values(), key=lambda clause: clause.layer is Layer.LAW)


def _sentence(clause: Clause) -> Sentence:
    is_promise = clause.layer is Layer.MERCHANT
    return Sentence(clause.id, said(clause.summary), said(clause.article), is_promise)


def _state(one: VersionData, now: datetime) -> str:
    is_ahead = one.state == "in_force" and one.in_force_from and one.in_force_from > now
    return "waiting" if is_ahead else str(one.state)

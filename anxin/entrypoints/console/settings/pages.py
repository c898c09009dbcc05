"""What the pages of the administration show."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from anxin.domains.merchants.data import (
    PERMISSIONS_OF_DUTY,
    Duty,
    KeyData,
    MerchantData,
    Permission,
    StaffRecord,
    StoreData,
    TeamId,
)
from anxin.domains.merchants.public import (
    get_merchant,
    list_keys,
    list_staff_records,
    list_stores,
    list_teams,
)
from anxin.entrypoints.console.settings.labels import PERMISSION_GROUPS
from anxin.entrypoints.http_api.paging import decode_cursor, encode_cursor
from anxin.entrypoints.ui.shapes import Column
from anxin.kernel.actors import Actor
from anxin.kernel.money import Money

_PAGE = 50
# Without letters and figures that are taken for one another when read aloud or from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person in the list."""

    person: StaffRecord
    duties: Sequence[Duty]
    teams: str
    limit: Money


@dataclass(frozen=True, slots=True)
class StaffPage:
    """The list of people."""

    columns: Sequence[Column]
    rows: Sequence[StaffRow]
    next_url: str
    text: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in the list, with what it may do in a line."""

    key: KeyData
    scopes: Sequence[str]
    is_everything: bool
    dialog_id: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A permission and which duties have it."""

    permission: Permission
    has: Sequence[tuple[Duty, bool]]


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store in the list. Without a full return address nothing can be sent back to it."""

    store: StoreData
    portal_url: str
    is_complete: bool


def build_staff_page(by: Actor, *, text: str, is_active: bool, cursor: str) -> StaffPage:
    """Return people by name, from a cursor on."""
    after = decode_cursor(cursor, str, UUID)
    found = list_staff_records(
        by,
        is_active=is_active,
        text=text,
        after=after,
        limit=_PAGE + 1,
    )
    merchant = get_merchant(by)
    teams = {team.id: team.name for team in list_teams(by)}
    return StaffPage(
        [
            Column(_("姓名")),
            Column(_("职责")),
            Column(_("团队")),
            Column(_("审批额度"), is_number=True),
            Column(_("两步验证")),
            Column(_("上次登录")),
        ],
        [_staff_row(one, teams, merchant) for one in found[:_PAGE]],
        _next(found, text, is_active=is_active),
        text,
        is_active,
    )


def build_roles() -> list[tuple[str | Promise, list[RoleRow]]]:
    """Return what each duty may do, by group."""
    return [
        (title, [RoleRow(one, [(d, one in PERMISSIONS_OF_DUTY[d]) for d in Duty]) for one in group])
        for title, group in PERMISSION_GROUPS
    ]


def build_keys(by: Actor) -> list[KeyRow]:
    """Return the keys; their scopes in the order of the table of permissions."""
    order = [str(one) for _title, group in PERMISSION_GROUPS for one in group]
    return [
        KeyRow(
            key, [one for one in order if one in key.scopes], "*" in key.scopes, f"revoke-{key.id}"
        )
        for key in list_keys(by)
    ]


def build_stores(by: Actor) -> list[StoreRow]:
    """Return the stores by address."""
    return [
        StoreRow(
            store,
            f"/portal/{store.slug}/",
            bool(store.return_address and store.return_contact and store.return_phone),
        )
        for store in list_stores(by.merchant_id)
    ]


def suggest_password() -> str:
    """Return a password of 79 random bits that can be read to somebody on the phone."""
    groups = ("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))
    return "-".join(groups)


def _staff_row(one: StaffRecord, teams: Mapping[TeamId, str], merchant: MerchantData) -> StaffRow:
    return StaffRow(
        one,
        [duty for duty in Duty if duty in one.duties],
        " · ".join(sorted(teams[team] for team in one.team_ids if team in teams)),
        Money(one.approval_limit_minor, merchant.currency),
    )


def _next(found: Sequence[StaffRecord], text: str, *, is_active: bool) -> str:
    if len(found) <= _PAGE:
        return ""
    last = found[_PAGE - 1]
    given = {"q": text, "state": "" if is_active else "former"}
    kept = {name: value for name, value in given.items() if value}
    query = urlencode({**kept, "cursor": encode_cursor(last.name, last.id)})
    return f"{reverse('console:settings-staff')}?{query}"

"""People of the staff and their teams, changed by those who manage staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from anxin.domains.merchants.data import (
    Duty,
    Permission,
    StaffId,
    StaffTerms,
    TeamId,
)
from anxin.domains.merchants.models import Merchant, Staff, Store, Team, User
from anxin.domains.merchants.rules import (
    DetailRefused,
    NameTaken,
    PasswordRefused,
    check_administrators,
    check_limit,
    check_rights,
    clean_duties,
    clean_name,
    clean_user_name,
)
from anxin.domains.merchants.services.founding import hire
from anxin.kernel.actors import Actor
from anxin.kernel.audit import record
from anxin.kernel.errors import NotFound


@transaction.atomic
def add_staff(
    by: Actor, user_name: str, password: str, terms: StaffTerms, *, email: str = "", now: datetime
) -> StaffId:
    """Hire a person and return his id.

    Raise NameTaken (``field`` is user_name or email), PasswordRefused, DetailRefused,
    BeyondOwnRights.
    """
    by.require(Permission.STAFF_MANAGE)
    user_name, email = clean_user_name(user_name), email.strip()
    check_rights(by, terms.duties)
    check_limit(by, None, 0, terms.approval_limit_minor)
    _check_free(user_name, email)
    _check_password(password, User(username=user_name, email=email))
    columns = _columns(by, terms)
    try:
        with transaction.atomic():
            staff_id = hire(
                by.merchant_id,
                user_name=user_name,
                password=password,
                name=columns["name"],
                duties=terms.duties,
                email=email,
            )
    except IntegrityError:
        raise NameTaken(field="user_name") from None  # by another at the same moment
    row = _locked(by, staff_id)
    _write(row, columns)
    record(by, "staff.hired", "staff", staff_id, now=now, user_name=user_name, **_told(columns))
    return staff_id


@transaction.atomic
def change_staff(by: Actor, staff_id: StaffId, terms: StaffTerms, *, now: datetime) -> None:
    """Give a person other terms; an inactive one is refused from his next request on.

    Raise LastAdministrator, OwnLimit, BeyondOwnRights, DetailRefused, NotFound.
    """
    by.require(Permission.STAFF_MANAGE)
    _lock_staff(by)
    row = _locked(by, staff_id)
    check_rights(by, {*_duties(row), *terms.duties})
    check_limit(by, staff_id, row.approval_limit_minor, terms.approval_limit_minor)
    columns = _columns(by, terms)
    before = {name: getattr(row, name) for name in columns}
    changed = {name: value for name, value in columns.items() if value != before[name]}
    if not changed:
        return
    administrators = _administrators(by)
    _write(row, columns)
    check_administrators(administrators, _administrators(by))
    record(
        by, "staff.changed", "staff", staff_id, now=now,
        before=_told({name: before[name] for name in changed}), after=_told(changed),
    )  # fmt: skip


@transaction.atomic
def reset_password(by: Actor, staff_id: StaffId, password: str, *, now: datetime) -> None:
    """Give a person a new password; every session of his ends. Raise PasswordRefused."""
    by.require(Permission.STAFF_MANAGE)
    row = _locked(by, staff_id)
    check_rights(by, _duties(row))
    user = User.objects.get(merchant_id=by.merchant_id, pk=row.user_id)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(by, "staff.password_reset", "staff", staff_id, now=now)


@transaction.atomic
def forget_second_factor(by: Actor, staff_id: StaffId, *, now: datetime) -> None:
    """Let a person sign in by password alone again, after his device was lost."""
    by.require(Permission.STAFF_MANAGE)
    row = _locked(by, staff_id)
    check_rights(by, _duties(row))
    found, _ = Authenticator.objects.filter(user_id=row.user_id).delete()
    if found:
        record(by, "staff.second_factor_forgotten", "staff", staff_id, now=now)


@transaction.atomic
def create_team(by: Actor, name: str, *, now: datetime) -> TeamId:
    """Create a team and return its id. Raise NameTaken, DetailRefused."""
    by.require(Permission.STAFF_MANAGE)
    row = Team(merchant_id=by.merchant_id, name=clean_name(name, limit=60))
    _save_team(row, is_new=True)
    record(by, "team.created", "team", row.pk, now=now, name=row.name)
    return TeamId(row.pk)


@transaction.atomic
def rename_team(by: Actor, team_id: TeamId, name: str, *, now: datetime) -> None:
    """Give a team another name. Raise NameTaken, DetailRefused, NotFound."""
    by.require(Permission.STAFF_MANAGE)
    rows = Team.objects.select_for_update().filter(merchant_id=by.merchant_id, pk=team_id)
    row = rows.first()
    if row is None:
        raise NotFound(team_id=str(team_id))
    before, row.name = row.name, clean_name(name, limit=60)
    if row.name != before:
        _save_team(row, is_new=False)
        record(by, "team.renamed", "team", team_id, now=now, before=before, after=row.name)


def _columns(by: Actor, terms: StaffTerms) -> dict[str, Any]:
    """Return the terms as columns, checked."""
    known_teams = _known(Team.objects.filter(merchant_id=by.merchant_id), terms.team_ids, "teams")
    known_stores = _known(
        Store.objects.filter(merchant_id=by.merchant_id), terms.store_ids, "stores"
    )
    return {
        "name": clean_name(terms.name, limit=60),
        "duties": clean_duties(terms.duties),
        "team_ids": known_teams,
        "store_ids": known_stores,
        "approval_limit_minor": terms.approval_limit_minor,
        "is_active": terms.is_active,
    }


def _known(rows: Any, ids: Collection[UUID], field: str) -> list[UUID]:
    found = sorted(rows.filter(pk__in=ids).values_list("pk", flat=True))
    if len(found) != len(ids):
        raise DetailRefused(field=field)
    return found


def _write(row: Staff, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    # The sign-in page then says that the account is closed, instead of letting him into nothing.
    User.objects.filter(merchant_id=row.merchant_id, pk=row.user_id).update(is_active=row.is_active)


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns for the audit trail: ids as text, no person's name."""
    return {
        name: [str(one) for one in value] if isinstance(value, list) else value
        for name, value in columns.items()
        if name != "name"
    }


def _duties(row: Staff) -> frozenset[Duty]:
    return frozenset(Duty(duty) for duty in row.duties)


def _administrators(by: Actor) -> list[UUID]:
    rows = Staff.objects.filter(merchant_id=by.merchant_id, is_active=True)
    return list(rows.filter(duties__contains=[Duty.ADMINISTRATOR]).values_list("pk", flat=True))


def _lock_staff(by: Actor) -> None:
    """Let one at a time change a merchant's staff: two administrators must not dismiss each other.

    Raises nothing; held until the transaction ends.
    """
    Merchant.objects.select_for_update(no_key=True).get(pk=by.merchant_id)


def _locked(by: Actor, staff_id: StaffId) -> Staff:
    rows = Staff.objects.select_for_update().filter(merchant_id=by.merchant_id, pk=staff_id)
    row = rows.first()
    if row is None:
        raise NotFound(staff_id=str(staff_id))
    return row


def _check_free(user_name: str, email: str) -> None:
    if User.objects.filter(username__iexact=user_name).exists():
        raise NameTaken(field="user_name")
    if email and User.objects.filter(email__iexact=email).exists():
        raise NameTaken(field="email")


def _check_password(password: str, user: User) -> None:
    """Raise PasswordRefused with the validators' codes in ``faults``."""
    if "\0" in password or len(password) > 128:
        raise PasswordRefused(faults=["password_unusable"])
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise PasswordRefused(faults=[str(one.code) for one in refusal.error_list]) from None


def _save_team(row: Team, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True) if is_new else row.save(update_fields=["name"])
    except IntegrityError:
        raise NameTaken(field="name") from None

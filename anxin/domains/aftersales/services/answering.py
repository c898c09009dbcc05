"""A person answers: accept or decline, withdraw, appeal."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anxin.domains.aftersales.access import access_request
from anxin.domains.aftersales.data import RequestId, RequestKind
from anxin.domains.aftersales.events import (
    RefundAuthorized,
    RequestAppealed,
    RequestAuthorized,
    RequestDeclined,
    RequestWithdrawn,
)
from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.models import AfterSalesRequest, RequestLine
from anxin.domains.aftersales.queries import Claim, claims_of, freight_left, is_appealable
from anxin.domains.aftersales.rules import count_of, free_units, take_units, worth_of
from anxin.domains.aftersales.services.moving import about, move
from anxin.domains.aftersales.services.opening import (
    NOTE_LIMIT,
    MoreThanAvailable,
    granting_action,
)
from anxin.domains.commerce.data import OrderId
from anxin.domains.commerce.public import lock_order
from anxin.domains.merchants.data import Permission
from anxin.domains.policies.data import Verdict
from anxin.kernel.actors import Actor
from anxin.kernel.audit import record
from anxin.kernel.errors import Conflict, Invalid, NotAllowed
from anxin.kernel.outbox import publish


class ReasonMissing(Invalid):
    """Say why: the buyer is told, or the policy says otherwise."""

    code = "reason_missing"


class AboveApprovalLimit(NotAllowed):
    """Going against the policy's verdict is above what you may give by yourself."""

    code = "above_approval_limit"


class NotAppealable(Conflict):
    """A person has answered already; this answer stands."""

    code = "not_appealable"


@transaction.atomic
def decide_request(
    by: Actor,
    request_id: RequestId | UUID,
    accept: bool,
    override_reason: str = "",
    *,
    explanation: str = "",
    seen_version: int | None = None,
    now: datetime,
) -> None:
    """Answer a request that waits for the merchant.

    Declining needs an ``explanation``, which the buyer reads (CN-33). Accepting what the policy
    declines needs an ``override_reason`` and stays within the actor's approval limit.
    ``seen_version`` refuses an answer to a request that changed meanwhile.
    """
    action = Action.DECLINE if not accept else None
    row = access_request(by, request_id, to=action, permission=Permission.REQUESTS_DECIDE)
    if seen_version is not None and row.version != seen_version:
        raise Conflict("the request changed meanwhile", seen=seen_version, version=row.version)
    reason, told = override_reason.strip()[:NOTE_LIMIT], explanation.strip()[:NOTE_LIMIT]
    if accept:
        REQUEST.after(State(row.state), granting_action(RequestKind(row.kind)))
        _check_override(by, row, reason)
        grant(row, by, now=now, override_reason=reason, answer=told)
    else:
        _decline(row, by, told or reason, now)
    record(
        by, "request.accept" if accept else "request.decline", "request", row.pk,
        now=now, overrides=accept and _is_against(row),
    )  # fmt: skip


def _is_against(row: AfterSalesRequest) -> bool:
    return bool(row.decision["verdict"] == Verdict.DECLINE)


def _check_override(by: Actor, row: AfterSalesRequest, reason: str) -> None:
    if not _is_against(row):
        return
    if not reason:
        raise ReasonMissing(field="override_reason")
    if row.promised_minor > by.approval_limit_minor:
        raise AboveApprovalLimit(
            amount_minor=row.promised_minor, limit_minor=by.approval_limit_minor
        )


def grant(row: AfterSalesRequest, by: Actor, *, now: datetime, **changes: Any) -> None:
    """Let a locked request go on to the return, or to the money where nothing comes back."""
    kind = RequestKind(row.kind)
    changes |= {"decided_by_kind": by.kind, "decided_by_id": by.id, "needs_human": False}
    if kind is RequestKind.REFUND_ONLY:
        changes["owed_minor"] = row.promised_minor
        for line in row.lines.select_for_update().order_by("pk"):
            line.owed_minor = line.promised_minor
            line.save(update_fields=["owed_minor"])
    move(row, granting_action(kind), now=now, **changes)
    facts = {
        **about(row), "kind": row.kind, "reason": row.reason, "currency": row.currency,
        "occurred_at": now, "automatic": by.kind == "system",
    }  # fmt: skip
    if kind is RequestKind.REFUND_ONLY:
        publish(RefundAuthorized(**facts, owed_minor=row.promised_minor), by=by)
    else:
        publish(RequestAuthorized(**facts, promised_minor=row.promised_minor), by=by)


def _decline(row: AfterSalesRequest, by: Actor, told: str, now: datetime) -> None:
    if not told:
        raise ReasonMissing(field="explanation")
    release_units(row)
    move(
        row,
        Action.DECLINE,
        now=now,
        decided_by_kind=by.kind,
        decided_by_id=by.id,
        declined_because="by_person",
        answer=told,
        needs_human=False,
    )
    publish(
        RequestDeclined(
            **about(row), because="by_person", automatic=False, kind=row.kind,
            reason=row.reason, occurred_at=now,
        ),
        by=by,
    )  # fmt: skip


@transaction.atomic
def withdraw_request(by: Actor, request_id: RequestId | UUID, *, now: datetime) -> None:
    """Take a request back, on the buyer's wish; its units can be asked for again."""
    row = access_request(
        by,
        request_id,
        to=Action.WITHDRAW,
        permission=Permission.REQUESTS_OPEN,
        is_for_buyer=True,
    )
    release_units(row)
    move(row, Action.WITHDRAW, now=now, needs_human=False)
    publish(RequestWithdrawn(**about(row), occurred_at=now), by=by)


@transaction.atomic
def appeal_request(
    by: Actor, request_id: RequestId | UUID, *, note: str = "", now: datetime
) -> None:
    """Have a person look at what the system refused by itself (CN-33).

    The units are claimed anew, and outbound freight is promised only as far as no other request
    was promised it meanwhile. Raise NotAppealable after a person's answer, MoreThanAvailable
    when the units went into another request meanwhile.
    """
    seen = access_request(by, request_id)
    # The order is locked before the request, as everywhere.
    order = lock_order(by, OrderId(seen.order_id))
    row = access_request(
        by, request_id, to=Action.APPEAL, permission=Permission.REQUESTS_OPEN, is_for_buyer=True
    )
    if not is_appealable(row):
        raise NotAppealable(request_id=str(row.pk))
    freight = min(row.freight_minor, freight_left(order))
    promised = _claim_again(row) + freight - row.deducted_minor
    added = f"{row.note}\n{note.strip()}".strip()[:NOTE_LIMIT]
    move(
        row,
        Action.APPEAL,
        now=now,
        needs_human=True,
        note=added,
        freight_minor=freight,
        promised_minor=max(0, promised),
    )
    publish(RequestAppealed(**about(row), occurred_at=now), by=by)


def release_units(row: AfterSalesRequest) -> None:
    """Let the units of a request be asked for again."""
    RequestLine.objects.filter(request=row).update(is_claimed=False)


def _claim_again(row: AfterSalesRequest) -> int:
    """Claim free units for every line; return what they are worth."""
    claims, worth = claims_of(row.order_id, besides=row.pk), 0
    for line in row.lines.order_by("pk"):
        held = claims.get(line.order_line_id, Claim()).runs
        free = free_units(line.line_quantity, held)
        if count_of(free) < line.quantity:
            raise MoreThanAvailable(
                sku=line.sku, asked=line.quantity, bought=line.line_quantity,
                available=count_of(free),
            )  # fmt: skip
        runs = take_units(free, line.quantity)
        line.units = [[run.first, run.count] for run in runs]
        line.is_claimed = True
        line.promised_minor = worth_of(
            runs, line.quantity, line.line_payable_minor, line.line_quantity
        )
        line.save(update_fields=["units", "is_claimed", "promised_minor"])
        worth += line.promised_minor
    return worth

"""At the warehouse: inspection, disinfection, and where the goods go. Each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.aftersales.access import access_request
from anxin.domains.aftersales.data import (
    RESTOCKING,
    ClaimedUnits,
    DisinfectionMethod,
    Disposed,
    Finding,
    OfferKind,
    Promise,
    RequestId,
    RequestLineId,
)
from anxin.domains.aftersales.events import (
    GoodsDisinfected,
    GoodsDisposed,
    InspectionFailed,
    InspectionRecorded,
)
from anxin.domains.aftersales.lifecycle import Action, State
from anxin.domains.aftersales.models import (
    AfterSalesRequest,
    DisinfectionRecord,
    DispositionRecord,
    Inspection,
    RequestLine,
)
from anxin.domains.aftersales.queries import check_files, finding_of, runs_of
from anxin.domains.aftersales.rules import Owed, check_disposal, check_findings, owed_after
from anxin.domains.aftersales.services.moving import about, move, tell
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid
from anxin.kernel.outbox import publish, publish_many

# Longer than a day is a slip of the finger.
DWELL_LIMIT_MINUTES = 24 * 60


class AlreadyInspected(Conflict):
    """These goods were inspected before."""

    code = "already_inspected"


class AlreadyDisinfected(Conflict):
    """The disinfection of these goods was recorded before."""

    code = "already_disinfected"


class AlreadyDisposed(Conflict):
    """It was decided before what becomes of these goods."""

    code = "already_disposed"


class NotReceivedYet(Conflict):
    """The goods are not at the warehouse."""

    code = "not_received_yet"


class NotInspectedYet(Conflict):
    """The goods were not inspected, or the buyer has not answered the offer."""

    code = "not_inspected_yet"


class DisinfectionRefused(Invalid):
    """The disinfection record is incomplete."""

    code = "disinfection_refused"


@transaction.atomic
def record_inspection(
    by: Actor, request_id: RequestId | UUID, findings: Sequence[Finding], *, now: datetime
) -> None:
    """Write down what was found of every line, once; what is owed follows from it.

    Everything accepted: the request settles. Otherwise the buyer is made an offer: what the
    accepted units are worth, the rest sent back. Raise FindingsIncomplete, FindingsDoNotAddUp,
    AlreadyInspected or MoveRefused.
    """
    row = access_request(by, request_id, permission=Permission.STATION_USE)
    _refuse_second_inspection(row)
    lines = list(row.lines.select_for_update().order_by("pk"))
    check_findings({RequestLineId(x.pk): (x.quantity, x.standard) for x in lines}, findings)
    check_files(by, [file_id for finding in findings for file_id in finding.file_ids])
    owed = owed_after(
        [claimed_units(line) for line in lines],
        Promise(row.freight_minor, row.deducted_minor),
        findings,
    )
    if owed.is_everything:
        _settle(row, lines, owed, by, now)
    else:
        _offer(row, owed, findings, by, now)
    _save_inspections(by, row, lines, findings, now)


def _refuse_second_inspection(row: AfterSalesRequest) -> None:
    before = row.inspections.first()
    if before is not None:
        raise AlreadyInspected(at=before.at.isoformat(), by_id=before.by_id, number=row.number)


def claimed_units(line: RequestLine) -> ClaimedUnits:
    """Return the units a request line holds."""
    return ClaimedUnits(
        RequestLineId(line.pk), runs_of(line.units), line.line_quantity, line.line_payable_minor
    )


def _settle(
    row: AfterSalesRequest, lines: list[RequestLine], owed: Owed, by: Actor, now: datetime
) -> None:
    move(row, Action.ACCEPT_INSPECTION, now=now, owed_minor=owed.total_minor)
    for line in lines:
        line.owed_minor = owed.lines[RequestLineId(line.pk)]
    RequestLine.objects.bulk_update(lines, ["owed_minor"])
    publish(
        InspectionRecorded(
            **about(row), owed_minor=owed.total_minor, currency=row.currency, reason=row.reason,
            occurred_at=now,
        ),
        by=by,
    )  # fmt: skip


def _offer(
    row: AfterSalesRequest, owed: Owed, findings: Sequence[Finding], by: Actor, now: datetime
) -> None:
    move(
        row,
        Action.DISPUTE_INSPECTION,
        now=now,
        offer_kind=OfferKind.SEND_BACK,
        offered_minor=owed.total_minor,
        is_offer_refused=False,
    )
    codes = tuple(dict.fromkeys(code for finding in findings for code in finding.codes))
    publish(
        InspectionFailed(
            **about(row), offered_minor=owed.total_minor, promised_minor=row.promised_minor,
            currency=row.currency, codes=codes, occurred_at=now,
        ),
        by=by,
    )  # fmt: skip


def _save_inspections(
    by: Actor,
    row: AfterSalesRequest,
    lines: Sequence[RequestLine],
    findings: Sequence[Finding],
    now: datetime,
) -> None:
    expected = {line.pk: line for line in lines}
    Inspection.objects.bulk_create(
        Inspection(
            merchant_id=by.merchant_id,
            request=row,
            line_id=finding.line_id,
            expected=expected[finding.line_id].quantity,
            accepted=finding.accepted,
            rejected=finding.rejected,
            missing=finding.missing,
            wrong=finding.wrong,
            grade=finding.grade,
            codes=list(finding.codes),
            note=finding.note[:1000],
            file_ids=list(finding.file_ids),
            standard=expected[finding.line_id].standard,
            by_id=by.id,
            at=now,
        )
        for finding in findings
    )


@transaction.atomic
def record_disinfection(
    by: Actor,
    request_id: RequestId | UUID,
    *,
    method: str,
    agent: str,
    dwell_minutes: int,
    now: datetime,
) -> None:
    """Write down how the goods were disinfected, once; ``by`` is the operator.

    Raise NotReceivedYet, AlreadyDisinfected or DisinfectionRefused.
    """
    row = access_request(by, request_id, permission=Permission.STATION_USE)
    agent = agent.strip()[:60]
    if method not in set(DisinfectionMethod):
        raise DisinfectionRefused("unknown method", field="method", value=method)
    if not agent:
        raise DisinfectionRefused("say with what", field="agent")
    if not 0 < dwell_minutes <= DWELL_LIMIT_MINUTES:
        raise DisinfectionRefused(
            "dwell time out of range", field="dwell_minutes", limit=DWELL_LIMIT_MINUTES
        )
    if row.received_at is None:
        raise NotReceivedYet(number=row.number)
    before = row.disinfections.first()
    if before is not None:
        raise AlreadyDisinfected(at=before.at.isoformat(), operator=before.operator_name)
    DisinfectionRecord.objects.create(
        merchant_id=by.merchant_id,
        request=row,
        method=method,
        agent=agent,
        dwell_minutes=dwell_minutes,
        operator_id=by.id,
        operator_name=by.name[:60],
        at=now,
    )
    tell(row)
    publish(GoodsDisinfected(**about(row), occurred_at=now), by=by)


@transaction.atomic
def record_disposition(
    by: Actor, request_id: RequestId | UUID, disposed: Sequence[Disposed], *, now: datetime
) -> None:
    """Say what becomes of every unit that came back, all at once and once.

    Raise NotInspectedYet, AlreadyDisposed, DisposalDoesNotAddUp, RestockRefused, or
    DisinfectionMissing before a disinfection was recorded.
    """
    row = access_request(by, request_id, permission=Permission.STATION_USE)
    found = {RequestLineId(i.line_id): finding_of(i) for i in row.inspections.all()}
    if not found or State(row.state) not in {State.SETTLING, State.CLOSED}:
        raise NotInspectedYet(number=row.number)
    before = row.dispositions.first()
    if before is not None:
        raise AlreadyDisposed(at=before.at.isoformat(), by_id=before.by_id)
    disinfection = row.disinfections.first()
    check_disposal(found, disposed, is_disinfected=disinfection is not None)
    skus = {line.pk: line.sku for line in row.lines.all()}
    DispositionRecord.objects.bulk_create(
        DispositionRecord(
            merchant_id=by.merchant_id,
            request=row,
            line_id=one.line_id,
            sku=skus[one.line_id],
            disposition=one.disposition,
            quantity=one.quantity,
            disinfection=disinfection if one.disposition in RESTOCKING else None,
            by_id=by.id,
            at=now,
        )
        for one in disposed
    )
    tell(row)
    publish_many(
        [
            GoodsDisposed(
                **about(row), sku=skus[one.line_id], disposition=one.disposition,
                quantity=one.quantity, occurred_at=now,
            )
            for one in disposed
        ],
        by=by,
    )  # fmt: skip

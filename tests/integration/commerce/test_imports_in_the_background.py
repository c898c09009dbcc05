"""What the worker does with files: checks, applies, takes up what died, drops what nobody wants."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from anxin.domains.commerce.data import ImportKind, ImportMode
from anxin.domains.commerce.events import ImportApproved, ImportFinished, ImportStored
from anxin.domains.commerce.models import ImportRun, Order
from anxin.domains.commerce.public import (
    AlreadyApplying,
    approve_import,
    cancel_import,
    get_import,
    stalled_imports,
)
from anxin.domains.commerce.services.import_runs import folder_of
from anxin.flows.importing import (
    apply_what_was_approved,
    check_what_was_stored,
    go_on_with_stalled_imports,
    start_import,
)
from anxin.kernel.clock import utcnow
from anxin.kernel.events import name_of
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house
from tests.integration.commerce.files import csv_of, home

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
__all__ = ["home"]


@pytest.fixture
def house() -> House:
    return build_house()


def stored(house: House) -> ImportStored:
    run = start_import(
        house.system, ImportKind.ORDERS, "a.csv", [csv_of()], mode=ImportMode.ALL, now=utcnow()
    )
    return ImportStored(run_id=run, kind="orders", occurred_at=NOON)


def test_a_large_file_is_checked_and_applied_by_the_worker_and_twice_is_harmless(
    house: House,
) -> None:
    with acting_for(house.merchant_id):
        event = stored(house)
        check_what_was_stored(event, house.merchant_id)
        check_what_was_stored(event, house.merchant_id)
        assert get_import(house.system, event.run_id).state == "checked"

        approve_import(house.system, event.run_id, now=utcnow())
        approved = ImportApproved(run_id=event.run_id, kind="orders", occurred_at=NOON)
        apply_what_was_approved(approved, house.merchant_id)
        apply_what_was_approved(approved, house.merchant_id)

        assert get_import(house.system, event.run_id).state == "done"
        assert Order.objects.count() == 2
        finished = RecordedEvent.objects.filter(name=name_of(ImportFinished))
        assert finished.get().payload["created"] == 2


def test_what_died_is_taken_up_and_what_nobody_wants_is_dropped(house: House) -> None:
    with acting_for(house.merchant_id):
        died, forgotten = stored(house).run_id, stored(house)
        check_what_was_stored(forgotten, house.merchant_id)
        ImportRun.objects.update(touched_at=utcnow() - timedelta(days=2))
    assert len(stalled_imports(utcnow())) == 2

    go_on_with_stalled_imports()

    with acting_for(house.merchant_id):
        assert get_import(house.system, died).state == "checked"
        assert get_import(house.system, forgotten.run_id).state == "cancelled"
    assert stalled_imports(utcnow()) == []


def test_all_or_nothing_is_not_stopped_half_way(house: House) -> None:
    with acting_for(house.merchant_id):
        event = stored(house)
        check_what_was_stored(event, house.merchant_id)
        approve_import(house.system, event.run_id, now=utcnow())

        with pytest.raises(AlreadyApplying):
            cancel_import(house.system, event.run_id, now=utcnow())


def test_a_cancelled_file_is_not_applied_and_not_kept(house: House, home: Path) -> None:
    with acting_for(house.merchant_id):
        event = stored(house)
        cancel_import(house.system, event.run_id, now=utcnow())

        check_what_was_stored(event, house.merchant_id)

        assert get_import(house.system, event.run_id).state == "cancelled"
        assert Order.objects.count() == 0
        assert not [path for path in (home / "imports").rglob("*") if path.is_file()]


def test_an_import_whose_file_is_gone_does_not_hold_up_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with acting_for(house.merchant_id):
        poisoned, sound = stored(house).run_id, stored(house).run_id
        ImportRun.objects.update(touched_at=utcnow() - timedelta(hours=2))
        ImportRun.objects.filter(pk=poisoned).update(touched_at=utcnow() - timedelta(hours=3))
        shutil.rmtree(folder_of(ImportRun.objects.get(pk=poisoned)))

    go_on_with_stalled_imports()

    with acting_for(house.merchant_id):
        assert get_import(house.system, sound).state == "checked"
    assert f"going on with import {poisoned}" in caplog.text

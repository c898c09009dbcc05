"""The locks between merchants hold, each on its own."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from anxin.domains.customers.models import Customer, Identity
from anxin.kernel.tenancy import MerchantMissing, acting_for
from tests.builders import build_house

pytestmark = pytest.mark.django_db


def test_a_tenant_table_without_a_merchant_is_refused() -> None:
    with pytest.raises(MerchantMissing):
        Customer.objects.count()


def test_the_database_shows_no_other_merchants_rows_even_to_raw_sql() -> None:
    mine, theirs = build_house(), build_house("别家", "other")
    with acting_for(theirs.merchant_id):
        Customer.objects.create(merchant_id=theirs.merchant_id, name="张三")

    with acting_for(mine.merchant_id), connection.cursor() as cursor:
        cursor.execute("select count(*) from customers_customer")

        assert cursor.fetchone() == (0,)


def test_the_database_refuses_to_write_for_another_merchant() -> None:
    mine, theirs = build_house(), build_house("别家", "other")

    with (
        acting_for(mine.merchant_id),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Customer.objects.create(merchant_id=theirs.merchant_id, name="张三")


def test_a_key_into_another_merchant_is_refused() -> None:
    mine, theirs = build_house(), build_house("别家", "other")
    with acting_for(theirs.merchant_id):
        stranger = Customer.objects.create(merchant_id=theirs.merchant_id, name="张三")

    with acting_for(mine.merchant_id), pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.create(
            merchant_id=mine.merchant_id, customer_id=stranger.pk, channel="phone", address="1"
        )
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_the_application_role_cannot_bypass_row_level_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )

        assert cursor.fetchone() == ("anxin_app", False, False)

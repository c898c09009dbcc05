"""The console's pages of files, orders, products and customers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.domains.commerce.models import ImportRun, Order
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import Staff, User
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff
from tests.integration.commerce.files import GOOD, brought_in, csv_of, home

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
__all__ = ["home"]


@pytest.fixture
def house() -> House:
    return build_house()


def signed_in(house: House, *duties: Duty) -> Client:
    build_staff(house, "olga", *duties)
    client = Client()
    client.force_login(
        User.objects.get(username="olga"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def sent(client: Client, content: bytes, **fields: str) -> Any:
    file = SimpleUploadedFile("订单.csv", content, "text/csv")
    form = {"kind": "orders", "store": "anxin", "file": file, **fields}
    return client.post("/console/imports/new/", form, follow=True)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_file_is_seen_before_it_is_applied(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS)

    page = sent(client, csv_of())

    assert "等您确认" in words(page)
    with acting_for(house.merchant_id):
        run = ImportRun.objects.get()
        assert (run.state, Order.objects.count()) == ("checked", 0)
    done = client.post(f"/console/imports/{run.pk}/apply/", {"mode": "all"}, follow=True)
    assert "已导入" in words(done)
    with acting_for(house.merchant_id):
        assert Order.objects.count() == 2


def test_errors_are_told_by_line_and_the_files_own_column(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS)
    head = "订单号,下单时间,实付金额,商品编码,数量,单价"

    page = words(sent(client, csv_of(["A1,2026-11-11,31.00,MUG,3,10.00"], head)))

    assert "2 实付金额" in page
    assert "实付写的是 ¥31.00，按商品 − 优惠 + 运费 + 税算是 ¥30.00" in page
    assert "文件里有错误，不能整个写入" in page


def test_errors_are_told_in_english(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS)
    with acting_for(house.merchant_id):
        Staff.objects.update(language="en")

    page = words(sent(client, csv_of([GOOD[2].replace(",3,", ",-3,")])))

    assert "quantity must be at least 1" in page.lower()


def test_a_picture_is_refused_on_the_page(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS)

    page = sent(client, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)

    assert "这不是表格文件" in words(page)


def test_no_file_is_told_where_it_happened(house: House) -> None:
    answer = signed_in(house, Duty.OPERATIONS).post("/console/imports/new/", {"kind": "orders"})

    assert answer.status_code == 422
    assert "请选择一个文件" in words(answer)


def test_a_script_in_a_name_stays_text(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS)

    page = sent(client, csv_of([GOOD[2].replace("勺子", "<script>alert(1)</script>")]))

    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content


def test_every_template_imports_as_it_is(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS)
    for language in ("zh-hans", "en"):
        with acting_for(house.merchant_id):
            Staff.objects.update(language=language)
        for kind in ("products", "orders", "shipments"):
            for form in ("csv", "xlsx"):
                file = client.get(f"/console/imports/template/{kind}.{form}").content
                with acting_for(house.merchant_id):
                    run = brought_in(house.system, file, kind)
                    assert (run.state, run.errors, run.failure) == ("done", [], {})


def test_the_pages_show_what_was_imported_and_reveal_with_a_trace(house: House) -> None:
    client = signed_in(house, Duty.OPERATIONS, Duty.AGENT)
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of())
        order = Order.objects.get(order_no="A1")

    assert "A1" in words(client.get("/console/orders/?search=A1"))
    assert "¥88.10" in words(client.get(f"/console/orders/{order.pk}/"))
    assert client.get("/console/products/").status_code == 200
    assert "+86138****8000" in words(client.get("/console/customers/"))
    page = words(client.get(f"/console/customers/{order.customer_id}/"))
    assert "A1" in page
    assert "+8613812348000" not in page
    shown = client.post(f"/console/customers/{order.customer_id}/reveal/")
    assert "+8613812348000" in words(shown)
    with acting_for(house.merchant_id):
        assert AuditEntry.objects.filter(action="customers.customer_revealed").count() == 1


def test_who_may_not_import_is_kept_out(house: House) -> None:
    client = signed_in(house, Duty.AGENT)

    assert client.get("/console/imports/").status_code == 403
    assert sent(client, csv_of()).status_code == 403


def test_another_merchants_pages_are_not_found(house: House) -> None:
    other = build_house("别家", "other")
    with acting_for(other.merchant_id):
        run = brought_in(other.system, csv_of())
        order = Order.objects.get(order_no="A1")
    client = signed_in(house, Duty.OPERATIONS, Duty.AGENT)

    for address in (
        f"imports/{run.id}/", f"imports/{run.id}/errors.csv", f"orders/{order.pk}/",
        f"customers/{order.customer_id}/",
    ):  # fmt: skip
        assert client.get(f"/console/{address}").status_code == 404

"""The pages where people, teams, stores and keys are managed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import Duty, Permission
from anxin.domains.merchants.models import ApiKey, Staff, Store, Team, User
from anxin.kernel.actors import Actor
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff

pytestmark = pytest.mark.django_db

GOOD = "Xi-Hu-Long-Jing-7"
HIRED = {
    "name": "林晓",
    "user_name": "lin",
    "password": GOOD,
    "duties": ["agent"],
    "approval_limit": "200.50",
}
PAGES = ("staff/", "staff/new/", "teams/", "roles/", "stores/", "stores/new/", "keys/")


@pytest.fixture
def house() -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


@pytest.fixture
def boss(house: House) -> Actor:
    return build_staff(house, "boss", Duty.ADMINISTRATOR, limit_minor=100_000)


@pytest.fixture
def browser(boss: Actor) -> Client:
    return _signed_in("boss")


def _signed_in(user_name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=user_name))
    return client


def _url(actor: Actor, act: str = "") -> str:
    return f"/console/settings/staff/{actor.id}/{act}"


@pytest.mark.parametrize("page", [*PAGES, "refund-approval/"])
def test_each_page_opens_for_an_administrator_in_both_languages(browser: Client, page: str) -> None:
    chinese = browser.get(f"/console/settings/{page}")
    merchants.keep_preferences(merchants.signed_in(_boss_id()).actor, language="en")  # type: ignore[union-attr]
    english = browser.get(f"/console/settings/{page}")

    assert chinese.status_code == english.status_code == 200
    assert 'lang="zh-CN"' in chinese.content.decode()
    assert 'lang="en"' in english.content.decode()


@pytest.mark.parametrize("duty", [duty for duty in Duty if duty is not Duty.ADMINISTRATOR])
def test_no_page_opens_for_anybody_else(house: House, duty: Duty) -> None:
    build_staff(house, "other", duty)
    client = _signed_in("other")

    answers = [client.get(f"/console/settings/{page}").status_code for page in PAGES]

    assert answers == [403] * len(PAGES)


def test_the_address_of_settings_leads_to_the_staff(browser: Client) -> None:
    assert browser.get("/console/settings/")["Location"] == "/console/settings/staff/"


def test_somebody_is_hired_with_an_amount_as_people_write_it(browser: Client) -> None:
    answer = browser.post("/console/settings/staff/new/", HIRED, follow=True)

    lin = Staff.objects.get(name="林晓")
    assert answer.redirect_chain == [(f"/console/settings/staff/{lin.pk}/", 302)]
    assert lin.approval_limit_minor == 20_050
    assert "用户名 lin" in answer.content.decode()
    assert GOOD not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"user_name": "boss"}, "这个用户名已经有人用了"),
        ({"user_name": "林晓"}, "用户名只能用小写字母"),
        ({"password": "12345"}, "密码太短"),
        ({"password": "password123"}, "这个密码太常见"),
        ({"duties": []}, "请至少选择一项职责"),
        ({"duties": ["king"]}, "king"),
        ({"approval_limit": "many"}, "请填写金额"),
        ({"approval_limit": "1.005"}, "请填写金额"),
        ({"approval_limit": "-1"}, "金额太大或是负数"),
        ({"email": "lin"}, "这不像一个邮箱地址"),
    ],
)
def test_a_refused_hiring_says_why_and_keeps_what_was_typed(
    browser: Client, change: dict[str, str], words: str
) -> None:
    answer = browser.post("/console/settings/staff/new/", {**HIRED, **change})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="林晓"' in answer.content.decode()
    assert User.objects.count() == 1


def test_a_name_with_markup_is_shown_as_text(browser: Client) -> None:
    browser.post("/console/settings/staff/new/", {**HIRED, "name": "<script>alert(1)</script>"})

    page = browser.get("/console/settings/staff/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_terms_are_changed_and_shown_again(house: House, browser: Client) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    team = Team.objects.create(merchant_id=house.merchant_id, name="一组")
    terms = {
        "name": "林晓",
        "duties": ["agent", "finance"],
        "teams": [str(team.pk)],
        "approval_limit": "1,000",
    }

    answer = browser.post(_url(lin), terms, follow=True)

    row = Staff.objects.get(pk=lin.id)
    assert "已保存" in answer.content.decode()
    assert (row.duties, row.team_ids) == (["agent", "finance"], [team.pk])
    assert row.approval_limit_minor == 100_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"approval_limit": "1000.01"}, "不能提高自己的额度"),
        ({"duties": ["agent"]}, "这是最后一位在职的管理员"),
    ],
)
def test_what_one_may_not_do_to_oneself_is_said_beside_the_field(
    browser: Client, boss: Actor, change: dict[str, str], words: str
) -> None:
    mine = {"name": "Boss", "duties": ["administrator"], "approval_limit": "1000", **change}

    answer = browser.post(_url(boss), mine)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Staff.objects.get(pk=boss.id).duties == ["administrator"]


def test_a_person_is_stopped_and_let_back_in(house: House, browser: Client) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    theirs = _signed_in("lin")

    browser.post(_url(lin, "activity/"), {"active": "0"})
    refused = theirs.get("/console/orders/")
    browser.post(_url(lin, "activity/"), {"active": "1"})

    assert refused.status_code in {302, 403}
    assert _signed_in("lin").get("/console/orders/").status_code == 200


def test_the_last_administrator_is_not_stopped(browser: Client, boss: Actor) -> None:
    answer = browser.post(_url(boss, "activity/"), {"active": "0"}, follow=True)

    assert "没有停用" in answer.content.decode()
    assert Staff.objects.get(pk=boss.id).is_active


def test_a_reset_password_works_and_is_suggested_anew_each_time(
    house: House, browser: Client
) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    suggested = {_suggestion(browser, lin) for _time in range(2)}

    browser.post(_url(lin, "password/"), {"password": min(suggested)})

    assert len(suggested) == 2
    assert User.objects.get(username="lin").check_password(min(suggested))


def test_an_easy_password_is_refused_with_its_reason(house: House, browser: Client) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)

    answer = browser.post(_url(lin, "password/"), {"password": "12345"})

    assert answer.status_code == 422
    assert "密码太短" in answer.content.decode()


def test_a_lost_second_factor_is_forgotten(house: House, browser: Client) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    user = User.objects.get(username="lin")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert "解除两步验证" in browser.get(_url(lin)).content.decode()

    browser.post(_url(lin, "second-factor/"))

    assert not Authenticator.objects.exists()
    assert "解除两步验证？" not in browser.get(_url(lin)).content.decode()


def test_people_of_another_merchant_are_not_found(browser: Client) -> None:
    stranger = build_staff(build_house("别家", "other"), "stranger", Duty.AGENT)

    answers = [
        browser.get(_url(stranger)).status_code,
        browser.get(_url(stranger, "password/")).status_code,
        browser.post(_url(stranger, "activity/"), {"active": "0"}).status_code,
        browser.post(_url(stranger, "second-factor/")).status_code,
    ]

    assert answers == [404] * 4
    assert "Stranger" not in browser.get("/console/settings/staff/").content.decode()


def test_a_team_is_created_and_renamed(browser: Client) -> None:
    browser.post("/console/settings/teams/", {"name": "一组"})
    team = Team.objects.get()
    twice = browser.post("/console/settings/teams/", {"name": "一组"})
    renamed = browser.post(f"/console/settings/teams/{team.pk}/", {"name": "夜班"}, follow=True)

    assert twice.status_code == 422
    assert "已经有同名的了" in twice.content.decode()
    assert "夜班" in renamed.content.decode()


def test_a_store_is_opened_with_its_widget_allowed(browser: Client) -> None:
    answer = browser.post(
        "/console/settings/stores/new/",
        {
            "name": "家居馆",
            "slug": "home",
            "currency": "CNY",
            "region": "CN",
            "zone": "Asia/Shanghai",
            "widget_origins": "https://home.example.cn\n\nhttps://www.example.cn/\n",
        },
        follow=True,
    )

    store = merchants.store_at("home")
    assert f"/console/settings/stores/{store.id}/" in answer.redirect_chain[0][0]
    assert merchants.widget_origins(store.merchant_id, store.id) == [
        "https://home.example.cn",
        "https://www.example.cn",
    ]
    assert "/portal/home/" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "anxin"}, "这个网址名已经被占用了"),
        ({"slug": "a/b"}, "网址名只能用小写字母"),
        ({"widget_origins": "https://ok.cn\nhttp://shop.cn"}, "http://shop.cn"),
        ({"zone": "Mars/Base"}, "Mars/Base"),
    ],
)
def test_a_refused_store_says_why(browser: Client, change: dict[str, str], words: str) -> None:
    form = {
        "name": "家居馆",
        "slug": "home",
        "currency": "CNY",
        "region": "CN",
        "zone": "Asia/Shanghai",
        **change,
    }

    answer = browser.post("/console/settings/stores/new/", form)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Store.objects.count() == 1


def test_the_return_address_is_changed(house: House, browser: Client) -> None:
    form = {"name": "旗舰店", "region": "CN", "zone": "Asia/Shanghai", "return_address": "新库"}

    browser.post(f"/console/settings/stores/{house.store_id}/", form)

    assert merchants.store_at("anxin").return_address == "新库"
    assert "缺少退货地址" in browser.get("/console/settings/stores/").content.decode()


def test_the_amount_that_needs_a_second_person_is_changed(house: House, browser: Client) -> None:
    browser.post("/console/settings/refund-approval/", {"refund_approval_above": "1,234.50"})

    assert merchants.refund_approval_above_minor(house.merchant_id) == 123_450
    assert "¥1,234.50" in browser.get("/console/settings/stores/").content.decode()


@pytest.mark.parametrize("in_page", [True, False])
def test_a_key_is_shown_once_and_works(house: House, browser: Client, in_page: bool) -> None:
    form = {"name": "ERP", "scopes": ["orders.read", "orders.import"]}
    headers = {"HX-Request": "true"} if in_page else {}

    answer = browser.post("/console/settings/keys/new/", form, headers=headers)

    key = re.search(r"<code>(anxin_[\w-]+)</code>", answer.content.decode())
    assert key
    program = merchants.actor_of_key(key[1])
    assert program is not None
    assert program.permissions == {"orders.read", "orders.import"}
    assert "no-store" in answer["Cache-Control"]
    later = browser.get("/console/settings/keys/").content.decode()
    assert key[1] not in later
    assert key[1][:12] in later


def test_a_key_without_scopes_is_refused_in_the_dialog(browser: Client) -> None:
    answer = browser.post(
        "/console/settings/keys/new/", {"name": "ERP"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert "请至少选择一项" in answer.content.decode()
    assert 'value="ERP"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_revoked_key_is_shown_as_such(boss: Actor, browser: Client) -> None:
    new = merchants.create_key(boss, "ERP", [Permission.ORDERS_READ], now=NOON)

    answer = browser.post(f"/console/settings/keys/{new.id}/revoke/", follow=True)

    assert "已吊销" in answer.content.decode()
    assert merchants.actor_of_key(new.key) is None


def test_each_permission_stands_in_the_table_of_duties_once(browser: Client) -> None:
    page = browser.get("/console/settings/roles/").content.decode()

    assert page.count('<th scope="row">') == len(Permission)
    assert not re.search(r">\w+\.\w+</th>", page), "a permission has no words"


def _suggestion(browser: Client, person: Actor) -> str:
    page = browser.get(_url(person, "password/")).content.decode()
    found = re.search(r'name="password" value="([^"]+)"', page)
    assert found
    return found[1]


def _boss_id() -> int:
    return User.objects.get(username="boss").pk

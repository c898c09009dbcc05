"""Signing in: password, second factor, the right room, and a session that ends half way."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import Staff, User
from anxin.entrypoints.ui import rooms
from anxin.kernel.actors import Actor
from anxin.kernel.tenancy import acting_for
from tests.builders import build_house, build_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def lin() -> Actor:
    return build_staff(build_house(), "lin", Duty.ADMINISTRATOR)


def sign_in(client: Client, login: str = "lin", password: str = "linlin", **more: str) -> object:
    return client.post("/accounts/login/", {"login": login, "password": password, **more})


def test_a_stranger_at_the_door_is_shown_the_sign_in_page(client: Client) -> None:
    answer = client.get("/", follow=True)

    assert answer.redirect_chain == [("/accounts/login/?next=%2F", 302)]
    assert "用户名或邮箱" in answer.content.decode()


def test_the_sign_in_page_allows_no_inline_script_and_no_other_host(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("login", ["lin", "lin@anxin.test", "LIN@anxin.test"])
def test_staff_sign_in_by_user_name_or_email(client: Client, lin: Actor, login: str) -> None:
    User.objects.filter(username="lin").update(email="lin@anxin.test")

    answer = sign_in(client, login)

    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert answer["Location"] == "/"  # type: ignore[index]
    assert "_auth_user_id" in client.session


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, lin: Actor) -> None:
    answer = sign_in(client, password="Mi-Ma-9")

    page = answer.content.decode()  # type: ignore[attr-defined]
    assert "账号或密码不对" in page
    assert 'value="lin"' in page
    assert "Mi-Ma-9" not in page
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_down(client: Client, lin: Actor) -> None:
    for _ in range(6):
        sign_in(client, password="wrong")

    answer = sign_in(client)

    assert "_auth_user_id" not in client.session
    assert "尝试次数太多" in answer.content.decode()  # type: ignore[attr-defined]


def test_nobody_signs_himself_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/password/reset/").status_code == 404


def test_next_leads_back_but_never_to_a_strange_host(client: Client, lin: Actor) -> None:
    assert sign_in(client, next="/workspace/?view=mine")["Location"] == "/workspace/?view=mine"  # type: ignore[index]
    client.logout()
    assert sign_in(client, next="https://evil.example/")["Location"] == "/"  # type: ignore[index]


def test_signing_out_needs_a_post(client: Client, lin: Actor) -> None:
    sign_in(client)

    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_the_second_factor_stands_between_password_and_pages(client: Client, lin: Actor) -> None:
    user = User.objects.get(username="lin")
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)

    answer = sign_in(client)

    assert answer["Location"].startswith("/accounts/2fa/authenticate/")  # type: ignore[index]
    assert "_auth_user_id" not in client.session
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))
    )
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert "_auth_user_id" in client.session


def test_a_recovery_code_works_once(client: Client, lin: Actor) -> None:
    user = User.objects.get(username="lin")
    totp.TOTP.activate(user, totp.generate_totp_secret())
    code = RecoveryCodes.activate(user).get_unused_codes()[0]

    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" in client.session
    client.logout()
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in client.session


def test_secrets_of_the_second_factor_are_stored_encrypted(lin: Actor) -> None:
    secret = totp.generate_totp_secret()

    totp.TOTP.activate(User.objects.get(username="lin"), secret)

    stored = Authenticator.objects.get().data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_turning_the_second_factor_on_asks_for_the_password_first(
    client: Client, lin: Actor
) -> None:
    sign_in(client)
    door = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert "确认是您本人" in door.content.decode()

    page = client.post(door.request["PATH_INFO"] + "?" + door.request["QUERY_STRING"],
                       {"password": "linlin"}, follow=True)  # fmt: skip
    assert "data:image/svg+xml" in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))
    )
    codes = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)

    assert "还有 10 个恢复码可用" in codes.content.decode()
    assert Authenticator.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    ["/accounts/2fa/", "/accounts/password/change/", "/accounts/2fa/totp/activate/"],
)
def test_account_pages_are_in_our_look_and_in_both_languages(
    client: Client, lin: Actor, address: str
) -> None:
    sign_in(client)

    for language, title in (("zh-hans", "安心售后</title>"), ("en", "Anxin</title>")):
        client.post("/preferences/", {"language": language})
        answer = client.get(address, follow=True)
        assert answer.status_code == 200
        assert title in answer.content.decode()


def test_people_start_in_their_room(lin: Actor) -> None:
    clerk = build_staff(build_house("另一家", "other"), "wang", Duty.WAREHOUSE)

    assert {room.key for room in rooms.ROOMS if rooms._may_any(clerk, room.any_of)} == {"station"}
    assert {room.key for room in rooms.ROOMS if rooms._may_any(lin, room.any_of)} == {
        "workspace", "station", "console", "wallboard"
    }  # fmt: skip


def test_an_open_page_is_told_that_its_session_is_over(client: Client) -> None:
    answer = client.get(
        "/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/workspace/?a=1"}
    )

    assert answer.status_code == 419
    assert answer["HX-Reswap"] == "none"
    assert unquote(answer["X-Sign-In"]) == "/accounts/login/?next=/workspace/?a=1"
    assert "您填写的内容会保留" in answer.content.decode()


def test_a_strange_referer_is_not_followed(client: Client) -> None:
    answer = client.get(
        "/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/"}
    )

    assert answer["X-Sign-In"] == "/accounts/login/?next=%2F"


def test_a_form_with_an_old_token_offers_to_open_the_page_again(lin: Actor) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/preferences/", {"theme": "dark"}, headers={"Referer": "/console/"})

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "这个页面放得太久了" in page
    assert "data-keeps-drafts" in page


def test_someone_dismissed_sees_no_page_and_may_change_account(client: Client, lin: Actor) -> None:
    sign_in(client)
    with acting_for(lin.merchant_id):
        Staff.objects.update(is_active=False)

    answer = client.get("/")

    assert answer.status_code == 403
    assert "换个账号登录" in answer.content.decode()


def test_language_and_theme_are_kept_on_the_person(client: Client, lin: Actor) -> None:
    sign_in(client)

    answer = client.post("/preferences/", {"language": "en", "theme": "dark"})

    assert answer.status_code == 302
    with acting_for(lin.merchant_id):
        row = Staff.objects.get(pk=lin.id)
    assert (row.language, row.theme) == ("en", "dark")
    other_browser = Client()
    sign_in(other_browser)
    page = other_browser.get("/accounts/2fa/").content.decode()
    assert '<html lang="en" data-theme="dark" data-bs-theme="dark">' in page
    assert "Two-step verification" in page


def test_strangers_keep_language_and_theme_in_the_browser(client: Client) -> None:
    client.post("/preferences/", {"language": "en"})
    client.post("/preferences/", {"theme": "light"}, headers={"X-Requested-With": "fetch"})

    page = client.get("/accounts/login/").content.decode()

    assert '<html lang="en" data-theme="light"' in page
    assert "User name or e-mail" in page


@pytest.mark.parametrize("values", [{"language": "xx"}, {"theme": "pink"}, {}])
def test_unknown_preferences_change_nothing(client: Client, values: dict[str, str]) -> None:
    answer = client.post("/preferences/", values)

    assert answer.status_code == 302
    assert "anxin_language" not in answer.cookies
    assert "anxin_theme" not in answer.cookies


def test_a_missing_page_is_ours(client: Client) -> None:
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "找不到这个页面" in answer.content.decode()


def test_the_gallery_is_for_developers_only(client: Client) -> None:
    assert client.get("/ui/gallery/").status_code == 404

"""What may be changed about people, stores and keys, and the refusals when it may not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from anxin.domains.merchants.data import Duty, Permission, permissions_of
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid, NotAllowed

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,59}")
# A host or an address, with a port if any. Strict, because it is written into a response header.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}(?::\d{1,5})?")
_REGION = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
# Far above any limit in use, far below what the column holds.
LARGEST_LIMIT_MINOR = 10**12


class LastAdministrator(Conflict):
    """Without this person nobody could manage staff any more."""

    code = "last_administrator"


class OwnLimit(NotAllowed):
    """Nobody raises his own approval limit."""

    code = "own_limit"


class BeyondOwnRights(NotAllowed):
    """Nobody gives or manages rights that he does not have himself."""

    code = "beyond_own_rights"


class NameTaken(Conflict):
    """Somebody or something else has this name already."""

    code = "name_taken"


class PasswordRefused(Invalid):
    """This password is too easy to guess."""

    code = "password_refused"


class DetailRefused(Invalid):
    """One of the details is not usable; ``field`` says which."""

    code = "detail_refused"


def check_rights(by: Actor, duties: Iterable[Duty]) -> None:
    """Raise BeyondOwnRights unless the actor has all that these duties allow."""
    check_scopes(by, permissions_of(frozenset(duties)))


def check_scopes(by: Actor, scopes: Iterable[str]) -> None:
    """Raise BeyondOwnRights unless the actor has each of these permissions."""
    missing = sorted(str(scope) for scope in scopes if not by.may(scope))
    if missing:
        raise BeyondOwnRights(missing=missing)


def check_limit(by: Actor, staff_id: object, before: int, after: int) -> None:
    """Raise OwnLimit when somebody raises his own limit, DetailRefused on an absurd one."""
    if not 0 <= after <= LARGEST_LIMIT_MINOR:
        raise DetailRefused(field="approval_limit")
    if after > before and by.id == str(staff_id):
        raise OwnLimit(before_minor=before, after_minor=after)


def check_administrators(before: Collection[object], after: Collection[object]) -> None:
    """Raise LastAdministrator when a change takes away the last active administrator."""
    if before and not after:
        raise LastAdministrator


def clean_duties(duties: Iterable[str]) -> list[str]:
    """Return known duties, each once, in the order of the table. Raise DetailRefused."""
    given = {str(duty) for duty in duties}
    if not given <= set(Duty):
        raise DetailRefused(field="duties")
    return [str(duty) for duty in Duty if duty in given]


def clean_scopes(scopes: Iterable[str]) -> list[str]:
    """Return known permissions, each once. Raise DetailRefused on none or an unknown one."""
    given = {str(scope) for scope in scopes}
    if not given or not given <= set(Permission):
        raise DetailRefused(field="scopes")
    return sorted(given)


def clean_user_name(user_name: str) -> str:
    """Return a sign-in name in small letters, so that it is found however it is typed."""
    found = user_name.strip().lower()
    if not _USER_NAME.fullmatch(found):
        raise DetailRefused(field="user_name")
    return found


def clean_name(name: str, *, limit: int, field: str = "name") -> str:
    """Return a name without spaces around it. Raise DetailRefused when empty or too long."""
    found = " ".join(name.replace("\0", "").split())
    if not found or len(found) > limit:
        raise DetailRefused(field=field)
    return found


def clean_slug(slug: str) -> str:
    """Return the part of public addresses that names a store. Raise DetailRefused."""
    found = slug.strip().lower()
    if not _SLUG.fullmatch(found):
        raise DetailRefused(field="slug")
    return found


def clean_origins(origins: Iterable[str]) -> list[str]:
    """Return web origins such as ``https://shop.example.cn``, each once.

    Only https, and http for one's own machine. Raise DetailRefused with the first other ``value``.
    """
    found = dict.fromkeys(_origin(text) for text in origins if text.strip())
    if len(found) > 50:
        raise DetailRefused(field="widget_origins", value="")
    return list(found)


def clean_place(currency: str, zone: str, region: str) -> tuple[str, str, str]:
    """Return currency, time zone and country of a store. Raise DetailRefused."""
    if not _CURRENCY.fullmatch(currency):
        raise DetailRefused(field="currency")
    if zone not in available_timezones():
        raise DetailRefused(field="zone")
    if not _REGION.fullmatch(region):
        raise DetailRefused(field="region")
    return currency, zone, region


def _origin(text: str) -> str:
    refused = DetailRefused(field="widget_origins", value=text.strip()[:100])
    try:
        parts = urlsplit(text.strip().lower())
        is_own_machine = parts.hostname in {"localhost", "127.0.0.1"}
    except ValueError:
        raise refused from None
    is_bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_own_machine)
    if not (is_bare and is_safe and _HOST.fullmatch(parts.netloc) and len(parts.netloc) < 190):
        raise refused
    return f"{parts.scheme}://{parts.netloc}"

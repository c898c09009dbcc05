"""Understanding one cell. Each reader returns the value or raises BadCell with a stable code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anxin.domains.commerce.importing.faults import BadCell
from anxin.kernel.money import parse_money

# Ten billion yuan in one cell is a slipped column, not a sale; nor are a million units of a thing.
MAX_MINOR = 10**12
MAX_QUANTITY = 1_000_000
# Active codes of ISO 4217 list one, 2026.
CURRENCIES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
    MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_AMOUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?|-?\.\d+")
_SIGNS = re.compile(r"^(-?)\s*(?:[¥￥$£€]|CNY|RMB)?\s*(.*?)\s*元?$", re.IGNORECASE)
_CHINESE_TIME = re.compile(
    r"(\d{4})[年/.\-](\d{1,2})[月/.\-](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?)?"
)
_YES = frozenset({"是", "yes", "y", "true", "1", "√", "有", "t"})
_NO = frozenset({"否", "no", "n", "false", "0", "×", "无", "f", ""})


def text(limit: int) -> Callable[[str], str]:
    """Return a reader of text of at most ``limit`` characters."""

    def read(cell: str) -> str:
        if len(cell) > limit:
            raise BadCell("text_too_long", limit=limit)
        if not cell.isprintable() and _CONTROL.search(cell):
            raise BadCell("text_has_control_characters")
        return cell

    return read


@lru_cache(maxsize=16_384)
def money(cell: str, currency: str) -> int:
    """Return an amount in minor units; it is exact and not negative."""
    found = _SIGNS.match(cell)
    plain = unicodedata.normalize("NFKC", "".join(found.groups())) if found else cell
    if not _AMOUNT.fullmatch(plain):
        raise BadCell("amount_not_readable")
    try:
        minor = parse_money(plain, currency).minor
    except ValueError:
        raise BadCell("amount_too_fine", currency=currency) from None
    if minor < 0:
        raise BadCell("amount_negative")
    if minor > MAX_MINOR:
        raise BadCell("amount_absurd")
    return minor


@lru_cache(maxsize=4_096)
def quantity(cell: str) -> int:
    """Return a whole, positive number of units."""
    plain = unicodedata.normalize("NFKC", cell).replace(",", "")
    if not re.fullmatch(r"[+-]?\d+(\.0*)?", plain):
        raise BadCell("quantity_not_whole")
    count = int(plain.partition(".")[0])
    if count <= 0:
        raise BadCell("quantity_not_positive")
    if count > MAX_QUANTITY:
        raise BadCell("quantity_absurd", limit=MAX_QUANTITY)
    return count


def yes_or_no(cell: str) -> bool:
    """Return whether the cell says yes, in any usual way."""
    word = cell.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell("not_yes_or_no")


def choice(words: Mapping[str, str]) -> Callable[[str], str]:
    """Return a reader of one of several codes; ``words`` maps every accepted word to its code."""
    allowed = sorted(set(words.values()))

    def read(cell: str) -> str:
        code = words.get(cell.lower().replace(" ", "_"))
        if code is None:
            raise BadCell("unknown_choice", allowed=allowed)
        return code

    return read


def currency(cell: str) -> str:
    """Return an ISO 4217 code."""
    code = {"RMB": "CNY", "人民币": "CNY"}.get(cell.upper(), cell.upper())
    if code not in CURRENCIES:
        raise BadCell("unknown_currency")
    return code


def region(cell: str) -> str:
    """Return a two-letter country code (ISO 3166)."""
    if not re.fullmatch(r"[A-Za-z]{2}", cell):
        raise BadCell("unknown_region")
    return cell.upper()


@lru_cache(maxsize=16_384)
def moment(cell: str, zone: str) -> datetime:
    """Return a moment in UTC: by the offset that is written, else by a clock in ``zone``."""
    found = _parse_time(cell)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone_of(zone))
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        raise BadCell("time_absurd") from None
    if not 2000 <= found.year <= 2100:
        raise BadCell("time_absurd")
    return found


@lru_cache
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; an unknown one is read as Shanghai's."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


def _parse_time(cell: str) -> datetime:
    try:
        # Digits alone would be read as a date by fromisoformat: 20261111 is more often a number.
        if not cell.isdigit():
            return datetime.fromisoformat(cell)
    except ValueError:
        pass
    found = _CHINESE_TIME.fullmatch(cell)
    if found is None:
        raise BadCell("time_not_readable")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (a clock)
    except ValueError:
        raise BadCell("time_not_readable") from None

"""How an address is written down so that the same one is found again, and how it is shown."""

from __future__ import annotations

import re
import unicodedata

from anxin.domains.customers.data import IdentityKind
from anxin.kernel.errors import Invalid

# Country calling codes of the regions our merchants sell to. Source: ITU E.164 list.
_CALLING_CODES = {
    "CN": "86", "HK": "852", "MO": "853", "TW": "886", "JP": "81", "KR": "82", "SG": "65",
    "US": "1", "CA": "1", "GB": "44", "DE": "49", "FR": "33", "IT": "39", "ES": "34", "NL": "31",
    "AU": "61", "NZ": "64",
}  # fmt: skip
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")


class AddressInvalid(Invalid):
    """This is no address of its kind."""

    code = "address_invalid"


def normalise(channel: str, address: str, *, region: str = "CN") -> str:
    """Return the one way an address is stored. Raise AddressInvalid.

    E-mail lower case; phones as +, country code and digits (``region`` gives the code where none
    is written); every other kind as given, without blanks around it.
    """
    text = unicodedata.normalize("NFKC", address).strip()
    if channel == IdentityKind.PHONE:
        return _phone(text, region)
    if channel == IdentityKind.EMAIL:
        if len(text) > 200 or not _EMAIL.fullmatch(text):
            raise AddressInvalid(channel=channel)
        return text.lower()
    if not text or len(text) > 200:
        raise AddressInvalid(channel=channel)
    return text


def mask(channel: str, address: str) -> str:
    """Return an address as it is shown until someone reveals it: enough to recognise, no more."""
    if channel == IdentityKind.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    if channel == IdentityKind.PHONE:
        return mask_phone(address)
    return address[:2] + "***" + address[-2:] if len(address) > 6 else address[:1] + "***"


def mask_phone(phone: str) -> str:
    """Return a phone number with the middle hidden: ``+86138****8000``."""
    if len(phone) < 7:
        return "*" * len(phone)
    return phone[:-8] + "****" + phone[-4:] if len(phone) >= 11 else phone[:2] + "****" + phone[-2:]


def _phone(text: str, region: str) -> str:
    digits = re.sub(r"[\s\-().·]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not re.fullmatch(r"\+?\d{5,20}", digits):
        raise AddressInvalid(channel=IdentityKind.PHONE)
    if digits.startswith("+"):
        return digits
    code = _CALLING_CODES.get(region, "86")
    if code == "86" and len(digits) == 13 and digits.startswith("86"):
        return "+" + digits
    # The leading 0 is the trunk prefix: dialled inside the country, never from abroad.
    return f"+{code}{digits.removeprefix('0')}"

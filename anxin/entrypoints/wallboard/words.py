"""How figures are said: large numbers for five metres, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext


def whole(number: int) -> str:
    """Return ``12,345``."""
    return f"{number:,}"


def percent(share: float | None, digits: int = 1) -> str:
    """Return ``95.2%``, or a dash where nothing was measured."""
    return "—" if share is None else f"{share * 100:.{digits}f}%"


def span(seconds: float | None) -> str:
    """Return ``45 秒``, ``3 分 20 秒``, ``5.5 小时``, ``2.1 天``, or a dash."""
    if seconds is None:
        return "—"
    rounded = round(seconds)
    if rounded < 60:
        return ngettext("%(count)d 秒", "%(count)d 秒", rounded) % {"count": rounded}
    if rounded < 3600:
        minutes, rest = divmod(rounded, 60)
        return gettext("%(minutes)d 分 %(seconds)02d 秒") % {"minutes": minutes, "seconds": rest}
    if rounded < 48 * 3600:
        return gettext("%(hours).1f 小时") % {"hours": rounded / 3600}
    return gettext("%(days).1f 天") % {"days": rounded / 86400}

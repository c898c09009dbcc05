"""Catalogues compile without GNU gettext to what Python's gettext reads."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

from anxin.project import translations

SOURCE = """
# A comment.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: anxin/x.py:3
msgid "退款"
msgstr "Refund"

msgctxt "verb"
msgid "退款"
msgstr "Refund it"

msgid "%(n)s 件"
msgid_plural "%(n)s 件"
msgstr[0] "%(n)s item"
msgstr[1] "%(n)s items"

#, fuzzy
msgid "订单"
msgstr "Ordre"

msgid "空"
msgstr ""

msgid ""
"长的"
"文字"
msgstr "A long "
"text with \\"quotes\\""
"""


def test_entries_read_back_as_they_were_written() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(translations.compiled(SOURCE)))

    assert catalogue.gettext("退款") == "Refund"
    assert catalogue.pgettext("verb", "退款") == "Refund it"
    assert catalogue.ngettext("%(n)s 件", "%(n)s 件", 1) == "%(n)s item"
    assert catalogue.ngettext("%(n)s 件", "%(n)s 件", 2) == "%(n)s items"
    assert catalogue.gettext("长的文字") == 'A long text with "quotes"'


def test_fuzzy_and_empty_entries_fall_back_to_the_source() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(translations.compiled(SOURCE)))

    assert catalogue.gettext("订单") == "订单"
    assert catalogue.gettext("空") == "空"


def test_only_changed_catalogues_are_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "room" / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(SOURCE, encoding="utf-8")

    assert translations.compile_all(tmp_path) == 1
    assert translations.compile_all(tmp_path) == 0
    assert translations.all_compiled(tmp_path)

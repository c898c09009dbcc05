"""tools.messages: nothing untranslated slips through, and catalogues stay in step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import messages
from tools.messages import CATALOGUE, check_python, check_template, punctuated

Write = Callable[[str, str], None]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "entrypoints" / "sample"
    (folder / "templates").mkdir(parents=True)
    (folder / "apps.py").write_text("")
    return folder


def words_of(folder: Path) -> list[str]:
    return [finding.words for finding in messages.check_all([folder])]


def translate(folder: Path, chinese: str, english: str) -> None:
    catalog = messages.read(folder / CATALOGUE)
    assert catalog is not None
    message = catalog.get(chinese)
    assert message is not None
    message.string = english
    (folder / CATALOGUE).write_bytes(messages.as_po(catalog))


def test_a_new_text_is_missing_then_empty_then_right(app: Path) -> None:
    (app / "views.py").write_text('title = _("退款")\n')
    assert words_of(app) == ["missing in English (run update): 退款"]

    messages.update(app)
    assert words_of(app) == ["empty English: 退款"]

    translate(app, "退款", "Refund")
    assert words_of(app) == []


def test_texts_are_found_in_every_kind_of_call_and_tag(app: Path) -> None:
    (app / "labels.py").write_text(
        '_("一"), gettext("二"), gettext_lazy("三"), pgettext("语境", "四")\n'
        'ngettext("%(n)d 个", "%(n)d 个们", n)\n'
    )
    (app / "templates" / "page.html").write_text(
        '{% translate "五" %}<p title="{% translate \'六\' %}">{% firstof x _("七") %}'
        "{% blocktranslate %}还有 {{ n }} 个{% endblocktranslate %}"
        "{% blocktranslate count n=n %}{{ n }} 件{% plural %}{{ n }} 件们{% endblocktranslate %}"
        '{% translate "八" context "语境" %}</p>\n'
    )

    found = messages.extracted(app)

    ids = {messages.first_of(each) for each in found if each.id}
    assert ids == {
        "一", "二", "三", "四", "%(n)d 个", "五", "六", "七", "八", "还有 %(n)s 个", "%(n)s 件"
    }  # fmt: skip


def test_what_is_no_longer_said_is_found_and_removed(app: Path) -> None:
    (app / "views.py").write_text('_("退款")\n')
    messages.update(app)
    translate(app, "退款", "Refund")
    (app / "views.py").write_text('_("退货")\n')

    assert "no longer said: 退款" in words_of(app)
    messages.update(app)
    assert words_of(app) == ["empty English: 退货"]


def test_fuzzy_english_and_lost_placeholders_are_refused(app: Path) -> None:
    (app / "views.py").write_text('_("还有 %(n)s 个"), _("{name}好")\n')
    messages.update(app)
    translate(app, "还有 %(n)s 个", "some left")
    translate(app, "{name}好", "Hello {name}")

    assert words_of(app) == ["other placeholders in the English: 还有 %(n)s 个"]
    path = app / CATALOGUE
    path.write_text(path.read_text().replace('msgid "{name}好"', '#, fuzzy\nmsgid "{name}好"'))
    assert "fuzzy English: {name}好" in words_of(app)


def test_update_keeps_what_was_translated_and_is_stable(app: Path) -> None:
    (app / "views.py").write_text('_("退款"), _("退货")\n')
    messages.update(app)
    translate(app, "退款", "Refund")
    before = (app / CATALOGUE).read_text()

    messages.update(app)

    assert (app / CATALOGUE).read_text() == before
    assert 'msgstr "Refund"' in before


def test_the_same_chinese_in_two_apps_has_one_english(app: Path) -> None:
    other = app.parent / "other"
    for folder, english in ((app, "Close"), (other, "Shut")):
        folder.mkdir(exist_ok=True)
        (folder / "views.py").write_text('_("关闭")\n')
        messages.update(folder)
        translate(folder, "关闭", english)

    assert len(list(messages.disagreements([app, other]))) == 1


def test_compiled_catalogues_are_what_gettext_reads(app: Path) -> None:
    import gettext

    (app / "views.py").write_text('_("退款")\n')
    messages.update(app)
    translate(app, "退款", "Refund")

    messages.compile_catalogue(app)

    with (app / CATALOGUE).with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("退款") == "Refund"


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "退款" %}',
        "<p>{% blocktranslate %}还有 {{ n }} 个{% endblocktranslate %}</p>",
        "{# 注释 #}{% comment %}说明 notes{% endcomment %}<!-- 说明 -->",
        '<button lang="zh-CN">中文</button><span lang="en">English words</span>',
        "<p>{{ name }} · 3 / 5 — ¥</p>",
        "<code>anxin serve</code><kbd>Ctrl</kbd>",
        '<svg><title>x</title></svg><p class="text big"></p>',
        "{% block main_class %}wide{% endblock %}",
        "<p>CSV / XLSX</p>",
    ],
)
def test_translated_templates_pass(source: str) -> None:
    assert list(check_template(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>退款</p>",
        "<p>Refund now</p>",
        '<input placeholder="搜索">',
        '<button aria-label="Close it">x</button>',
        '{% include "a.html" with text="退款" %}',
        "{{ name|default:'无' }}",
        "\n\n<p>\n  Refund\n</p>",
    ],
)
def test_untranslated_templates_fail(source: str) -> None:
    assert len(list(check_template(source))) == 1


def test_findings_name_the_line() -> None:
    assert [line for line, _words in check_template("<p>\n{# 一\n二 #}\n</p>\n<b>退款</b>")] == [5]


def test_chinese_in_python_must_be_in_a_call_or_a_docstring() -> None:
    source = (
        '"""说明。"""\n# 注释\nA = _("好")\nB = gettext_lazy("好" "的")\nC = "坏"\nD = f"坏{A}"\n'
    )

    assert [line for line, _words in check_python(source)] == [5, 6]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("已收到\u002c正在质检", "已收到\uff0c正在质检"),
        ("找不到\u003f请重试", "找不到\uff1f请重试"),
        ("有几处\u003a", "有几处\uff1a"),
        ("超过 5 MB\u002c请压缩", "超过 5 MB\uff0c请压缩"),
        ("\u0028选填\u0029", "\uff08选填\uff09"),
        ('_("退款"), _("退货")', '_("退款"), _("退货")'),
        ("中文, English", "中文, English"),
        ('{"退款": 1}', '{"退款": 1}'),
        ("3:05, 1,234", "3:05, 1,234"),
        ("{{ x|default:'无' }}", "{{ x|default:'无' }}"),
    ],
)
def test_punctuation_between_chinese_is_full_width(before: str, after: str) -> None:
    assert punctuated(before) == after

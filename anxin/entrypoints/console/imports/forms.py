"""The form that takes a file."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.domains.commerce.data import ImportKind
from anxin.domains.merchants.data import StoreData
from anxin.entrypoints.ui.labels import label_of

MAX_MB = 200


class UploadForm(forms.Form):
    """What is in the file, whose rows those without a store are, and the file."""

    kind = forms.ChoiceField(label=_("文件里是什么"), widget=forms.RadioSelect)
    store = forms.ChoiceField(
        label=_("没有写明店铺的行属于"),
        required=False,
        help_text=_("时间没有写时区的，按这个店铺的时区读。"),
    )
    is_strict = forms.BooleanField(label=_("商品库里没有的商品当作错误"), required=False)
    file = forms.FileField(
        label=_("CSV 或 XLSX 文件"),
        max_length=255,
        error_messages={
            "required": _("请选择一个文件，或把它拖到这里。"),
            "empty": _("文件里没有数据。请从模板开始填写。"),
        },
    )

    def __init__(self, stores: Sequence[StoreData], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments
        kinds = [(kind.value, label_of(kind, "import_kind").text) for kind in ImportKind]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = ImportKind.ORDERS.value
        none = [("", _("（每行都写明了）"))] if len(stores) > 1 else []
        named = [(one.slug, one.name) for one in stores]
        self.fields["store"].choices = [*none, *named]  # type: ignore[attr-defined]

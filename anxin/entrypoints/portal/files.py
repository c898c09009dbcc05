"""Photos and attachments of buyers: taken in, and shown under addresses that cannot be guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext

from anxin.domains.merchants.data import StoreData
from anxin.domains.merchants.public import store_at
from anxin.entrypoints.ui import refusals
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid, NotFound
from anxin.kernel.files import FileNotRecognised, FileTooLarge, open_file, store_upload
from anxin.kernel.tenancy import acting_for

_SALT = "anxin.portal.file"
# Pages are not open longer than this; a new page has new addresses.
_LIFETIME = timedelta(days=2)


def file_url(store: StoreData, file_id: UUID) -> str:
    """Return an address that shows a file for two days to whoever holds it.

    Give it only for files of things that were fetched for the reader.
    """
    token = signing.dumps([store.merchant_id, str(file_id)], salt=_SALT)
    return reverse("portal:file", args=[store.slug, token])


def show_file(request: HttpRequest, store: str, token: str) -> HttpResponse | FileResponse:
    """Answer a file's bytes. Pictures are shown; everything else is offered for saving."""
    merchant_id = store_at(store).merchant_id
    try:
        signed_for, file_id = signing.loads(token, salt=_SALT, max_age=_LIFETIME)
    except signing.BadSignature as error:
        raise NotFound(file=token[:20]) from error
    if signed_for != merchant_id:
        raise NotFound(file=token[:20])
    with acting_for(merchant_id):
        row, path = open_file(merchant_id, UUID(file_id))
    is_picture = row.media_type.startswith("image/")
    response = FileResponse(
        path.open("rb"),
        as_attachment=not is_picture,
        filename=row.name,
        content_type=row.media_type,
    )
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def take_file(
    request: HttpRequest, by: Actor, store: StoreData, *, images_only: bool
) -> HttpResponse:
    """Keep an uploaded file of a buyer; answer its id and address, or why not, in words."""
    sent = request.FILES.get("file")
    if sent is None:
        return refusals.spoken(gettext("没有收到文件，请重新选择。"), 422)
    try:
        row = store_upload(
            by, sent.name or "photo", sent.read(), now=utcnow(), images_only=images_only
        )
    except FileTooLarge:
        return refusals.spoken(gettext("文件超过 20 MB，请压缩后再上传。"), 422)
    except FileNotRecognised:
        return refusals.spoken(
            gettext("这不是照片，请上传 JPG、PNG 或 WebP 格式的图片。")
            if images_only
            else gettext("只能发送图片、视频、录音或 PDF。"),
            422,
        )
    except Invalid:
        return refusals.spoken(gettext("文件没有上传成功，请重试。"), 422)
    return JsonResponse(_answer(store, row))


def _answer(store: StoreData, row: Any) -> dict[str, object]:
    return {
        "id": str(row.pk),
        "url": file_url(store, row.pk),
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
    }

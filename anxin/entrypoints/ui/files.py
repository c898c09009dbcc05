"""Photos and attachments of the staff: taken in, and shown to whoever may enter a room."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.ui.shapes import Photo
from anxin.kernel.clock import utcnow
from anxin.kernel.files import FileNotRecognised, FileTooLarge, open_file, store_upload

_WHO = (
    Permission.CONVERSATIONS_READ,
    Permission.STATION_USE,
    Permission.REQUESTS_READ,
    Permission.DELIVERIES_MANAGE,
)


@room(*_WHO)
@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    """Keep a file; answer ``{"id", "url"}``, or why not, in words."""
    sent = request.FILES.get("file")
    if sent is None:
        return refusals.spoken(gettext("没有收到文件，请重新选择。"), 422)
    images_only = request.GET.get("only") == "images"
    try:
        row = store_upload(
            request.actor,
            sent.name or "file",
            sent.read(),
            now=utcnow(),
            images_only=images_only,
        )
    except FileTooLarge:
        return refusals.spoken(gettext("文件超过 20 MB，请压缩后再上传。"), 422)
    except FileNotRecognised:
        return refusals.spoken(gettext("只能上传图片、视频、录音或 PDF，文件内容不符。"), 422)
    return JsonResponse(
        {
            "id": str(row.pk),
            "url": reverse("ui:file", args=[row.pk]),
            "name": row.name,
            "media_type": row.media_type,
            "size": row.size,
        }
    )


@room(*_WHO)
@require_GET
def show(request: StaffRequest, file_id: UUID) -> FileResponse:
    """Answer a file's bytes. Pictures are shown; everything else is offered for saving."""
    row, path = open_file(request.actor.merchant_id, file_id)
    response = FileResponse(
        path.open("rb"),
        as_attachment=not row.media_type.startswith("image/"),
        filename=row.name,
        content_type=row.media_type,
    )
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def photos_of(file_ids: tuple[UUID, ...], alt: str) -> list[Photo]:
    """Return stored pictures for the photo grid."""
    urls = [reverse("ui:file", args=[file_id]) for file_id in file_ids]
    return [Photo(url, url, alt) for url in urls]

"""What the page looks up besides: the palette, quick replies, files."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast
from uuid import UUID

from django.http import FileResponse, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from anxin.domains.conversations.public import list_quick_replies
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.workspace.searching import search
from anxin.entrypoints.workspace.thread import file_url
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid
from anxin.kernel.files import FileNotRecognised, FileTooLarge, open_file, store_upload


@room(Permission.CONVERSATIONS_READ)
def palette(request: StaffRequest) -> HttpResponse:
    """Answer what matches, with what to highlight."""
    hits = search(request.actor, request.GET.get("q", ""))
    response = JsonResponse({"hits": [asdict(hit) for hit in hits]})
    response["Cache-Control"] = "no-store"
    return response


@room(Permission.CONVERSATIONS_READ)
def quick_replies(request: StaffRequest) -> HttpResponse:
    """Answer the prepared answers; the page searches them itself, by pinyin too."""
    rows = [
        {"id": str(one.id), "shortcut": one.shortcut, "title": one.title, "text": one.text}
        for one in list_quick_replies(request.actor)
    ]
    return JsonResponse({"replies": rows})


@require_POST
@room(Permission.CONVERSATIONS_REPLY)
def take_file(request: StaffRequest) -> HttpResponse:
    """Keep an attachment before the message that carries it."""
    sent = request.FILES.get("file")
    if sent is None:
        return refusals.spoken(gettext("没有收到文件，请重新选择。"), 422)
    try:
        row = store_upload(request.actor, sent.name or "file", sent.read(), now=utcnow())
    except FileTooLarge:
        return refusals.spoken(gettext("文件超过 20 MB，请压缩后再上传。"), 422)
    except FileNotRecognised:
        return refusals.spoken(gettext("只能发送图片、视频、录音或 PDF。"), 422)
    except Invalid:
        return refusals.spoken(gettext("文件没有上传成功，请重试。"), 422)
    told = {
        "id": str(row.pk),
        "url": file_url(row.pk),
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
    }
    return JsonResponse(told, status=201)


@room(Permission.CONVERSATIONS_READ, Permission.REQUESTS_READ)
def show_file(request: StaffRequest, file_id: UUID) -> HttpResponse:
    """Answer a file of the own merchant: pictures to be looked at, the rest to be saved."""
    row, path = open_file(request.actor.merchant_id, file_id)
    response = FileResponse(
        path.open("rb"),
        as_attachment=not row.media_type.startswith("image/"),
        filename=row.name,
        content_type=row.media_type,
    )
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    # A stream is an answer like any other to whatever stands around a view.
    return cast(HttpResponse, response)

"""Addresses of the workspace."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.workspace.views import (
    conversation,
    customer,
    finding,
    inbox,
    opening,
    requests,
)

app_name = "workspace"
_ONE = "conversations/<uuid:conversation_id>/"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("queue/", inbox.queue, name="queue"),
    path("search/", finding.palette, name="search"),
    path("files/", finding.take_file, name="files"),
    path("files/<uuid:file_id>/", finding.show_file, name="file"),
    path("quick-replies/", finding.quick_replies, name="quick_replies"),
    path(_ONE, conversation.thread, name="conversation"),
    path(f"{_ONE}messages/", conversation.messages, name="messages"),
    path(f"{_ONE}seen/", conversation.seen, name="seen"),
    path(f"{_ONE}quick-reply/", conversation.quick_reply, name="quick_reply"),
    path(f"{_ONE}order/", conversation.order, name="order"),
    path(f"{_ONE}context/", customer.context, name="context"),
    path(f"{_ONE}request/", opening.choose, name="open_request"),
    path(f"{_ONE}request/preview/", opening.preview, name="preview_request"),
    path(f"{_ONE}request/confirm/", opening.confirm, name="confirm_request"),
    path(f"{_ONE}<slug:act>/", conversation.act, name="act"),
    path("identities/<uuid:identity_id>/reveal/", customer.reveal_address, name="reveal"),
    path("orders/<uuid:order_id>/reveal/", customer.reveal_order_receiver, name="reveal_receiver"),
    path("requests/", requests.request_list, name="requests"),
    path("requests/<uuid:request_id>/", requests.request_page, name="request"),
    path("requests/<uuid:request_id>/decide/", requests.decide, name="decide"),
    path("requests/<uuid:request_id>/offer/", requests.offer, name="offer"),
]

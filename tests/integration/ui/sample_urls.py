"""A room of one page, to try the shared scripts on: a plain form, an htmx form, a live list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.errors import Conflict

PAGE = """{% extends "ui/base.html" %}{% load anxin_ui i18n static %}
{% block title %}样品{% endblock %}
{% block content %}
<h1>样品</h1>
<form id="plain" method="post" action="/sample/">{% csrf_token %}
  <label for="note">备注</label><textarea class="form-control" id="note" name="note"></textarea>
  <label class="check"><input type="checkbox" name="agree" value="1">同意</label>
  <button class="btn btn-primary" type="submit">提交</button>
</form>
<form id="partial" hx-post="/sample/part/" hx-target="#answer">{% csrf_token %}
  <label for="reply">回复</label><input class="form-control" id="reply" name="reply">
  <button class="btn" type="submit">发送</button>
</form>
<div id="answer"></div>
<button class="btn" type="button" hx-get="/sample/conflict/">冲突</button>
{% include "ui/components/number.html" with value="AS261124000123" %}
<ul id="heard"></ul>
{% endblock %}
{% block scripts %}<script type="module" src="/sample/room.js"></script>{% endblock %}"""

SCRIPT = """
import { live } from "/static/ui/live.js";
import { shortcuts } from "/static/ui/keyboard.js";
const list = document.getElementById("heard");
const write = (text) => {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
};
live.subscribe("conversation:1", {
  after: 3,
  onmessage: (event) => write(`${event.seq} ${event.text}`),
  onback: () => write("back"),
});
shortcuts([
  { keys: "j", help: "下一个", run: () => write("j") },
  { keys: "g x", help: "去", run: () => write("g x") },
]);
document.documentElement.dataset.ready = "1";
"""


@room(Permission.CONVERSATIONS_READ)
def sample(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse(f"ok {request.POST['note']}")
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


@room(Permission.CONVERSATIONS_READ)
def part(request: StaffRequest) -> HttpResponse:
    return HttpResponse(f"<b>{request.POST['reply']}</b>")


@room(Permission.CONVERSATIONS_READ)
def conflict(request: StaffRequest) -> HttpResponse:
    raise Conflict


@room(Permission.SANDBOX_USE)
def forbidden(request: StaffRequest) -> HttpResponse:
    return refusals.spoken("never", 200)


def script(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SCRIPT, content_type="text/javascript")


urlpatterns = [
    path("", include("anxin.entrypoints.ui.urls")),
    path("accounts/", include("anxin.entrypoints.ui.account_urls")),
    path("sample/", sample),
    path("sample/part/", part),
    path("sample/conflict/", conflict),
    path("sample/forbidden/", forbidden),
    path("sample/room.js", script),
]

"""Addresses of the portal, below /portal/."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.portal.files import show_file
from anxin.entrypoints.portal.views import chat, doors, home, orders, policy, requests, wizard

app_name = "portal"
urlpatterns = [
    path("<slug:store>/", home.home, name="home"),
    path("<slug:store>/sign-in/", doors.ask, name="sign_in"),
    path("<slug:store>/code/", doors.code, name="code"),
    path("<slug:store>/code/again/", doors.again, name="code_again"),
    path("<slug:store>/sign-out/", doors.sign_out, name="sign_out"),
    path("<slug:store>/policy/", policy.policy, name="policy"),
    path("<slug:store>/chat/", chat.chat, name="chat"),
    path("<slug:store>/chat/messages/", chat.messages, name="chat_messages"),
    path("<slug:store>/chat/files/", chat.files, name="chat_files"),
    path("<slug:store>/chat/visit/", chat.visit, name="chat_visit"),
    path("<slug:store>/files/", requests.upload, name="upload"),
    path("<slug:store>/files/<str:token>/", show_file, name="file"),
    path("<slug:store>/orders/<uuid:order_id>/", orders.order, name="order"),
    path("<slug:store>/orders/<uuid:order_id>/return/", wizard.pick, name="pick"),
    path("<slug:store>/new/<uuid:draft_id>/reason/", wizard.reason, name="reason"),
    path("<slug:store>/new/<uuid:draft_id>/confirm/", wizard.confirm, name="confirm"),
    path("<slug:store>/requests/<uuid:request_id>/", requests.request_page, name="request"),
    path("<slug:store>/requests/<uuid:request_id>/now/", requests.now_part, name="request_now"),
    path("<slug:store>/requests/<uuid:request_id>/slots/", requests.slots, name="slots"),
    path("<slug:store>/requests/<uuid:request_id>/pickup/", requests.pickup, name="pickup"),
    path("<slug:store>/requests/<uuid:request_id>/parcel/", requests.parcel, name="parcel"),
    path("<slug:store>/requests/<uuid:request_id>/withdraw/", requests.withdraw, name="withdraw"),
    path("<slug:store>/requests/<uuid:request_id>/offer/", requests.offer, name="offer"),
    path("<slug:store>/requests/<uuid:request_id>/appeal/", requests.appeal, name="appeal"),
    path("<slug:store>/requests/<uuid:request_id>/label.svg", requests.label, name="label"),
]

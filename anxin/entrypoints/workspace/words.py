"""The sentences that the workspace's scripts say, as data for the page."""

from __future__ import annotations

from functools import cache

from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from anxin.entrypoints.workspace.labels import EVENT_WORDS


@cache
def words_html(language: str) -> SafeString:
    """Return all words of a language as data for the page: made once a process."""
    with override(language):
        events = {code: str(words) for code, words in EVENT_WORDS.items()}
        return json_script(words_of_workspace(), "ws-words") + json_script(events, "ws-events")


def words_of_workspace() -> dict[str, str]:
    """Return them in the reader's language."""
    return {
        "zone": timezone.get_current_timezone_name(),
        "me": gettext("我"),
        "buyer": gettext("买家"),
        "system": gettext("系统"),
        "program": gettext("程序"),
        "note": gettext("内部备注"),
        "today": gettext("今天"),
        "yesterday": gettext("昨天"),
        "sending": gettext("发送中…"),
        "waiting": gettext("等待网络恢复后发送"),
        "not_sent": gettext("没有发出"),
        "again": gettext("重新发送"),
        "drop": gettext("删除"),
        "seen": gettext("买家已读"),
        "unseen": gettext("已送达"),
        "typing": gettext("{name} 正在输入…"),
        "here": gettext("{name} 也在看这个会话"),
        "earlier": gettext("查看更早的消息"),
        "reply_hint": gettext("回复买家，Enter 发送，Shift+Enter 换行，/ 快捷回复"),
        "note_hint": gettext("写给同事的备注，买家看不到"),
        "closed_hint": gettext("会话已关闭，重新打开后才能回复；备注仍然可以写"),
        "read_only_hint": gettext("您的账号只能查看会话"),
        "send": gettext("发送"),
        "save_note": gettext("保存备注"),
        "outdated": gettext("没有发出：有您还没看到的新消息。请看过后再发送，您写的内容还在。"),
        "new_below": gettext("有新消息"),
        "unassigned": gettext("待分配"),
        "taken": gettext("已接手"),
        "released": gettext("已放回待分配"),
        "closed": gettext("会话已关闭"),
        "undo_close": gettext("撤销关闭"),
        "reopened": gettext("会话已重新打开"),
        "assigned": gettext("已转给 {name}"),
        "close": gettext("关闭"),
        "no_quick": gettext("没有匹配的快捷回复"),
        "too_big": gettext("“{name}”超过 20 MB，请压缩后再上传。"),
        "uploading": gettext("附件还在上传，请稍候。"),
        "remove": gettext("移除"),
        "file": gettext("文件"),
        "link_file": gettext("渠道附件"),
        "hit_order": gettext("订单"),
        "hit_customer": gettext("客户"),
        "hit_message": gettext("消息"),
        "hit_request": gettext("售后申请"),
        "no_hits": gettext("没有找到。可以输入订单号、申请号、姓名、手机号或消息里的字句。"),
        "no_talk": gettext("这位客户还没有会话。"),
        "news": gettext("有 {count} 个会话更新，点击查看"),
        "wait_now": gettext("刚来"),
        "wait_minutes": gettext("等 {count} 分"),
        "wait_hours": gettext("等 {count} 小时"),
        "wait_days": gettext("等 {count} 天"),
        "linked": gettext("已关联订单"),
        "unlinked": gettext("已取消关联"),
        "link_sent": gettext("链接已放进输入框，发送前可以修改。"),
        "link_text": gettext("您好，点这里可以申请售后，只需三步：{url}"),
        "next": gettext("下一个会话"),
        "previous": gettext("上一个会话"),
        "open": gettext("打开选中的会话"),
        "reply": gettext("写回复"),
        "write_note": gettext("写备注"),
        "quick": gettext("快捷回复"),
        "end": gettext("关闭会话"),
        "take": gettext("接手会话"),
        "palette": gettext("搜索订单、客户、消息"),
        "go_mine": gettext("去“我的”"),
        "go_unassigned": gettext("去“待分配”"),
        "go_all": gettext("去“全部”"),
        "go_requests": gettext("去售后申请"),
        "load_failed": gettext("没能打开会话，请检查网络后再试。"),
        "nobody": gettext("没有人"),
    }

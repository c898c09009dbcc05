"""Signatures of the sandboxes' callbacks: HMAC-SHA-256 over time and body, a secret an install."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

TIME_HEADER = "X-Sandbox-Timestamp"
SIGNATURE_HEADER = "X-Sandbox-Signature"
# Long enough for clocks that differ and calls that wait, short enough that an overheard call is
# soon worth nothing; within it, each notice is applied once anyhow.
WINDOW = timedelta(minutes=5)


def signature_of(purpose: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a callback for one purpose, such as ``refund``."""
    message = timestamp.encode() + b"." + body
    return salted_hmac(f"anxin.sandbox.{purpose}", message, algorithm="sha256").hexdigest()


def is_genuine(purpose: str, timestamp: str, signature: str, body: bytes, *, now: datetime) -> bool:
    """Return whether a callback was signed by us, for this purpose, within the window."""
    expected = signature_of(purpose, timestamp, body)
    if not constant_time_compare(expected.encode(), signature.encode("utf-8", "replace")):
        return False
    try:
        age = abs(now.timestamp() - int(timestamp))
    except ValueError:
        return False
    return age <= WINDOW.total_seconds()

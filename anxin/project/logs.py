"""Log lines as JSON, by structlog; the plain form needs nothing of this."""

from __future__ import annotations

import logging
from typing import cast

import structlog


def json_formatter() -> logging.Formatter:
    """Return a formatter that writes one JSON object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    return cast(logging.Formatter, formatter)

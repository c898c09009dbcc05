"""Photos and attachments: checked by their content, kept by their hash, served to who may see.

Bytes are written and flushed before the row commits; a crash between leaves an unused file, never
a row without bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import warnings
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

from django.conf import settings
from PIL import Image, UnidentifiedImageError

from anxin.kernel.actors import Actor
from anxin.kernel.errors import Invalid, NotFound
from anxin.kernel.models import StoredFile

MAX_BYTES = 20 * 1024 * 1024
# A picture that unpacks to more than this is a bomb, not a photo of a parcel.
MAX_PIXELS = 80_000_000

_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
# What the first bytes of the other kinds look like: offset, bytes, media type.
_MAGIC = (
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
)


class FileTooLarge(Invalid):
    """The file is larger than we take."""

    code = "file_too_large"


class FileNotRecognised(Invalid):
    """The file is not a picture, video, recording or PDF, whatever its name says."""

    code = "file_not_recognised"


def store_upload(
    by: Actor, name: str, content: bytes, *, now: datetime, images_only: bool = False
) -> StoredFile:
    """Check and keep an upload; return its row. Raise FileTooLarge or FileNotRecognised."""
    if len(content) > MAX_BYTES:
        raise FileTooLarge(limit_bytes=MAX_BYTES, size_bytes=len(content), name=name)
    media_type, width, height = _recognise(content)
    if images_only and not media_type.startswith("image/"):
        raise FileNotRecognised("not a picture", name=name)
    digest = hashlib.sha256(content).hexdigest()
    _write(_path(by.merchant_id, digest), content)
    return StoredFile.objects.create(
        merchant_id=by.merchant_id,
        name=re.sub(r"[\x00-\x1f/\\]", "_", name)[-200:],
        media_type=media_type,
        size=len(content),
        sha256=digest,
        width=width,
        height=height,
        by_kind=by.kind,
        by_id=by.id,
        created_at=now,
    )


def open_file(merchant_id: int, file_id: UUID) -> tuple[StoredFile, Path]:
    """Return a stored file and where its bytes lie. Raise NotFound."""
    row = StoredFile.objects.filter(merchant_id=merchant_id, pk=file_id).first()
    if row is None:
        raise NotFound(file_id=str(file_id))
    return row, _path(merchant_id, row.sha256)


def _recognise(content: bytes) -> tuple[str, int | None, int | None]:
    for offset, magic, media_type in _MAGIC:
        if content[offset : offset + len(magic)] == magic:
            return media_type, None, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=list(_IMAGES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise FileNotRecognised("the picture has too many pixels")
                image.load()
                return _IMAGES[image.format or ""], image.width, image.height
    except (UnidentifiedImageError, OSError, Image.DecompressionBombWarning, ValueError,
            SyntaxError, Image.DecompressionBombError) as error:  # fmt: skip
        raise FileNotRecognised from error


def _path(merchant_id: int, digest: str) -> Path:
    return Path(settings.ANXIN_HOME) / "files" / str(merchant_id) / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)

"""Files as they are sent: sizes of pictures, samples to send, messages that carry them."""

import base64
import io
import math
import struct
import wave
import zlib

from sandbox.registry import Registry
from sandbox.state import Content, Media, StoredFile

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
SAMPLE_RATE = 8_000
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Give a PNG's or JPEG's width and height in pixels; None when it is neither."""
    if content.startswith(PNG) and content[12:16] == b"IHDR" and len(content) >= 24:  # noqa: PLR2004  the header's end
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    return _jpeg_size(content) if content.startswith(JPEG) else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    pos = 2
    while pos + 9 <= len(content) and content[pos] == 0xFF:  # noqa: PLR2004  a marker's first byte
        marker = content[pos + 1]
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack(">HH", content[pos + 5 : pos + 9])
            return int(width), int(height)
        pos += 2 + int.from_bytes(content[pos + 2 : pos + 4], "big")
    return None


def sample_picture(width: int = 320, height: int = 200) -> bytes:
    """Paint a small PNG, an evening sky over a field."""
    rows = []
    for y in range(height):
        share = y / height
        sky = (60 + int(180 * share), 90 + int(80 * share), 170 - int(70 * share))
        colour = sky if share < 0.7 else (70, 120 - int(60 * share), 60)  # noqa: PLR2004  where the field begins
        rows.append(b"\0" + bytes(colour) * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows))
    return PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sample_voice(seconds: int) -> bytes:
    """Hum for some seconds, as WAV."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(SAMPLE_RATE)
        second = bytes(
            128 + int(40 * math.sin(2 * math.pi * 220 * step / SAMPLE_RATE))
            for step in range(SAMPLE_RATE)
        )
        out.writeframes(second * seconds)
    return target.getvalue()


def from_base64(text: str) -> bytes:
    """Decode what a page sends, with or without its `data:` head.

    Raises:
        ValueError: when it is not base64.
    """
    return base64.b64decode(text.rpartition(",")[2], validate=True)


def store_photo(registry: Registry, content: bytes) -> StoredFile | None:
    """Keep a picture; None when the bytes are not one."""
    size = picture_size(content)
    if size is None:
        return None
    suffix = "png" if content.startswith(PNG) else "jpg"
    mime = "image/png" if suffix == "png" else "image/jpeg"
    file = registry.store(content, name=f"photo.{suffix}", mime=mime, folder="photos")
    file.width, file.height = size
    return file


def with_sample(registry: Registry, content: Content) -> Content:
    """Put a sample where a photo, a voice message or a document has no file yet."""
    media = content.media
    if media is None or media.file is not None:
        return content
    if media.kind == "photo":
        media.file = store_photo(registry, sample_picture())
    elif media.kind == "voice":
        content.media = voice(registry, 3).media
    elif media.kind == "document":
        content.media = document(registry, "notes.txt", b"notes\n").media
    return content


def photo(file: StoredFile, caption: str = "") -> Content:
    """Make the content of a photo message."""
    return Content(caption, media=Media("photo", file))


def voice(registry: Registry, seconds: int, caption: str = "") -> Content:
    """Make the content of a voice message that hums."""
    file = registry.store(sample_voice(seconds), name="voice.wav", mime="audio/wav", folder="voice")
    file.duration = seconds
    return Content(caption, media=Media("voice", file))


def document(registry: Registry, name: str, content: bytes, caption: str = "") -> Content:
    """Make the content of a document message."""
    mime = "application/octet-stream"
    file = registry.store(content, name=name, mime=mime, folder="documents")
    return Content(caption, media=Media("document", file))


def sticker(registry: Registry, emoji: str) -> Content:
    """Make the content of a sticker message."""
    file = registry.store(b"sticker", name="sticker.webp", mime="image/webp", folder="stickers")
    facts = {
        "emoji": emoji, "type": "regular", "width": 512, "height": 512, "is_animated": False,
        "is_video": False,
    }  # fmt: skip
    return Content(media=Media("sticker", file, facts))


def contact(phone_number: str, first_name: str) -> Content:
    """Make the content of a contact message."""
    return Content(
        media=Media("contact", facts={"phone_number": phone_number, "first_name": first_name})
    )


def location(latitude: float, longitude: float) -> Content:
    """Make the content of a location message."""
    return Content(media=Media("location", facts={"latitude": latitude, "longitude": longitude}))

"""What systemd wants to be told by a service of `Type=notify`: one datagram, if it asks for any."""

import os
import socket
from typing import Final

MICROSECONDS: Final = 1_000_000


def tell(state: str) -> None:
    """Say `READY=1`, `STOPPING=1` or `WATCHDOG=1` to whoever started us and listens."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if path.startswith(("/", "@")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.sendto(state.encode(), "\0" + path[1:] if path.startswith("@") else path)


def watchdog_seconds() -> float | None:
    """Return how often it wants to hear that we are alive; None where it does not."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    is_ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    if not is_ours or not microseconds.isdecimal() or int(microseconds) == 0:
        return None
    return int(microseconds) / MICROSECONDS

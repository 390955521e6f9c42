"""What Telegram says when it will not do something."""

from typing import Any


class Refused(Exception):
    """A call that the Bot API refuses.

    Args:
        code: the HTTP status and `error_code`.
        description: Telegram's words, with their prefix ("Bad Request: …").
        parameters: `retry_after` or `migrate_to_chat_id`, when Telegram gives them.
    """

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Impossible(Exception):
    """Something that a person in the sandbox cannot do; the words say why."""


def bad_request(words: str, **parameters: int) -> Refused:
    """Make the refusal of a wrong call (400)."""
    return Refused(400, f"Bad Request: {words}", dict(parameters) or None)


def forbidden(words: str) -> Refused:
    """Make the refusal of a call that the bot may not make (403)."""
    return Refused(403, f"Forbidden: {words}")


def too_many_requests(seconds: int) -> Refused:
    """Make the refusal of a call that comes too soon (429)."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def conflict(words: str) -> Refused:
    """Make the refusal of a second way of fetching updates (409)."""
    return Refused(409, f"Conflict: {words}")

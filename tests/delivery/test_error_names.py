import pytest
from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.delivery.transport import error_of


@pytest.mark.parametrize("code", [[], {}, "x", None, float("inf")])
def test_a_server_that_names_its_refusal_oddly_is_retried(code: object) -> None:
    assert type(error_of(502, {"ok": False, "error_code": code})) is NetworkError


@pytest.mark.parametrize("wait", [float("inf"), float("nan"), -1, 0, 10**12])
def test_a_wait_that_cannot_be_is_not_waited(wait: float) -> None:
    error = error_of(429, {"error_code": 429, "parameters": {"retry_after": wait}})
    assert isinstance(error, TelegramError)
    assert isinstance(error, RetryAfter)
    assert "1" in str(error)

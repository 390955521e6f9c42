"""No story may hide that something failed on our side."""

from collections.abc import Iterator

import pytest

FAILURES = {
    "update failed",
    "due failed",
    "result failed",
    "call could not be made",
    "outbox turn failed",
    "a tick failed",
}


@pytest.fixture(autouse=True)
def _nothing_failed_on_our_side(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    failed = [one for one in caplog.get_records("call") if one.message in FAILURES]
    assert [vars(one).get("error") for one in failed] == []

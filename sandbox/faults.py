"""Failures on order: what may go wrong between a bot and Telegram."""

import asyncio
import random
from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.refusals import Impossible

FaultKind = Literal["flood", "error", "hang", "slow", "drop_before", "drop_after", "broken_json"]
KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass(slots=True)
class Fault:
    """A failure that waits for a call.

    Attributes:
        kind: flood (429 with retry_after), error (`code` with `description`), hang (no answer
            until the fault is cleared or the client gives up), slow (`seconds` late),
            drop_before (the connection ends and nothing was done), drop_after (it was done, and
            the connection ends without an answer), broken_json (done, and the answer is cut).
        method: the method it befalls; None for all.
        chat: the chat it befalls; None for all.
        times: how often; None until cleared.
        probability: of befalling each call that fits.
    """

    kind: FaultKind
    method: str | None = None
    chat: int | None = None
    times: int | None = None
    probability: float = 1.0
    retry_after: int = 1
    code: int = 502
    description: str = "Bad Gateway"
    seconds: float = 1.0
    befell: int = 0


class Faults:
    """The failures on order."""

    def __init__(self, seed: int | None = None) -> None:
        self._ordered: list[Fault] = []
        self._chance = random.Random(seed)
        self._called_off = asyncio.Event()

    def __len__(self) -> int:
        return len(self._ordered)

    def add(self, fault: Fault, *, seed: int | None = None) -> Fault:
        """Order a failure; a seed makes its probability repeatable.

        Raises:
            Impossible: when it makes no sense.
        """
        if fault.kind not in KINDS:
            raise Impossible(f"a fault is one of: {', '.join(KINDS)}")
        if not 0 <= fault.probability <= 1:
            raise Impossible("a probability lies between 0 and 1")
        if fault.times is not None and fault.times < 1:
            raise Impossible("a fault happens at least once")
        if seed is not None:
            self._chance.seed(seed)
        self._ordered.append(fault)
        return fault

    def clear(self) -> None:
        """Call off every failure; calls that hang are dropped."""
        self._ordered.clear()
        self._called_off.set()
        self._called_off = asyncio.Event()

    async def called_off(self) -> None:
        """Wait until the failures are called off."""
        await self._called_off.wait()

    def strike(self, method: str, chat: int | None) -> Fault | None:
        """Give the failure that befalls this call, and count it."""
        for fault in self._ordered:
            if fault.method is not None and fault.method.lower() != method.lower():
                continue
            if fault.chat is not None and fault.chat != chat:
                continue
            if fault.times is not None and fault.befell >= fault.times:
                continue
            if self._chance.random() >= fault.probability:
                continue
            fault.befell += 1
            return fault
        return None

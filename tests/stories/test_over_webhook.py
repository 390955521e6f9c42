"""A group's life where Telegram posts updates, several at once and some of them twice."""

from dataclasses import replace
from pathlib import Path

from first_month import lives_its_first_month
from village import Village, a_village

from bot.settings import Settings


async def test_the_first_month_is_the_same_over_a_webhook(tmp_path: Path) -> None:
    async with a_village(tmp_path, webhook=True) as village:
        await lives_its_first_month(village)
        calls = village.sandbox.calls
        assert len(calls.of("setWebhook")) == 1
        assert not calls.of("getUpdates")
        assert village.sandbox.webhook.posted > 50
        assert not village.sandbox.webhook.last_error


async def test_back_to_polling_and_again_nothing_is_lost_on_the_way(tmp_path: Path) -> None:
    async with a_village(tmp_path, webhook=True) as village:
        [amina] = village.has("Amina")
        await amina.starts()
        over_webhook = village.settings
        for how in (_polling(village), over_webhook, _polling(village)):
            await village.bot_stops()
            said = len(amina.messages())
            village.world.say(amina.id, amina.id, "/help")
            village.settings = how
            await village.bot_starts()
            await village.settles()
            assert len(amina.messages()) == said + 1
            assert bool(village.sandbox.webhook.url) == (how.webhook_url is not None)


def _polling(village: Village) -> Settings:
    return replace(village.settings, webhook_url=None)

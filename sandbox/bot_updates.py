"""Methods that fetch updates, by long polling or by webhook."""

import re
from urllib.parse import urlsplit

from sandbox.bot_api import Answer, Call, method
from sandbox.refusals import bad_request, conflict
from sandbox.updates import KINDS, LIMIT_MAX, TIMEOUT_SECONDS_MAX

CONNECTIONS_MAX = 100
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}$")


def _allow(call: Call) -> None:
    kinds = call.get("allowed_updates")
    if kinds is not None:
        if not isinstance(kinds, list) or not all(isinstance(each, str) for each in kinds):
            raise bad_request("can't parse allowed_updates: an array of String is expected")
        kinds = [each for each in kinds if each in KINDS]
    call.world.updates.allow(kinds)


@method("getUpdates")
async def get_updates(call: Call) -> Answer:
    """Give waiting updates; the offset confirms those before it."""
    if call.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    _allow(call)
    limit = call.get("limit", LIMIT_MAX)
    limit = limit if 0 < limit <= LIMIT_MAX else LIMIT_MAX
    timeout = min(max(0, call.get("timeout", 0)), TIMEOUT_SECONDS_MAX)
    return await call.world.updates.poll(call.get("offset", 0), limit, timeout)


@method("setWebhook")
async def set_webhook(call: Call) -> Answer:
    """Have updates posted to an address: https, or plain http on this machine."""
    url, secret = call.get("url", ""), call.get("secret_token", "")
    if not url:
        await call.webhook.remove()
        return True
    try:
        parts = urlsplit(url)
        is_near = parts.hostname in LOOPBACK and parts.port != 0
    except ValueError:
        raise bad_request("bad webhook: invalid URL") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_near:
        raise bad_request("bad webhook: the sandbox reaches this machine only")
    if secret and not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    _allow(call)
    if call.get("drop_pending_updates", default=False):
        call.world.updates.forget_all()
    connections = min(max(1, call.get("max_connections", 40)), CONNECTIONS_MAX)
    await call.webhook.set(url, secret, connections)
    return True


@method("deleteWebhook")
async def delete_webhook(call: Call) -> Answer:
    """Have updates posted no more."""
    await call.webhook.remove()
    if call.get("drop_pending_updates", default=False):
        call.world.updates.forget_all()
    return True


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Answer:
    """Tell where updates go, how many wait, and what went wrong last."""
    hook, updates = call.webhook, call.world.updates
    found: dict[str, object] = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(updates),
    }
    if hook.url:
        found |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if hook.last_error:
        found |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    if not updates.asks_default:
        found["allowed_updates"] = sorted(updates.allowed)
    return found

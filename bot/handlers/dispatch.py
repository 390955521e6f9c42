"""From one raw update to one handler, its refusal turned into words in one place."""

import re
from collections.abc import Sequence
from typing import Any, Final

from telegram import Bot, Message, Update

from bot.delivery.intake import Toast, Unreadable
from bot.domain.errors import Refusal
from bot.handlers.context import (
    STAND_INS,
    Act,
    AnonymousSender,
    Answered,
    ButtonTooOld,
    Route,
    Started,
    Tapped,
    Wrote,
    by_name,
    chat_of,
    matches,
    numbers_of,
    person_of,
)
from bot.handlers.floods import Floods, Verdict
from bot.handlers.shapes import as_of_now, is_an_update, without_what_was_tapped
from bot.practices import speaking
from bot.rendering import messages
from bot.storage import chats, hiding, links, questions
from bot.storage.database import Transaction
from bot.storage.questions import Question

TEXT_MAX: Final = 4096
COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+|$)")


class LinkNotKnown(Refusal):
    """A start payload that we did not sign: guessed, cut short, or of another bot."""


class NothingAsked(Refusal):
    """Words in private that answer no question."""


class TooMuch(Refusal):
    """Far more than a hand can press or write: it is passed over, so that others need not wait."""

    needs_attention = True


class Dispatcher:
    """Finds the handler for an update and lets it act within the transaction."""

    def __init__(self, bot: Bot, routes: Sequence[Route], floods: Floods | None = None) -> None:
        self._bot = bot
        self._floods = floods or Floods()
        self._taps = by_name(routes, "tap")
        self._commands = by_name(routes, "command")
        self._starts = by_name(routes, "start")
        self._answers = by_name(routes, "answer")
        self._words = [route for route in routes if route.kind == "words"]
        self._updates = [route for route in routes if route.kind == "update"]

    def take(self, at: Transaction, raw: dict[str, Any]) -> list[Toast]:
        """Apply one update. Raises Unreadable, or whatever a handler raises but a Refusal."""
        update = self._read(raw)
        verdict = self._verdict(at, update)
        if verdict == "still too much":
            return []
        if verdict == "too much":
            return self._tell_too_much(at, update)
        if update.callback_query is not None:
            return self._take_tap(at, update)
        if update.message is not None:
            self._take_message(at, update, update.message)
            return []
        for route in self._updates:
            if matches(route, update):
                act = self._act(at, update)
                if act is not None:
                    route.answer(act)
                return []
        return []

    def _read(self, raw: dict[str, Any]) -> Update:
        if not is_an_update(raw):
            raise Unreadable
        try:
            return self._parsed(without_what_was_tapped(raw))
        except Exception as error:
            raise Unreadable from error

    def _parsed(self, raw: dict[str, Any]) -> Update:
        try:
            return Update.de_json(raw, self._bot)
        except TypeError:  # what the library insists on, and an older Bot API server does not send
            return Update.de_json(as_of_now(raw), self._bot)

    def _verdict(self, at: Transaction, update: Update) -> Verdict:
        """Whether a person does too much in a row. What Telegram tells of by itself never is."""
        query, message = update.callback_query, update.message
        who = None
        if query is not None:
            who = query.from_user
        elif message is not None and (message.text or message.effective_attachment):
            who = message.from_user
        if who is None or who.id in STAND_INS:
            return "fine"
        return self._floods.judge(who.id, at.now)

    def _tell_too_much(self, at: Transaction, update: Update) -> list[Toast]:
        """Tell them once: under the button, or in private; a group is not told."""
        person = person_of(at, update.effective_user)
        chat = chat_of(at, update, person)
        refusal = TooMuch()
        if person is not None and update.callback_query is not None:
            words = messages.toast(refusal_name(refusal), person.language)
            return [Toast(update.callback_query.id, words, alert=True)]
        if chat is not None and chat.is_private:
            Wrote(at, update, chat, person).says(refusal_name(refusal))
        return []

    def _act(self, at: Transaction, update: Update) -> Act | None:
        """An update that is neither message nor tap; its chat may be none of ours (a poll's)."""
        person = person_of(at, update.effective_user)
        chat = chat_of(at, update, person)
        if chat is not None:
            return Act(at, update, chat, person)
        if update.effective_chat is not None or (person is None and update.poll is None):
            return None  # a channel, or somebody who votes as one
        return Act(at, update, _NOWHERE, person)

    # -- taps -------------------------------------------------------------------------------------

    def _take_tap(self, at: Transaction, update: Update) -> list[Toast]:
        query = update.callback_query
        assert query is not None
        person = person_of(at, query.from_user)
        chat = chat_of(at, update, person)
        if person is None or chat is None or query.message is None:
            return [Toast(query.id)]
        tap = Tapped(
            at,
            update,
            chat,
            person,
            toasts=[Toast(query.id)],
            message_id=query.message.message_id,
            query_id=query.id,
        )
        try:
            with at.savepoint():
                self._let_tap_act(tap, query.data or "")
        except Refusal as refusal:
            tap.toast(refusal_name(refusal), alert=refusal.needs_attention, **refusal.facts)
        return tap.toasts

    def _let_tap_act(self, tap: Tapped, data: str) -> None:
        verb = data.split(":", 1)[0]
        route = self._taps.get(verb)
        if route is None or not matches(route, tap.update):
            raise ButtonTooOld
        tap.verb, tap.numbers = verb, numbers_of(data)
        route.answer(tap)

    # -- messages ------------------------------------------------------------------------------

    def _take_message(self, at: Transaction, update: Update, message: Message) -> None:
        person = person_of(at, message.from_user)
        chat = chat_of(at, update, person)
        if chat is None:
            return
        if chat.is_private:
            hiding.heard(at, chat.id, message.message_id, message.date)
        anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
        wrote = Wrote(
            at,
            update,
            chat,
            person,
            anonymous_admin=anonymous,
            text=(message.text or message.caption or "")[:TEXT_MAX],
        )
        try:
            with at.savepoint():
                self._let_message_act(wrote)
        except Refusal as refusal:
            wrote.says(refusal_name(refusal), **self._way_back(wrote), **refusal.facts)

    def _let_message_act(self, wrote: Wrote) -> None:
        for route in () if wrote.message.text else self._updates:  # no service message has words
            if matches(route, wrote.update):
                route.answer(wrote)
                return
        if wrote.message.forward_origin is not None and not wrote.chat.is_private:
            return  # what somebody else once wrote commands nothing
        command = COMMAND.match(wrote.text) if wrote.message.text else None
        if command is not None and wrote.message.forward_origin is None:
            wrote.text = wrote.text[command.end() :].strip()
            self._let_command_act(wrote, command[1].lower(), command[2])
            return
        question = self._question(wrote)
        if question is not None:
            answered = Answered(**vars(wrote), question=question)
            self._answers[question.kind].answer(answered, question)
        elif wrote.chat.is_private and wrote.sender is not None:
            if not any(route.answer(wrote) for route in self._words):
                raise NothingAsked
        elif wrote.anonymous_admin and self._was_asked_of_somebody(wrote):
            raise AnonymousSender

    def _let_command_act(self, wrote: Wrote, name: str, addressed: str | None) -> None:
        if _is_of_a_bot(wrote.message):
            return  # two bots that answer each other would never end
        is_ours = addressed is None or addressed.lower() == self._bot.username.lower()
        if name == "start" and is_ours and wrote.chat.is_private and wrote.text:
            self._let_link_act(wrote)
            return
        route = self._commands.get(name)
        if route is not None and matches(route, wrote.update):
            route.answer(wrote)
        elif wrote.chat.is_private and wrote.sender is not None:
            raise NothingAsked

    def _let_link_act(self, wrote: Wrote) -> None:
        found = links.read(wrote.at, wrote.text)
        if found is None or found[0] not in self._starts:
            raise LinkNotKnown
        started = Started(**vars(wrote), purpose=found[0], number=found[1])
        self._starts[found[0]].answer(started)

    def _question(self, wrote: Wrote) -> Question | None:
        """Find what a message answers: the question it replies to, or in private the newest."""
        if wrote.sender is None:
            return None
        waiting = [
            question
            for question in questions.open_in(wrote.at, wrote.sender.id, wrote.chat.id)
            if question.kind in self._answers
        ]
        replied = wrote.message.reply_to_message
        if replied is not None:
            for question in waiting:
                if question.is_asked_in(replied.message_id):
                    return question
        return waiting[0] if waiting and wrote.chat.is_private else None

    def _was_asked_of_somebody(self, wrote: Wrote) -> bool:
        """Whether a message answers what a person was asked, who may be behind it or not."""
        replied = wrote.message.reply_to_message
        return replied is not None and questions.asked_by(
            wrote.at, wrote.chat.id, replied.message_id
        )

    def _way_back(self, wrote: Wrote) -> dict[str, Any]:
        """Return how a refusal is said: in a group as a reply, and an answer is asked for again.

        In a group the bot reads only replies, and people reply to the newest message.
        """
        if wrote.chat.is_private:
            return {}
        way: dict[str, Any] = {"reply_to": wrote.message_id}
        question = self._question(wrote)
        if question is not None:
            way |= {
                "result": speaking.QUESTION_ASKED,
                "subject": question.id,
                "force_reply": True,
            }
        return way

    # -- when a handler failed -------------------------------------------------------------------

    def apologise(self, at: Transaction, raw: dict[str, Any]) -> list[Toast]:
        """Tell the person whose update failed that nothing was changed."""
        update = self._read(raw)
        person = person_of(at, update.effective_user)
        chat = chat_of(at, update, person)
        if person is None or chat is None:
            return []
        if update.callback_query is not None:
            words = messages.toast("refusals/our_mistake", person.language)
            return [Toast(update.callback_query.id, words, alert=True)]
        if update.message is not None:
            Wrote(at, update, chat, person).says(
                "refusals/our_mistake", reply_to=update.message.message_id
            )
        return []


def _is_of_a_bot(message: Message) -> bool:
    sender = message.from_user
    return sender is not None and sender.is_bot and sender.id not in STAND_INS


def refusal_name(refusal: Refusal) -> str:
    """Return the message that says a refusal: `RoundClosed` → `refusals/round_closed`."""
    return refusal.message


def question_asked(at: Transaction, subject: int, result: Any) -> None:  # noqa: ANN401 - a message
    """Keep which message asked a question, so that a reply to it is its answer."""
    questions.asked_in_message(at, subject, result["message_id"])


#: For updates that name no chat (a vote in a poll): handlers find the group by what they carry.
_NOWHERE: Final = chats.Chat(
    id=0, telegram_id=0, kind="group", state="gone", person_id=None, topic=None, last_message_id=0
)

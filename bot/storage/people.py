"""People: who they are at Telegram, their language, their name under their own key."""

from dataclasses import dataclass

from bot.storage.database import Reading, Row, Transaction
from bot.storage.sealing import new_person_key


@dataclass(frozen=True)
class Person:
    """Somebody the bot has met, or was told of by a member (then without a Telegram id)."""

    id: int
    telegram_id: int | None
    name: str | None  # None once forgotten
    language: str
    language_chosen: bool


def by_id(at: Reading, person_id: int) -> Person:
    """Return the person. Raises LookupError."""
    row = at.one("SELECT * FROM people WHERE id = :id", id=person_id)
    if row is None:
        raise LookupError(person_id)
    return _person(at, row)


def open_with_key(at: Reading) -> bool:
    """Whether people's keys open with the operator's key; where there is nobody, they would."""
    sealed = at.value("SELECT sealed_key FROM person_keys LIMIT 1")
    return sealed is None or at.key.keys.opens(sealed)


def by_telegram_id(at: Reading, telegram_id: int) -> Person | None:
    """Return the person with this Telegram id, if the bot has met them."""
    row = at.one("SELECT * FROM people WHERE telegram_id = :id", id=telegram_id)
    return None if row is None else _person(at, row)


def met(at: Transaction, *, telegram_id: int, name: str, language: str) -> Person:
    """Return the person, added if new; a changed name is kept up with."""
    known = by_telegram_id(at, telegram_id)
    if known is None:
        return add(at, telegram_id=telegram_id, name=name, language=language)
    if known.name == name or known.name is None:
        return known
    at.run(
        "UPDATE people SET name = :name WHERE id = :id",
        name=at.seal_for(known.id, name),
        id=known.id,
    )
    return by_id(at, known.id)


def add(at: Transaction, *, telegram_id: int | None, name: str, language: str) -> Person:
    """Add a person with a key of their own."""
    person_id = at.insert(
        "INSERT INTO people (telegram_id, language, since) VALUES (:telegram_id, :language, :now)",
        telegram_id=telegram_id,
        language=language,
        now=at.now_text,
    )
    at.run(
        "INSERT INTO person_keys (person_id, sealed_key) VALUES (:person, :key)",
        person=person_id,
        key=at.key.keys.close(new_person_key()),
    )
    at.run(
        "UPDATE people SET name = :name WHERE id = :id",
        name=at.seal_for(person_id, name),
        id=person_id,
    )
    return by_id(at, person_id)


def forget_name(at: Transaction, person_id: int) -> None:
    """Forget the name of somebody without a Telegram account: the name, and the key it had."""
    at.run("DELETE FROM person_keys WHERE person_id = :id", id=person_id)
    at.run("UPDATE people SET name = NULL WHERE id = :id AND telegram_id IS NULL", id=person_id)
    at.forget_seal(person_id)


def forget(at: Transaction, person_id: int) -> None:
    """Forget who somebody is: whoever comes back under the same Telegram id is somebody new."""
    at.run("DELETE FROM person_keys WHERE person_id = :id", id=person_id)
    at.run(
        "UPDATE people SET telegram_id = NULL, name = NULL, language = 'en', language_chosen = 0"
        " WHERE id = :id",
        id=person_id,
    )
    at.forget_seal(person_id)


def choose_language(at: Transaction, person_id: int, language: str) -> None:
    """Keep the language a person chose for themselves."""
    at.run(
        "UPDATE people SET language = :language, language_chosen = 1 WHERE id = :id",
        language=language,
        id=person_id,
    )


def _person(at: Reading, row: Row) -> Person:
    return Person(
        id=row["id"],
        telegram_id=row["telegram_id"],
        name=at.open_for(row["id"], row["name"]),
        language=row["language"],
        language_chosen=bool(row["language_chosen"]),
    )

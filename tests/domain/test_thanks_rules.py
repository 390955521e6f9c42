import pytest
from hypothesis import given, strategies as st

from bot.domain.thanks import addressed

NAMES = {1: "Amina", 2: "Juma Bakari", 3: "Juma Odhiambo", 4: "María José López", 5: "…"}


@pytest.mark.parametrize(
    ("text", "member", "words"),
    [
        ("Amina for the water", 1, "for the water"),
        ("@amina, for the water", 1, "for the water"),
        ("AMINA", 1, ""),
        ("Amina: thank you", 1, "thank you"),
        ("Amina - thank you", 1, "thank you"),
        ("Juma Bakari for the goat", 2, "for the goat"),
        ("Juma for the goat", None, "Juma for the goat"),  # which of them?
        ("maría for all", 4, "for all"),
        ("María José López por todo", 4, "por todo"),
        ("everyone for coming", None, "everyone for coming"),
        ("Aminata for the water", None, "Aminata for the water"),
        ("", None, ""),
    ],
)
def test_whoever_is_named_first_is_meant(text: str, member: int | None, words: str) -> None:
    assert addressed(text, NAMES) == (member, words)


@given(st.text(), st.dictionaries(st.integers(1, 9), st.text(max_size=20)))
def test_any_text_and_any_names_are_taken(text: str, names: dict[int, str]) -> None:
    member, words = addressed(text, names)
    assert member is None or member in names
    assert len(words) <= len(text)

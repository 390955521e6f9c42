"""People name the place where they live; the time zone follows from it."""

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global
from hypothesis import given, strategies as st

from bot.rendering import places
from bot.rendering.places import PLACES_MAX, Place, find_places, zone_guesses

NOVEMBER = datetime(2026, 11, 23, 12, tzinfo=UTC)
JULY = datetime(2026, 7, 1, 12, tzinfo=UTC)

towns = st.sampled_from(places._towns_as_written()[0])


def zones_of(text: str, at: datetime = NOVEMBER) -> list[str]:
    return [place.zone for place in find_places(text, at=at)]


def plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))


class TestByName:
    @pytest.mark.parametrize(
        ("text", "zone"),
        [
            ("nairobi", "Africa/Nairobi"),
            ("  KIGALI ", "Africa/Kigali"),
            ("Ciudad de México", "America/Mexico_City"),
            ("ciudad de mexico", "America/Mexico_City"),
            ("CDMX", "America/Mexico_City"),
            ("Mexico City", "America/Mexico_City"),
            ("São Paulo", "America/Sao_Paulo"),
            ("sao paulo", "America/Sao_Paulo"),
            ("Dar es Salaam", "Africa/Dar_es_Salaam"),
            ("daressalaam", "Africa/Dar_es_Salaam"),
            ("Le Caire", "Africa/Cairo"),
            ("القاهرة", "Africa/Cairo"),
            ("ရန်ကုန်", "Asia/Yangon"),
            ("काठमाडौं", "Asia/Kathmandu"),
            ("Africa/Nairobi", "Africa/Nairobi"),
            ("Goma", "Africa/Lubumbashi"),
            ("Matadi", "Africa/Kinshasa"),
            ("El Paso", "America/Denver"),
            ("Gruver", "America/Chicago"),
            ("Oakland", "America/Los_Angeles"),
            ("Detroit", "America/Detroit"),
            ("St. Louis", "America/Chicago"),
            ("Tijuana", "America/Tijuana"),
            ("Texas", "America/Chicago"),
        ],
    )
    def test_a_town_as_people_write_it(self, text: str, zone: str) -> None:
        assert zones_of(text)[0] == zone

    @pytest.mark.parametrize(
        ("text", "zone"),
        [
            ("Rwanda", "Africa/Kigali"),
            ("u Rwanda", "Africa/Kigali"),
            ("Ruanda", "Africa/Kigali"),
            ("Kenia", "Africa/Nairobi"),
            ("Ouganda", "Africa/Kampala"),
            ("Uhabeshi", "Africa/Addis_Ababa"),
            ("Etiopía", "Africa/Addis_Ababa"),
            ("Marekani", "America/New_York"),
            ("DRC", "Africa/Kinshasa"),
            ("Côte d’Ivoire", "Africa/Abidjan"),
            ("Ivory Coast", "Africa/Abidjan"),
            ("Burma", "Asia/Yangon"),
            ("KE", "Africa/Nairobi"),
        ],
    )
    def test_a_country_in_the_languages_of_the_bot(self, text: str, zone: str) -> None:
        assert zones_of(text)[0] == zone

    def test_a_country_of_many_zones_offers_those_of_most_people(self) -> None:
        assert zones_of("USA")[:4] == [
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Los_Angeles",
        ]
        assert zones_of("RDC") == ["Africa/Kinshasa", "Africa/Lubumbashi"]

    @pytest.mark.parametrize(
        ("text", "places_found"),
        [
            ("Kigali, Rwanda", [Place("Kigali", "RW", "Africa/Kigali")]),
            ("Rwanda Kigali", [Place("Kigali", "RW", "Africa/Kigali")]),
            ("Nairobbi Kenya", [Place("Nairobi", "KE", "Africa/Nairobi")]),
            ("Austin, TX", [Place("Austin", "US", "America/Chicago")]),
            ("Austin Texas", [Place("Austin", "US", "America/Chicago")]),
            ("San Jose, Costa Rica", [Place("San José", "CR", "America/Costa_Rica")]),
            ("San Jose California", [Place("San Jose", "US", "America/Los_Angeles")]),
            ("London, Canada", [Place("London", "CA", "America/Toronto")]),
            ("México Guadalajara", [Place("Guadalajara", "MX", "America/Mexico_City")]),
        ],
    )
    def test_a_town_with_its_country_or_region(self, text: str, places_found: list[Place]) -> None:
        assert find_places(text, at=NOVEMBER) == places_found

    def test_of_an_unknown_village_the_country_is_enough(self) -> None:
        assert zones_of("Siganiro, Rwanda") == ["Africa/Kigali"]
        assert zones_of("our village Kenya") == ["Africa/Nairobi"]
        assert zones_of("Paris, Texas") == ["America/Chicago"]

    def test_towns_of_one_name_are_all_offered(self) -> None:
        assert zones_of("Portland") == ["America/New_York", "America/Los_Angeles"]
        assert set(zones_of("León")) == {"America/Mexico_City", "America/Managua", "Europe/Madrid"}

    def test_the_beginning_of_a_name_is_enough(self) -> None:
        assert zones_of("Ouaga")[0] == "Africa/Ouagadougou"
        assert zones_of("San Salv")[0] == "America/El_Salvador"

    @pytest.mark.parametrize("text", ["", " ", "?", "x", "Atlantis", "12", "🙂", "a" * 5000])
    def test_what_is_no_place_finds_none(self, text: str) -> None:
        assert find_places(text, at=NOVEMBER) == []

    def test_cities_are_named_in_the_language_asked_for(self) -> None:
        in_spanish = find_places("mexico city", at=NOVEMBER, language="es")
        assert in_spanish == [Place("Ciudad de México", "MX", "America/Mexico_City")]
        assert find_places("London", at=NOVEMBER, language="fr")[0].city == "Londres"
        assert find_places("London", at=NOVEMBER, language="no such")[0].city == "London"

    @given(towns, st.sampled_from([str, str.upper, str.lower, plain]))
    def test_every_town_is_found_by_each_of_its_names(
        self, town: tuple[places._Known, list[str]], writing: type[str]
    ) -> None:
        known, names = town
        for name in names:
            found = find_places(writing(name), at=NOVEMBER)
            assert len(found) == PLACES_MAX or known.zone in {place.zone for place in found}

    @given(towns, st.data())
    def test_one_slip_of_the_finger_is_forgiven(
        self, town: tuple[places._Known, list[str]], data: st.DataObject
    ) -> None:
        known, names = town
        name = data.draw(st.sampled_from(names)).lower()
        if len(places._folded(name)) < 6 or not name.isascii():
            return
        n = data.draw(st.integers(1, len(name) - 2))
        letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
        typed = data.draw(
            st.sampled_from(
                [
                    name[:n] + name[n + 1 :],
                    name[:n] + letter + name[n:],
                    name[:n] + letter + name[n + 1 :],
                    name[:n] + name[n + 1] + name[n] + name[n + 2 :],
                ]
            )
        )
        if not places._exactly(places._folded(typed)) and not places._beside_where_it_is(typed):
            found = find_places(typed, at=NOVEMBER)
            assert len(found) == PLACES_MAX or known.zone in {place.zone for place in found}

    def test_two_slips_are_another_word(self) -> None:
        assert zones_of("naerubi") == []
        assert zones_of("lomo") == ["Africa/Lome"]  # but one is not

    @given(st.text(max_size=100))
    def test_any_text_finds_at_most_six_places(self, text: str) -> None:
        found = find_places(text, at=NOVEMBER)
        assert len(found) <= PLACES_MAX
        assert len(set(found)) == len(found)


class TestByOffset:
    @pytest.mark.parametrize(
        "text", ["+3", "UTC+3", "utc +3", "GMT+03:00", "+0300", "＋3", "+3 UTC"]
    )
    def test_all_ways_to_write_it(self, text: str) -> None:
        found = zones_of(unicodedata.normalize("NFKC", text))
        assert found[:3] == ["Africa/Nairobi", "Africa/Kampala", "Africa/Dar_es_Salaam"]

    @pytest.mark.parametrize(
        ("text", "zone"),
        [
            ("+5:30", "Asia/Kolkata"),
            ("UTC+05:45", "Asia/Kathmandu"),
            ("−6", "America/Chicago"),
            ("-5", "America/New_York"),
            ("-4:00", "America/La_Paz"),
            ("UTC", "Africa/Accra"),
            ("gmt", "Africa/Accra"),
            ("+٣", "Africa/Nairobi"),
        ],
    )
    def test_offsets_of_many_kinds(self, text: str, zone: str) -> None:
        assert zone in zones_of(text)

    def test_daylight_saving_counts_at_the_instant_asked_about(self) -> None:
        assert "America/New_York" in zones_of("-5", NOVEMBER)
        assert "America/New_York" not in zones_of("-5", JULY)
        assert "America/New_York" in zones_of("-4", JULY)

    def test_each_country_once_before_any_twice(self) -> None:
        countries = [place.country_code for place in find_places("-5", at=NOVEMBER)]
        assert len(set(countries)) == len(countries) == PLACES_MAX

    @given(st.integers(-14, 14), st.sampled_from([NOVEMBER, JULY]))
    def test_every_zone_offered_has_that_offset(self, hours: int, at: datetime) -> None:
        for zone in zones_of(f"UTC{hours:+}", at):
            offset = at.astimezone(ZoneInfo(zone)).utcoffset()
            assert offset is not None
            assert offset.total_seconds() == hours * 3600

    def test_an_offset_that_nobody_has_finds_none(self) -> None:
        assert zones_of("+99") == []
        assert zones_of("+4:20") == []


class TestGuesses:
    @pytest.mark.parametrize("language", [*places._ZONES_BY_LANGUAGE, "xx", "", "en-GB", "es-419"])
    def test_six_places_of_different_zones(self, language: str) -> None:
        zones = [place.zone for place in zone_guesses(language)]
        assert len(set(zones)) == len(zones) == PLACES_MAX
        assert [ZoneInfo(zone).key for zone in zones] == zones

    def test_the_first_is_where_most_speakers_in_groups_live(self) -> None:
        first = {language: zone_guesses(language)[0] for language in ("en", "es", "fr", "sw", "rw")}
        assert first == {
            "en": Place("Nairobi", "KE", "Africa/Nairobi"),
            "es": Place("Ciudad de México", "MX", "America/Mexico_City"),
            "fr": Place("Dakar", "SN", "Africa/Dakar"),
            "sw": Place("Nairobi", "KE", "Africa/Nairobi"),
            "rw": Place("Kigali", "RW", "Africa/Kigali"),
        }

    def test_a_country_in_the_code_comes_first(self) -> None:
        assert zone_guesses("en-IN")[0].zone == "Asia/Kolkata"
        assert zone_guesses("pt-br")[0].zone == "America/Sao_Paulo"
        assert zone_guesses("sw_TZ")[0].zone == "Africa/Dar_es_Salaam"
        assert [place.zone for place in zone_guesses("en-US")[3:]] == [
            "Africa/Nairobi",
            "Africa/Kampala",
            "Africa/Lagos",
        ]


class TestTowns:
    def test_every_zone_exists_and_lies_in_its_country(self) -> None:
        territories = get_global("zone_territories")
        for known, _names in places._towns_as_written()[0]:
            assert territories[known.zone] == known.country_code, known
            assert ZoneInfo(known.zone).key == known.zone

    def test_every_country_exists(self) -> None:
        countries = set(get_global("zone_territories").values())
        assert {country for country, _name in places._towns_as_written()[1]} <= countries

    def test_no_town_stands_twice_in_a_zone(self) -> None:
        seen = set()
        for known, names in places._towns_as_written()[0]:
            for name in names:
                assert (known.zone, places._folded(name)) not in seen, (known.zone, name)
                seen.add((known.zone, places._folded(name)))

    def test_every_name_can_be_compared(self) -> None:
        written, countries = places._towns_as_written()
        assert len(written) > 300
        for name in [n for _, names in written for n in names] + [n for _, n in countries]:
            assert places._folded(name)
            assert len(name) <= places.TEXT_LENGTH_MAX

    def test_folding_keeps_what_tells_names_apart(self) -> None:
        assert places._folded("Saint-Louis, Thiès") == "saintlouisthies"
        assert places._folded("Đà Nẵng") == "danang"
        assert places._folded("N'Djamena") == places._folded("N’Djaména")

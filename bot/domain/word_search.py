"""Which words of a text are worth searching for, in whatever language it is written. All pure.

No grammar: a word is searched by how it begins, so that “goats” finds “goat” and “cabra” “cabras”.
Words that stand in every second sentence of our languages say nothing, nor do very short ones.
"""

import re
import unicodedata
from typing import Final

LETTERS_MIN: Final = 3
WORDS_MAX: Final = 24
_LONG: Final = 6  # letters: from here on the last one may differ, whatever it is
_WORD: Final = re.compile(r"[^\W\d_]+")
#: In English, Spanish, French, Swahili and Kinyarwanda, without marks over letters.
_COMMON_WORDS: Final = """
    about after all also and another any anything are before being but can could did does doing done
    each enough every find for from get give goal goals good got had has have help her here him his
    how into its just know learn less let like make many may more most much must need needs not now
    off only other our out over own please see she should some somebody someone something start
    still that the their them then there these they thing things this those time together too try
    use very want wants was were what when where which while who will wish with without would year
    years you your
    algo alguien antes ayuda ayudar como con cual cuando dar del desde donde ella ellos entre ese
    esta estar estas este esto gracias hacer hacia hasta hay las los mas mejor meta metas mis mucha
    mucho muchos muy nada necesita necesito nos nosotros nuestra nuestro otra otro para pero por
    porque puede puedo que quien quiere quiero saber ser sido sin sobre solo somos son sus tambien
    tener tengo tiempo tiene toda todas todo todos tus una unas uno unos ver vida
    aide aider aussi autre aux avant avec avoir beaucoup besoin bien ces cette comme comment dans
    depuis des donc elle elles encore est etre faire leur leurs les lui mais meme mes moins mon
    notre nous ont par parce pas pendant peut plus pour pouvoir quand quel quelque quelques qui sans
    savoir ses son sont sous sur temps tous tout toute toutes tres trop une veut veux vous
    baada hadi hapa hata hii huko huu ili jambo kabla kama kati katika kila kitu kuhusu kupata kuwa
    kwa kwamba lakini mimi msaada mtu naomba nataka ningependa nini pamoja pata sana sasa sisi
    tafadhali vitu wapi watu yake yangu yao yetu zaidi
    abantu ariko ariyo ati buri byose cyane cyangwa gufasha gukora gushaka hamwe ibi ibintu igihe
    iki kandi kubera kugira kugirango mbere ndashaka ngira nkeneye ubufasha ubwo uburyo uko umuntu
    wose yose
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())


def beginnings(text: str) -> tuple[str, ...]:
    """Return how the words of a text begin that are worth searching for, each once, in order."""
    found = dict.fromkeys(
        _beginning(word)
        for word in _WORD.findall(_plain(text))
        if len(word) >= LETTERS_MIN and word not in _COMMON
    )
    return tuple(found)[:WORDS_MAX]


def _beginning(word: str) -> str:
    """Return how a word begins, whatever its ending: many plurals end in an s."""
    bare = word.removesuffix("s") if len(word) > LETTERS_MIN else word
    return bare[:-1] if len(bare) >= _LONG else bare


def _plain(text: str) -> str:
    """Return a text in small letters, without marks over them."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))

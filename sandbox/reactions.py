"""The emoji that Telegram allows as reactions."""

_ONE_EACH = (
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪"
    "🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)
_JOINED = {"❤‍🔥", "❤️‍🔥", "👨‍💻", "🤷‍♂", "🤷‍♂️", "🤷‍♀", "🤷‍♀️"}
EMOJI = frozenset(_ONE_EACH) | _JOINED

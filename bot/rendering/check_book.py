"""Check a copy of a group's book without the bot that made it.

    python3 check_book.py passbook.html [CODE]

CODE is the short code of the book as somebody wrote it down from a receipt, a board or a digest.
Needs nothing but Python 3.9. It ends with 0 where all of it agrees, with 1 where it does not.
"""

import base64
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
Entry = list[Any]
Lines = list[Any]


def hash_of(book: Any, prev: bytes, entry: Entry) -> bytes:  # noqa: ANN401 - JSON
    """SHA-256 over the hash before and all that the entry says, each part with its length."""
    seq, kind, day, at, by, witnesses, key, why, reverses, confirmed, lines = entry[:11]
    parts = [book["book"], seq, kind, day, at, by, witnesses, key, why]
    parts += ["" if reverses is None else reverses, len(confirmed)]
    parts += [part for one in confirmed for part in one] + [len(lines)]
    parts += [part for line in lines for part in line]
    written = [book["form"].encode(), prev, *(str(part).encode() for part in parts)]
    return hashlib.sha256(b"".join(b"%d:%b," % (len(one), one) for one in written)).digest()


def code_of(head: bytes) -> str:
    """The short code of a hash: twelve letters and digits that cannot be mistaken when read out."""
    text = base64.b32encode(head[:15]).decode().translate(LETTERS)
    return f"{text[:4]}-{text[4:8]}-{text[8:12]}"


def typed(code: str) -> str:
    """The code as somebody may have copied it: small letters, an O for a 0, an I for a 1."""
    text = re.sub(r"[^0-9A-Z]", "", code.upper()).translate(str.maketrans("OIL", "011"))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def faults_of(book: Any) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - JSON
    """Every number of an entry that does not agree, with what is wrong about it."""
    last, prev = 0, bytes(32)
    balances: defaultdict[tuple[str, str], int] = defaultdict(int)
    bodies: dict[int, Lines] = {}
    taken_back: set[int] = set()
    for entry in book["entries"]:
        seq, stated, lines, after = entry[0], entry[11], entry[10], entry[12]
        if seq != last + 1:
            yield seq, "is not the next one"
        if hash_of(book, prev, entry).hex() != stated:
            yield seq, "was changed, or the one before it"
        for what in own_faults(entry):
            yield seq, what
        now = []
        for account, unit, amount, _ in lines:
            balances[account, unit] += int(amount)
            now.append(str(balances[account, unit]))
            if account.startswith("purse:") and balances[account, unit] < 0:
                yield seq, "takes out more than was there"
        if now != after:
            yield seq, "has another balance than its lines make"
        reverses = entry[8]
        if reverses is not None:
            if bodies.get(reverses) != body(lines, -1) or reverses in taken_back:
                yield seq, "takes back something else"
            taken_back.add(reverses)
        bodies[seq] = body(lines, 1)
        last, prev = seq, bytes.fromhex(stated)


def own_faults(entry: Entry) -> Iterator[str]:
    """What can be told from an entry alone."""
    kind, by, witnesses, reverses, confirmed, lines = (entry[i] for i in (1, 4, 5, 8, 9, 10))
    who = {one[0] for one in confirmed}
    if by in who or len(who) < max(1, witnesses):
        yield "is not confirmed as it has to be"
    sums: defaultdict[str, int] = defaultdict(int)
    for _, unit, amount, _ in lines:
        sums[unit] += int(amount)
    if not lines or any(sums.values()):
        yield "does not add up"
    if (kind == "reversal") != (reverses is not None):
        yield "takes back nothing"


def body(lines: Lines, sign: int) -> Lines:
    """The lines of an entry in whatever order, or (-1) those that take them back."""
    return sorted((account, unit, sign * int(n), period) for account, unit, n, period in lines)


def main() -> None:
    """Read the copy, say what does not agree, and compare the code."""
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - what everybody knows
        text = file.read()
    found = re.search(r'<script type="application/json" id="book">(.*?)</script>', text, re.DOTALL)
    book = json.loads(found[1] if found else text)
    faults = list(faults_of(book))
    for seq, what in faults:
        sys.stdout.write(f"No. {seq} {what}.\n")
    codes = {code_of(bytes.fromhex(one[11])): one[0] for one in book["entries"]}
    head = list(codes)[-1] if codes else "none"
    sys.stdout.write(f"{len(book['entries'])} entries. Code of the book: {head}\n")
    if len(sys.argv) == 3:  # noqa: PLR2004 - a code was given
        code = typed(sys.argv[2])
        if code in codes:
            sys.stdout.write(f"{code} is the code after No. {codes[code]}.\n")
        else:
            faults.append((0, ""))
            sys.stdout.write(f"No entry here has the code {code}.\n")
    sys.stdout.write("NOT right.\n" if faults else "All of it agrees.\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

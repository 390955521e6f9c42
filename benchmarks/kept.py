"""Run a benchmark, show what it prints, and keep that in docs/proof.md.

PYTHONPATH=.:tests python benchmarks/kept.py answers --python .venv-bench/bin/python
"""

import subprocess
import sys
from pathlib import Path

import proof_book


def main(name: str, options: list[str]) -> int:
    """Return the benchmark's own exit code; figures of one that failed are not kept."""
    command = [sys.executable, "-u", str(Path(__file__).parent / f"{name}.py"), *options]
    printed = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            printed.append(line)
    if running.returncode == 0:
        page = proof_book.BOOK.read_text("utf-8")
        kept = proof_book.with_figures(page, name, "".join(printed), proof_book.today())
        proof_book.BOOK.write_text(kept, "utf-8")
    return running.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

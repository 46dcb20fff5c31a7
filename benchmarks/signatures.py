"""Measure which tests each planted wrong answer turns red, and what they say of it.

    python -m benchmarks.signatures [--all] [KATA...]

The cohort page compares submissions with that. Writes `signatures.json` beside the answers;
without `--all` only the answers that were changed since are run. One that is wrong with other
versions only keeps what was measured there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dojo.catalog.answers import answer_files, holds_here
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.export.mistakes import FILE, answer_digest, read_signatures, signature_of
from dojo.ground.paths import find_root
from dojo.warm import Warm

PARALLEL_RUNS = 4  # on two cores: a wrong answer often only waits


def measure(warm: Warm, kata: Kata, answer: Path) -> dict[str, Any]:
    """Run all tests of a kata on one answer, appended to the reference."""
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / f"{kata.slug}.py"
        reference = kata.reference_file.read_text(encoding="utf-8")
        whole.write_text(f"{reference}\n\n{answer.read_text(encoding='utf-8')}", encoding="utf-8")
        verdict = warm.run(kata, str(whole), all_tasks=True)
    if verdict.fault or not verdict.red:
        sys.exit(f"{kata.id} {answer.stem}: {verdict.fault or 'no test is red'}")
    return {"answer": answer_digest(answer), "red": signature_of(verdict.tests)}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signatures", description=__doc__)
    parser.add_argument("katas", metavar="KATA", nargs="*", help="these only: 02")
    parser.add_argument("--all", action="store_true", help="also answers that did not change")
    options = parser.parse_args()
    root = find_root()
    catalog = load_catalog(root)
    with Warm(root) as warm, ThreadPoolExecutor(PARALLEL_RUNS) as pool:
        for kata in [find_kata(catalog, name) for name in options.katas] or catalog:
            earlier = {} if options.all else read_signatures(kata)
            answers = {path.stem: path for path in answer_files(kata, "wrong")}
            stale = [
                path
                for name, path in answers.items()
                if holds_here(path) and earlier.get(name, {}).get("answer") != answer_digest(path)
            ]
            measured = pool.map(lambda path, kata=kata: measure(warm, kata, path), stale)
            found = {**earlier, **dict(zip((path.stem for path in stale), measured, strict=True))}
            kept = {name: found[name] for name in answers if name in found}
            text = json.dumps(kept, indent=1) + "\n"
            (kata.answers_folder / FILE).write_text(text, encoding="utf-8")
            print(f"{kata.id}: {len(stale)} of {len(answers)} measured", flush=True)


if __name__ == "__main__":
    main()

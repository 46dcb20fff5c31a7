"""What is left of a long message says what to do, in `dojo` and in the katas' own tests."""

from __future__ import annotations

import ast
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import requests

from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.ground.safe_text import shorten
from dojo.warm.client import run_cold
from dojo.world.network import loopback_only

CURE = "No network: ask the given address with requests, httpx, urllib or urllib3."
KATAS = load_catalog(ROOT)
CLIENTS: dict[str, Callable[[str], object]] = {
    "urllib": lambda url: urllib.request.build_opener().open(url, timeout=5),
    "requests": lambda url: requests.get(url, timeout=5),
    "httpx": lambda url: httpx.get(url, timeout=5),
}


def shortener(path: Path) -> Callable[[str], str]:
    """Return the function by which a kata's tests cut what a solution raised."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "shorten"]
    made: dict[str, Callable[[str], str]] = {"shorten": lambda text: text}
    exec(compile(ast.Module(found, []), str(path), "exec"), made)
    return made["shorten"]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", ["weather", "api." + "of-the-churn-department." * 4 + "of"])
def test_refused_network_says_what_to_do(name: str, client: str) -> None:
    url = f"https://{name}.example/v2/customers?country=fr&from=2026-01-01&{'more=1&' * 30}"
    with loopback_only(), pytest.raises((OSError, httpx.HTTPError)) as caught:
        CLIENTS[client](url)
    said = str(caught.value)

    assert CURE in said
    assert [kata.id for kata in KATAS if CURE not in shortener(kata.test_file)(said)] == []


def test_katas_cut_no_error_at_its_end() -> None:
    cut = re.compile(r"(?:str|repr)\((?:caught|error)\)\[:|message\[:|first\[:")

    assert [kata.id for kata in KATAS if cut.search(kata.test_file.read_text("utf-8"))] == []


@pytest.mark.slow
def test_red_test_says_what_to_do_without_network(tmp_path: Path) -> None:
    kata = find_kata(KATAS, "02")
    file = tmp_path / "retries.py"
    reference = kata.reference_file.read_text(encoding="utf-8")
    text = reference.replace(
        "requests.get(url, timeout=TIMEOUT_S)", "httpx.get('https://weather.example')"
    )
    file.write_text(text.replace("import requests\n", "import httpx, requests\n"), "utf-8")

    verdict = run_cold(ROOT, kata, str(file), tests=["test_lost_connection_is_retried_too"])

    assert verdict.tests
    assert [CURE in " ".join(red.message.split()) for red in verdict.red] == [True] * len(
        verdict.tests
    )


@pytest.mark.parametrize("length", [0, 99, 100, 101, 5000])
def test_long_text_loses_its_middle(length: int) -> None:
    text = "".join(chr(ord("a") + number % 26) for number in range(length))

    left = shorten(text, 100)

    if length <= 100:
        assert left == text
    else:
        head, tail = left.split(" [...] ")
        assert (len(head), len(tail)) == (33, 67)
        assert text.startswith(head)
        assert text.endswith(tail)

"""Run a kata's pristine tests in the process that holds the submission.

Tests and submission share a process, so what they report is one judgement of two. Among them runs
one more test, of a name that nobody knows before: it must fail. Where it comes out green, or not at
all while others do, the submission has changed what judges it.
"""

from __future__ import annotations

import os

from dojo.catalog.kata import load_catalog
from dojo.engines import ENGINES, for_solution
from dojo.sandbox.job import Job
from dojo.warm.run import run_pytest


def run_tests(job: Job) -> None:
    """Run the tests of `given/checkout` and send what the plugin says, test by test."""
    root = job.room / "given" / "checkout"
    kata = load_catalog(root)[0]
    os.environ["DOJO_TEST_TIMEOUT"] = str(job.told["test_timeout_s"])
    solution = job.room / "given" / job.told["file"]
    engines = ENGINES.keys() & set(for_solution(kata, solution.read_bytes()).needs)
    options = ["--all-tasks"]
    request = {"solutions": str(solution), "options": options, "tests": job.told["tests"]}
    run_pytest(root, kata, request, job.line, job.addresses, engines)

"""A machine of one core is one for all who count its cores, for the length of a block."""

from __future__ import annotations

import multiprocessing
import os

import joblib

from dojo.world.files.machine import of_one_core


def test_all_who_count_find_one_core() -> None:
    before = os.cpu_count()
    with of_one_core():
        assert os.cpu_count() == multiprocessing.cpu_count() == joblib.cpu_count() == 1
        if hasattr(os, "sched_getaffinity"):
            assert len(os.sched_getaffinity(0)) == 1
    assert os.cpu_count() == before

"""Dask's scheduler and workers on loopback, each a process that a test may have killed.

`nursery` starts them, for who tests; `member` is what each of them runs; `noted` is what they leave
in a folder for that test. See docs/decisions/0043-a-cluster-in-a-test.md.
"""

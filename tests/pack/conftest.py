"""The pack is a repository of its own: pytest here finds none of its tests."""

collect_ignore = ["json_katas", "attack_reads_the_pack.py"]

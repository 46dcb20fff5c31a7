"""What proves a kata to its author: files, promises, verdicts, a run by itself, the examination.

A rule is a function: the gate has one test for each, called like it, and `dojo check` names it.
"""

"""What holds around every call of a solution, in every kata; see katas/RULES.md.

`calls` sees the calls, `photo` what they do to their arguments, `state` what they do to the
process, `leftovers` what is still open or running at the end; `rules` says what each law means.
"""

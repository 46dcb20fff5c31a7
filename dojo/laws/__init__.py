"""What holds around every call of a solution, in every kata; see katas/RULES.md.

`calls` sees the calls, `arguments` and `photo` what they do to what they are given, `state` and
`acts` what they do to the process and leave on the disk, `raised` what they raise, `leftovers` what
is still open or running at the end; `rules` says what each law means, `watched` puts them together.
"""

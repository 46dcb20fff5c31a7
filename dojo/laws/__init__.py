"""What holds for every solution, whatever its kata asks: checked around each call of a test.

`calls` sees the calls, `photo` what they do to their arguments, `state` what they do to the
process, `leftovers` what is still open or running at the end; `rules` says what each law means.
"""

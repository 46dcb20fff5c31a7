"""Has the test functions of pytest do nothing.

Verdict: tampering
"""

import _pytest.python

_pytest.python.Function.runtest = lambda self: None

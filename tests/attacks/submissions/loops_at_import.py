"""Never comes to the end of its import.

Verdict: timeout
"""

while True:
    pass

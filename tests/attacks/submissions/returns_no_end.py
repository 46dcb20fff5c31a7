"""Returns a list that holds itself, and numbers that JSON lacks.

Verdict: wrong
"""


def load_customers(url):
    endless = [float("nan"), float("inf"), 10**400]
    endless.append(endless)
    return endless

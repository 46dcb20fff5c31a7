"""Say which colours a picture has: on light and dark paper, and in print."""

from __future__ import annotations

COLOURS = {
    "light": {
        "ink": "#1f2328",
        "soft": "#59636e",
        "line": "#d1d9e0",
        "paper": "#ffffff",
        "flow": "#8c959f",
        "work": "#0969da",
        "wait": "#9a6700",
        "nap": "#bc4c00",
        "good": "#1a7f37",
        "bad": "#cf222e",
        "odd": "#8250df",
    },
    "dark": {
        "ink": "#e6edf3",
        "soft": "#9198a1",
        "line": "#3d444d",
        "paper": "#0d1117",
        "flow": "#767e87",
        "work": "#4493f8",
        "wait": "#d29922",
        "nap": "#f0883e",
        "good": "#3fb950",
        "bad": "#f85149",
        "odd": "#ab7df8",
    },
    "print": {
        "ink": "#000000",
        "soft": "#444444",
        "line": "#bbbbbb",
        "paper": "#ffffff",
        "flow": "#888888",
        "work": "#0b5bd3",
        "wait": "#7a5200",
        "nap": "#a04000",
        "good": "#116329",
        "bad": "#b3131f",
        "odd": "#6639ba",
    },
}
_SHAPES = """
.replay { background: var(--paper); }
.replay text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.replay .name { font-weight: bold; }
.replay .axis, .replay .in { fill: var(--soft); font-size: 12px; }
.replay .tick { stroke: var(--line); }
.replay .break { stroke: var(--soft); stroke-dasharray: 2 3; }
.replay .flow { fill: var(--flow); } .replay .work { fill: var(--work); }
.replay .waiting { fill: none; stroke: var(--soft); stroke-dasharray: 2 2; }
.replay .wait { fill: var(--paper); stroke: var(--wait); stroke-width: 1.5; }
.replay .nap { fill: var(--paper); stroke: var(--nap); stroke-width: 1.5; }
.replay .hatch { stroke: var(--wait); opacity: .35; } .replay .good { fill: var(--good); }
.replay .bad { fill: var(--bad); } .replay .odd { fill: var(--odd); font-weight: bold; }
.replay .edge { fill: none; stroke: var(--soft); opacity: .7; }
.replay g:focus { outline: 2px solid var(--odd); outline-offset: 2px; }
"""


def rule(selector: str, paper: str) -> str:
    """Return the rule that gives what a selector of CSS names the colours of one paper."""
    names = " ".join(f"--{name}: {colour};" for name, colour in COLOURS[paper].items())
    return f"{selector} {{ {names} }}"


STYLE = "\n".join(
    (
        rule(".replay", "light"),
        f"@media (prefers-color-scheme: dark) {{ {rule('.replay', 'dark')} }}",
        f"@media print {{ {rule('.replay', 'print')} }}{_SHAPES}",
    )
)

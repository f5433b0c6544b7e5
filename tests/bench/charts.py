# SPDX-License-Identifier: Apache-2.0
"""Bar charts as SVG: text and rectangles, readable on light and dark pages, ours in another colour."""
import os
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, TOP = 720, 190, 90, 26, 44
STYLE = ("text{font:13px system-ui,sans-serif;fill:#57606a}.title{font-weight:600}"
         ".value{font-variant-numeric:tabular-nums}rect{fill:#8c959f}rect.ours{fill:#1f7a4d}"
         "@media(prefers-color-scheme:dark){text{fill:#adbac7}rect{fill:#545d68}rect.ours{fill:#57ab5a}}")
OURS = ("trunkline", "gateway", "worker", "receive to commit", "acknowledgement")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def svg(title, bars):
    """bars: (name, value) from top to bottom."""
    most = max(value for _, value in bars)
    scale = (WIDTH - LEFT - RIGHT) / most if most > 0 else 0
    height = TOP + ROW * len(bars) + 8
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img" '
             f'aria-label="{escape(title, {chr(34): "&quot;"})}">', f"<style>{STYLE}</style>",
             f'<text class="title" x="8" y="24">{escape(title)}</text>']
    for row, (name, value) in enumerate(bars):
        y = TOP + ROW * row
        kind = ' class="ours"' if name.startswith(OURS) else ""
        lines += [f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
                  f'<rect{kind} x="{LEFT}" y="{y}" width="{max(1, value * scale):.1f}" height="18" rx="2"/>',
                  f'<text class="value" x="{LEFT + max(1, value * scale) + 6:.1f}" y="{y + 14}">{number(value)}</text>']
    return "\n".join(lines + ["</svg>", ""])


def write(folder, charts):
    """charts: (file name, title, bars)."""
    os.makedirs(folder, exist_ok=True)
    for name, title, bars in charts:
        with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as file:
            file.write(svg(title, bars))

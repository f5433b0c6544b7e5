# SPDX-License-Identifier: Apache-2.0
"""Bar charts as SVG: text and rectangles, readable on light and dark pages, Trunkline in another colour."""
import os
from xml.sax.saxutils import escape, quoteattr

WIDTH, LEFT, RIGHT, ROW, TOP, BAR = 760, 220, 90, 26, 60, 18
# GitHub shows an image on the page's background, light or dark. The colours are readable on both.
STYLE = (
    "text{font:13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#6e7781}"
    ".title{font-weight:600;font-size:15px}.value{font-variant-numeric:tabular-nums}"
    "rect{fill:#8c959f}rect.ours{fill:#2da44e}"
    "@media(prefers-color-scheme:dark){text{fill:#adbac7}rect{fill:#636e7b}rect.ours{fill:#57ab5a}}"
)
OURS = ("trunkline", "gateway", "worker", "receipt to commit", "acknowledgement")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def bars_of(bars, top, scale):
    for row, (name, value) in enumerate(bars):
        y, length = top + ROW * row, max(1, value * scale)
        kind = ' class="ours"' if name.startswith(OURS) else ""
        yield f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect{kind} x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>'
        yield f'<text class="value" x="{LEFT + length + 6:.1f}" y="{y + 14}">{number(value)}</text>'


def svg(title, unit, bars):
    """bars: (name, value). The longest is drawn first."""
    bars = sorted(bars, key=lambda bar: -bar[1])
    longest = bars[0][1]
    scale = (WIDTH - LEFT - RIGHT) / longest if longest > 0 else 0
    height = TOP + ROW * len(bars) + 4
    label = quoteattr(f"{title}, {unit}: " + "; ".join(f"{name} {number(value)}" for name, value in bars))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label={label}>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="8" y="20">{escape(title)}</text>',
        f'<text x="8" y="42">{escape(unit)}, median</text>',
        *bars_of(bars, TOP, scale),
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def write(folder, charts):
    """charts: (file name, title, unit, bars)."""
    os.makedirs(folder, exist_ok=True)
    for name, title, unit, bars in charts:
        with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as file:
            file.write(svg(title, unit, bars))

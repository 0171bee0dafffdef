"""`python -m bench.report FIGURES`: put a run's JSON lines into `docs/benchmarks.md`, with a plot.

What stands there above the line of figures is written by hand and stays, and so do the figures of
benchmarks that were not run.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import HexColor

DOCS = Path(__file__).parent.parent / "docs"
PAGE, PLOT = DOCS / "benchmarks.md", DOCS / "images" / "rooms.svg"
LINE = "<!-- figures: written by `python -m bench.report` -->\n"
COLOURS = {"native": HexColor("#2f4bab"), "janus": HexColor("#c2571a")}
PLOTTED = {
    "cpu_s_per_room_minute": "CPU-seconds a room-minute",
    "added_delay_p99": "added delay, p99, ms",
}
Row = dict[str, Any]


def machine() -> str:
    """Return what the figures were measured on."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return (
        f"{len(os.sched_getaffinity(0))} cores ({models[0] if models else platform.machine()}), "
        f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%d %B %Y}"
    )


def sections(rows: list[Row]) -> dict[str, str]:
    """Return the figures as Markdown, a section a benchmark, each with its own machine and day."""
    texts = {}
    for bench in dict.fromkeys(str(row["bench"]) for row in rows):
        written = [
            f"Measured on {machine()}.\n",
            "| case | n | figure | median | from | to | rounds |",
        ]
        written.append("|---|---|---|---|---|---|---|")
        for row in (row for row in rows if row["bench"] == bench):
            name = f"| {row['case']} | {row['n']} | {row['figure']} |"
            if row["value"] is None:
                written.append(f"{name} – | | | {row['why']} |")
            else:
                span = f"{row['min']:g} | {row['max']:g} | {row['rounds']}"
                written.append(f"{name} {row['value']:g} {row['unit']} | {span} |")
        texts[bench] = "\n".join(written)
    return texts


def kept(page: str) -> dict[str, str]:
    """Return the sections of figures that stand in a page."""
    parts = page.partition(LINE)[2].split("\n### ")[1:]
    return {name: text.strip() for name, _, text in (part.partition("\n") for part in parts)}


def plot(rows: list[Row], file: Path) -> None:
    """Draw two figures of the benchmark of rooms over the number of rooms."""
    drawing = Drawing(760, 300)
    for place, (figure, title) in enumerate(PLOTTED.items()):
        lines = {
            case: sorted(
                (row["n"], row["value"])
                for row in rows
                if (row["bench"], row["case"], row["figure"]) == ("rooms", case, figure)
                and row["value"] is not None
            )
            for case in COLOURS
        }
        _draw(drawing, 50 + 380 * place, title, {k: v for k, v in lines.items() if v})
    file.parent.mkdir(exist_ok=True)
    renderSVG.drawToFile(drawing, str(file))


def _draw(drawing: Drawing, x: int, title: str, series: dict[str, list[tuple[int, float]]]) -> None:
    if not series:
        return
    lines = LinePlot()
    lines.x, lines.y, lines.width, lines.height = x, 50, 300, 200
    lines.data = list(series.values())
    lines.joinedLines = True
    lines.yValueAxis.valueMin = lines.xValueAxis.valueMin = 0
    for number, case in enumerate(series):
        lines.lines[number].strokeColor = COLOURS[case]
        lines.lines[number].strokeWidth = 2
        lines.lines[number].symbol = makeMarker("FilledCircle", size=5, fillColor=COLOURS[case])
        drawing.add(String(x + 90 * number, 262, case, fillColor=COLOURS[case], fontSize=11))
    drawing.add(lines)
    drawing.add(String(x, 280, title, fontSize=12))
    drawing.add(String(x + 130, 15, "rooms", fontSize=11))


def main(arguments: list[str]) -> int:
    """Write the page from the file named; 2 for wrong usage."""
    if len(arguments) != 1:
        print("usage: python -m bench.report FIGURES", file=sys.stderr)
        return 2
    rows = [json.loads(line) for line in Path(arguments[0]).read_text().splitlines() if line]
    page = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n\n"
    pages = kept(page) | sections(rows)
    text = "".join(f"\n### {name}\n\n{pages[name]}\n" for name in sorted(pages))
    PAGE.write_text(page.partition(LINE)[0] + LINE + text)
    if any(row["bench"] == "rooms" for row in rows):
        plot(rows, PLOT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

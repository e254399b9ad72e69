#!/usr/bin/env python3
"""Draw pages in flight: plot.py TABLES SVG, from the tables that scripts/bench prints.

Lines: how many times as fast a walk is with so many pages in flight. Bars: CPU a page
under asyncio, in units of this library's.
"""

import re
import sys

ROW = re.compile(r"^  (\S.*?) +(\d+) ns/")
STYLE = """text { font: 13px sans-serif; fill: #24292f }
.axis { stroke: #8b949e } .ideal { stroke-dasharray: 3 4 }
polyline { fill: none; stroke-width: 2 } .c0 { stroke: #0969da } .c1 { stroke: #1a7f37 }
.c2 { stroke: #bc4c00 } .b0 { fill: #0969da } .b1 { fill: #8b949e }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .c0 { stroke: #58a6ff }
.c1 { stroke: #3fb950 } .c2 { stroke: #f0883e } .b0 { fill: #58a6ff } }"""


def read_tables(path):
    """Return the times of each table, by the name of the row, by title."""
    tables, rows = {}, {}
    with open(path) as file:
        for line in file:
            row = ROW.match(line)
            if row:
                rows[row[1]] = int(row[2])
            elif not line.startswith(" "):
                rows = tables.setdefault(line.strip(), {})
    return tables


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words}</text>'


def line(points, name):
    places = " ".join(f"{60 + x * 9:.1f},{320 - y * 9:.1f}" for x, y in points)
    return f'<polyline class="{name}" points="{places}"/>'


def walks(tables):
    """Draw the walks: pages in flight to the right, times as fast upwards."""
    drawn = [text(60, 20, "A walk, times as fast as one page after the other")]
    drawn += [line([(0, 32), (0, 0), (32, 0)], "axis")]
    drawn += [line([(1, 1), (32, 32)], "axis ideal")]
    for number in (1, 8, 16, 32):
        drawn += [text(60 + number * 9, 338, number, "middle")]
        drawn += [text(52, 324 - number * 9, number, "end")]
    drawn += [text(204, 356, "pages in flight", "middle")]
    for i, name in enumerate(("C", "Python", "asyncio")):
        rows = tables[f"walk, {name}: 400 pages, 50 ms a response"]
        base = rows["prefetch 1"]
        points = [(int(row.split()[1]), base / time) for row, time in rows.items()]
        drawn += [line(points, f"c{i}")]
        drawn += [line([(2, 31 - 2 * i), (4, 31 - 2 * i)], f"c{i}")]
        drawn += [text(102, 45 + 18 * i, name)]
    return drawn


def bars(tables, left, most):
    """Draw the CPU a page of the clients, so many pages at once; long bars are cut."""
    rows = tables[f"python, asyncio: pages of 50 contacts over loopback, {most} at once"]
    drawn = [text(left, 20, f"asyncio, CPU a page, {most} at once")]
    base = next(iter(rows.values()))
    for i, (name, ratio) in enumerate((row, time / base) for row, time in rows.items()):
        y, width = 50 + i * 48, min(ratio, 2.5) * 80
        drawn += [text(left, y, f"{name.split()[0]} {ratio:.2f}")]
        place = f'x="{left}" y="{y + 6}" width="{width:.0f}" height="14"'
        drawn += [f'<rect class="b{min(i, 1)}" {place}/>']
    return drawn


def main(source, target):
    tables = read_tables(source)
    drawn = [*walks(tables), *bars(tables, 400, 8), *bars(tables, 640, 64)]
    with open(target, "w") as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 370">\n')
        file.write(f"<style>{STYLE}</style>\n" + "\n".join(drawn) + "\n</svg>\n")


main(*sys.argv[1:])

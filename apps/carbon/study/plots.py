# SPDX-License-Identifier: BSD-3-Clause
"""Plots by gnuplot: NAME.csv, the script NAME.gp and the picture NAME.svg side by side."""

import base64
import csv
import html
import shutil
import subprocess

COLORS = ["#0b62a4", "#d1495b", "#2e8b57", "#c78a00", "#6a4c93", "#444444", "#0aa2a2", "#a0522d"]


class Plots:
    def __init__(self, folder):
        self.folder = folder
        self.gnuplot = shutil.which("gnuplot")
        folder.mkdir(parents=True, exist_ok=True)

    def draw(self, name, title, x_label, y_label, series, x_range=None, y_range=None, log="",
             points=()):
        """series: {name: [(x, y), ...]}; a name that ends in ' (test)' is dashed, names in `points`
        are dots. Returns HTML."""
        table, script = self.folder / f"{name}.csv", self.folder / f"{name}.gp"
        with open(table, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["series", "x", "y"])
            for key, values in series.items():
                writer.writerows([key, x, y] for x, y in values if y is not None)
        lines = []
        color_of = {}
        for key in series:
            stem = key.removesuffix(" (test)")
            color = color_of.setdefault(stem, COLORS[len(color_of) % len(COLORS)])
            style = (f"with points pt 7 ps 0.35 lc rgb '{color}'" if key in points else
                     f"with lines lw 1.6 lc rgb '{color}'" + (" dt 2" if key != stem else ""))
            lines.append(f"  '{name}.csv' using (strcol(1) eq '{key}' ? $2 : 1/0):3 "
                         f"{style} title '{key}'")
        script.write_text(
            f"# gnuplot {name}.gp\n"
            f"set terminal svg size 520,350 font 'sans-serif,11' background rgb 'white'\n"
            f"set output '{name}.svg'\n"
            f"set datafile separator ','\n"
            f"set title \"{title}\"\nset xlabel \"{x_label}\"\nset ylabel \"{y_label}\"\n"
            + (f"set logscale {log}\nset format {log[-1]} '%.0e'\n" if log else "")
            + (f"set xrange [{x_range}]\n" if x_range else "")
            + (f"set yrange [{y_range}]\n" if y_range else "")
            + "set grid lc rgb '#dddddd'\nset key noenhanced font ',9' samplen 2\n"
            + "plot \\\n" + ", \\\n".join(lines) + "\n")
        picture = self.folder / f"{name}.svg"
        if self.gnuplot:
            done = subprocess.run([self.gnuplot, script.name], cwd=self.folder,
                                  capture_output=True, text=True)
            if done.returncode == 0 and picture.exists():
                data = base64.b64encode(picture.read_bytes()).decode()
                return (f"<img alt='{html.escape(title)}' "
                        f"src='data:image/svg+xml;base64,{data}'>")
            return f"<p>gnuplot failed on plots/{name}.gp: {html.escape(done.stderr[:300])}</p>"
        return f"<p>no gnuplot here: plots/{name}.gp draws plots/{name}.csv</p>"

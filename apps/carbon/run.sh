#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The body-order study of "Convergence of body-orders in linear atomic cluster expansions" (Tan,
# Pellegrini, de Gironcoli 2025) on the bundled carbon data, and on carbon-crystals where present:
#
#   bash apps/carbon/run.sh OUTDIR [--quick] [N ...]
#
# writes OUTDIR/report.html, OUTDIR/summary (a page of Markdown with its figures), OUTDIR/results.json and every input, table and
# potential on the way.
# --quick mixes dimers into the cells in two fractions instead of seven and leaves out the largest made data set. N ... are
# the sizes of the made data sets, whose two-body part is known (default: 100 1000 10000).
# KOLACE names the program (default: the newest build of this folder, built if there is none);
# CRYSTALS names carbon-crystals.extxyz (default: carbon-crystals/ in the folder KOLACE_FURTHER_DATA, if that is set).
set -euo pipefail
out=$(realpath -m "${1:?usage: run.sh OUTDIR [--quick] [N ...]}")
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${KOLACE:-}
if [ -z "$program" ]; then
  newest() { ls -t "$root"/build/*/apps/kolace 2>/dev/null | sed -n 1p || true; }
  program=$(newest)
  if [ -z "$program" ]; then
    bash "$root/cmake/bootstrap.sh" build
    program=$(newest)
  fi
fi
crystals=${CRYSTALS:-${KOLACE_FURTHER_DATA:+$KOLACE_FURTHER_DATA/carbon-crystals/carbon-crystals.extxyz}}
exec python3 "$here/study/main.py" "$program" "$here/data" "$crystals" "$out" "${@:2}"

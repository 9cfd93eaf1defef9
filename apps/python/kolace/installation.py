# SPDX-License-Identifier: BSD-3-Clause
"""Versions and settings of this installation."""
from __future__ import annotations

import os
import platform
import sys

from . import _kolace


def doctor() -> dict[str, object]:
    """Versions, execution spaces and threads."""
    report: dict[str, object] = dict(_kolace.build_info())
    report["python"] = platform.python_version()
    report["platform"] = platform.platform()
    report["module"] = _kolace.__file__
    for name in ("numpy", "ase"):
        try:
            report[name] = __import__(name).__version__
        except ImportError:
            report[name] = "missing: pip install " + name
    report["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", "not set")
    return report


def main() -> int:
    for key, value in doctor().items():
        print(f"{key:16} {', '.join(value) if isinstance(value, list) else value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

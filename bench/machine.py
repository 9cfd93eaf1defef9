# SPDX-License-Identifier: BSD-3-Clause
"""What results of benchmarks say about the machine: no names and no paths."""
import pathlib
import platform
import time


def described(threads):
    """Date, processor, vector instructions and number of threads, as bench/tables.py reads them."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    processor = next((line.split(":")[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")),
                     platform.processor())
    return {"date": time.strftime("%Y-%m-%d"), "processor": processor,
            "vectors": "AVX-512" if "avx512f" in cpuinfo else "AVX2" if "avx2" in cpuinfo else "", "threads": threads}

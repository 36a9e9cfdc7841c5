"""The workload csv_read for pandas: python csv_read.py NAME [SECONDS]

Prints the median time of a reading in milliseconds and the peak resident size in MB. The file is the
one that workloads/csv_read.lua wrote.
"""

import os
import sys
import time

import pandas

path = os.path.join(os.environ.get("TMPDIR", "/tmp"), "nightjar_bench.csv")
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
samples, start = [], time.perf_counter()
while time.perf_counter() - start <= seconds or len(samples) < 5:
    before = time.perf_counter()
    frame = pandas.read_csv(path)
    samples.append(time.perf_counter() - before)
    assert frame.shape == (1_000_000, 20)
samples.sort()
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(f"{samples[(len(samples) - 1) // 2] * 1000:.5f} {peak / 1024:.1f}")

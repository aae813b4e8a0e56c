"""Runs a command; writes into a file how it ended, its seconds on the wall, its peak of memory in kB, its CPU seconds.

    python -SE launch.py FILE COMMAND...

A process of its own, and a small one: to the peak of a new process Linux adds that of the one that it was forked from,
which in a benchmark has libraries loaded.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

told, *command = sys.argv[1:]
begun = time.perf_counter()
process = subprocess.Popen(command)
_, status, used = os.wait4(process.pid, 0)
wall = time.perf_counter() - begun
found = [os.waitstatus_to_exitcode(status), wall, used.ru_maxrss, used.ru_utime + used.ru_stime]
Path(told).write_text(json.dumps(found), encoding="utf-8")

"""Side-by-side measurements: Scoreline against what people would write or use instead.

`python -m benchmarks` measures the goals of speed and prints them as one table; each benchmark is also a command of
its own (`python -m benchmarks.against_sql --size M --runs 5`). What they need beside `dev` is the extra `bench`.
"""

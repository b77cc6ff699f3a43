# The same questions in SQL. Usage: python3 with_duckdb.py country|users LOG OUT THREADS

import json
import os
import resource
import sys

import duckdb

what, log, out, threads = sys.argv[1:5]
db = duckdb.connect(out)
db.execute(f"set threads = {int(threads)}")
columns = "{id: 'BIGINT', ts: 'BIGINT', user: 'VARCHAR', country: 'VARCHAR', amount: 'DOUBLE'}"
events = f"read_json('{log}/events/*/*.json', format = 'newline_delimited', columns = {columns})"
if what == "country":
    query = f"select ts // 3600000 as hour, country, count(*) as n, sum(amount) as s from {events} group by all"
else:
    query = f"select \"user\", count(*) as n, sum(amount) as s, max(amount) as m from {events} group by all"
db.execute(f"create table result as {query} order by all")
rows = db.execute("select count(*), sum(n) from result").fetchone()
db.close()
usage = os.environ.get("LYREBIRD_BENCH_USAGE")
if usage is not None:
    with open(usage, "w") as file:
        json.dump({"rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": rows}, file)

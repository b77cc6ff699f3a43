# The same questions in SQL. Usage: python3 with_duckdb.py country|users|pages|sessions LOG OUT THREADS

import json
import os
import resource
import sys

import duckdb

what, log, out, threads = sys.argv[1:5]
db = duckdb.connect(out)
db.execute(f"set threads = {int(threads)}")
columns = "{id: 'BIGINT', ts: 'BIGINT', user: 'VARCHAR', country: 'VARCHAR', page: 'VARCHAR', amount: 'DOUBLE'}"
events = f"read_json('{log}/events/*/*.json', format = 'newline_delimited', columns = {columns})"
if what == "country":
    query = f"select ts // 3600000 as hour, country, count(*) as n, sum(amount) as s from {events} group by all"
elif what == "pages":
    panes = f"select ts // 300000 as pane, page, count(*) as p from {events} group by all"
    query = f"select pane - step as w, page, sum(p)::bigint as n from ({panes}), range(12) r(step) group by all"
elif what == "sessions":
    order = 'over (partition by "user" order by ts)'
    fresh = f'select "user", ts, coalesce(ts - lag(ts) {order} > 1800000, false)::int as f from {events}'
    numbered = f'select "user", ts, sum(f) {order} as s from ({fresh})'
    query = f'select "user", min(ts) as first, max(ts) as last, count(*) as n from ({numbered}) group by "user", s'
else:
    query = f"select \"user\", count(*) as n, sum(amount) as s, max(amount) as m from {events} group by all"
db.execute(f"create table result as {query} order by all")
rows = db.execute("select count(*), sum(n) from result").fetchone()
db.close()
usage = os.environ.get("LYREBIRD_BENCH_USAGE")
if usage is not None:
    with open(usage, "w") as file:
        json.dump({"rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": rows}, file)

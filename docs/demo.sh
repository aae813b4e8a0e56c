#!/bin/sh
# What `make demo` shows, from the folder of the checkout. Each command is printed before it runs.
set -eu

bold() { if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$1"; else printf '%s\n' "$1"; fi; }
step() { printf '\n'; bold "── $1"; printf '\n'; }
show() { bold "\$ $*"; "$@"; }
best() { scoreline run "$@" --only account --top 1 --format csv 2>/dev/null | sed -n '2s/,.*//p'; }

people=demo/abm
rm -rf demo

step "1. Made-up companies, people and a year of what they did; the intent scores are real (Bombora's public sample)"
show scoreline init "$people" --demo-data --accounts 300 --until 2026-03-01

step "2. Who is ready? Accounts and leads scored and staged by the ruleset abm"
show scoreline run abm --data "$people" --as-of 2026-03-01 --top 8

step "3. Everything as files, with every point of every line"
show scoreline run abm --data "$people" --as-of 2026-03-01 --out demo/results --format csv --contributions

step "4. Why is this account marketing qualified?"
qualified=$(best abm --data "$people" --as-of 2026-03-01 --stage MQA)
show scoreline explain abm "$qualified" --data "$people" --as-of 2026-03-01 --depth 3

step "5. Real events: two hours of GitHub, scored by the ruleset open-source"
real=rulesets/open-source/data
show scoreline run open-source --data "$real" --as-of latest --only account --top 8
top=$(best open-source --data "$real" --as-of latest)
show scoreline explain open-source "$top" --data "$real" --as-of latest --depth 3

step "6. A site for sales and marketing, which opens from disk: the funnel, every account with its reasons, the model"
show scoreline report abm --data "$people" --as-of 2026-03-01 --history none --out demo/site

step "7. Is a model any good? Real deals of a software company, each scored without its outcome"
show scoreline backtest b2b-opportunities --won "account.status == 'Won'" --quick

step "Next"
echo "demo/site/index.html        open it in a browser"
echo "scoreline init my-rules     a small ruleset of your own, with tests and data that run at once"
echo "rulesets/abm/README.md      what the rules of the first part say"
echo "make test                   all tests"

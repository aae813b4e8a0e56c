"""Scoreline from Python, cell by cell: open it as a notebook in an editor that knows `# %%`, or just run it.

It scores the made-up companies of the starter ruleset, looks at the results as frames, asks why, and tries a change.
"""

# %% A ruleset: a folder, a file, or one that ships. Errors raise, with every finding and its place.
import scoreline

rules = scoreline.load("starter")
print(f"{rules.name} {rules.version}, {len(rules.diagnostics)} findings, fingerprint {rules.fingerprint[:15]}…")

try:
    scoreline.load("starter", params={"ready_for_sale": 50})
except scoreline.RulesetError as error:
    for finding in error.diagnostics:
        print(f"{finding.code}: {finding.message}; {finding.hint}")

# %% Data: a folder, a mapping of plain dicts, or Arrow, pandas and polars frames. An instant, always.
data = rules.path / "data"
results = rules.score(data, as_of="2026-03-01")
print(results)
print(f"{results.counts.events} events of {results.counts.contacts} contacts at {results.counts.accounts} accounts")

# %% Results are typed tables: dicts when iterated, frames when asked.
for account in results.accounts:
    print(f"{account['id']:16} {account['stage'] or '–':4} {account['readiness']:8.4f}")

leads = results.leads.to_pandas()
print(leads.sort_values("engagement", ascending=False).head(3)[["id", "fit", "engagement", "stage"]])

# %% Every point is accounted for: per entity and score, the contributions add up exactly.
contributions = results.contributions.to_pandas()
totals = contributions.groupby(["level", "id", "score"])["points"].sum().round(4)
for lead in results.leads:
    if ("lead", lead["id"], "engagement") in totals:
        assert totals["lead", lead["id"], "engagement"] == lead["engagement"]

# %% Why? The explanation is data; `summary` is its sentence.
why = rules.explain("alder-works", data, as_of="2026-03-01")
print(why.summary)
for line in why.lines():
    print(f"{line.total:+9.4f}  {line.id}: {line.text}")

# %% What if? A param for one run; the same people, another past date.
strict = rules.score(data, as_of="2026-03-01", params={"ready_for_sales": 90})
before = {account["id"]: account["stage"] for account in results.accounts}
changed = {account["id"] for account in strict.accounts if account["stage"] != before[account["id"]]}
print(f"with a threshold of 90 these change their stage: {', '.join(sorted(changed))}")

a_week_ago = rules.score(data, as_of="2026-02-22")
print({account["id"]: account["readiness"] for account in a_week_ago.accounts})

"use strict";
// The first page: how many are where, how that changed, how the scores are distributed.

(() => {
  const { h, href, site, levels, chart, number, plural, share, day, shortDay, stageName, colour, chip, spoken, capital } = scoreline;
  const NOUNS = { account: "account", lead: "person" };
  const PAGES = { account: "accounts", lead: "people" };
  const nouns = (level) => (level === "account" ? "accounts" : "people");

  scoreline.pages.overview = () => {
    const staged = ["account", "lead"].filter((level) => levels[level].stages.length && levels[level].count);
    const scored = ["account", "lead"].filter((level) => levels[level].scores.length && levels[level].count);
    const main = staged[0] ?? "account";
    return {
      title: "Overview",
      content: [
        heading(), tiles(main),
        scoreline.sinceLastWeek(), scoreline.furthest(),
        staged.map((level) => h("div.pair", funnel(level), population(level))),
        site.past?.at.length > 2 && staged.length ? h("div.pair", moves(main), scoreline.movedEarlier()) : null,
        scored.map(distributions), drivers(), data(),
      ],
    };
  };

  function heading() {
    const { name, version, owner, description } = site.ruleset;
    return h("div.heading", h("h1", `${name}${version ? ` ${version}` : ""}`),
      h("p.lead", description), h("p.how", `As of ${day(site.seconds)} (${site.zone})`, owner ? ` · owner ${owner}` : ""),
      levels[site.first[0]].count ? null : h("p.doubt", `These rules score ${nouns(site.first[0])}, and the data have none.`));
  }

  // --- tiles ---------------------------------------------------------------------------------------------------------

  function tiles(level) {
    const counts = countsOf(level);
    const { stages } = levels[level];
    const tops = stages.map((_, place) => place).slice(-2).reverse();
    return h("dl.tiles",
      tops.map((place) => tile(stages[place].label, counts.get(place) ?? 0, `${nouns(level)} at ${stages[place].name}`, changesOf(level, place, counts.get(place) ?? 0),
        href(PAGES[level], [], { stage: stages[place].name }))),
      levels.account.count ? tile("Accounts", levels.account.count, "scored", null, href("accounts")) : null,
      levels.lead.count ? tile("People", levels.lead.count, "scored", null, href("people")) : null,
      site.counts.read ? tile("Events", site.counts.events, "counted by the rules", null, null) : null);
  }

  function tile(title, count, what, changes, where) {
    return h("div.tile", h("dt", where ? h("a", { href: where }, title) : title), h("dd", h("b", number(count)), h("span.how", what),
      (changes ?? []).map(([change, since]) => h(`span.change.${change > 0 ? "good" : change < 0 ? "bad" : "plain"}`, change === 0 ? `as ${since === "since last week" ? "last week" : "4 weeks ago"}` : `${scoreline.signed(change)} ${since}`))));
  }

  /** How many more are at a stage than a week and four weeks ago, as far as the history goes back. */
  function changesOf(level, place, count) {
    return [[1, "since last week"], [4, "in 4 weeks"]].filter(([weeks]) => site.past && site.past.at.length > weeks).map(([weeks, since]) => {
      const week = site.past.at.length - 1 - weeks;
      const [, , before] = site.past[level].population.find(([at, where]) => at === week && where === place) ?? [0, 0, 0];
      return [count - before, since];
    });
  }

  /** How many are at each stage, by its number. */
  function countsOf(level) {
    const found = new Map();
    for (const [name, reason, n] of levels[level].at) {
      const place = scoreline.stage(level, name, reason);
      found.set(place, (found.get(place) ?? 0) + n);
    }
    return found;
  }

  // --- the funnel ----------------------------------------------------------------------------------------------------

  function funnel(level) {
    const { stages, count } = levels[level];
    const counts = countsOf(level);
    let beyond = 0;
    const rows = stages.map((stage, place) => ({ stage, place, n: counts.get(place) ?? 0 })).reverse()
      .map((row) => ({ ...row, beyond: (beyond += row.n) })).reverse();
    const most = Math.max(1, ...rows.map((row) => row.beyond));
    const rest = [[-1, "Below the first"], [stages.length, "Disqualified"]].filter(([place]) => counts.get(place));
    return h("section.card", h("h2", `${capital(nouns(level))} by stage`),
      h("table.funnel", h("thead.quiet", h("tr", h("th", { scope: "col" }, "Stage"), h("th", { scope: "col" }, "There, and beyond"), h("th.right", { scope: "col" }, "There"), h("th.right", { scope: "col" }, "This far"))),
        h("tbody",
          rows.map(({ stage, place, n, beyond: far }) => h("tr",
            h("th", { scope: "row" }, h("a", { href: href(PAGES[level], [], { stage: stage.name }) }, chip(level, place)), h("span.label", stage.label)),
            h("td", h("span.funnelbar", { "--far": `${(far / most) * 100}%`, "--here": `${(n / most) * 100}%`, "--c": colour(level, place), "aria-hidden": "true" }, h("i"), h("b"))),
            h("td.right", number(n)), h("td.right.how", share(far, count)))),
          rest.map(([place, name]) => h("tr.rest", h("th", { scope: "row" }, h("a", { href: href(PAGES[level], [], { stage: stageName(level, place) }) }, chip(level, place)), h("span.label", name)),
            h("td"), h("td.right", number(counts.get(place))), h("td.right.how", share(counts.get(place), count)))))),
      reasons(level));
  }

  function reasons(level) {
    const found = levels[level].at.filter(([, reason]) => reason !== null);
    if (!found.length) return null;
    const sums = new Map();
    for (const [, reason, n] of found) sums.set(reason, (sums.get(reason) ?? 0) + n);
    return h("p.how", "Disqualified: ", [...sums].sort((a, b) => b[1] - a[1]).map(([reason, n]) => `${reason} ${number(n)}`).join(", "), ".");
  }

  // --- over the weeks ------------------------------------------------------------------------------------------------

  function population(level) {
    if (!site.past || site.past.at.length < 2) return null;
    if (site.past.at.length < 3) return onlyLastWeek(level);
    const { stages } = levels[level];
    const found = new Map(site.past[level].population.map(([week, place, n]) => [`${week} ${place}`, n]));
    const places = stages.map((_, place) => place).filter((place) => site.past[level].population.some((row) => row[1] === place));
    const rows = site.past.at.flatMap((at, week) => places.map((place) => ({ at: scoreline.date(at), place, n: found.get(`${week} ${place}`) ?? 0 })));
    return h("section.card", h("h2", `${capital(nouns(level))} over the weeks`), !places.length ? h("p.empty", "Nobody was at a stage in these weeks.") : chart({
      label: `How many ${nouns(level)} were at each stage, week by week`,
      legend: places.map((place) => [stageName(level, place), colour(level, place)]),
      table: { columns: ["Day", ...places.map((place) => stageName(level, place))],
        rows: () => site.past.at.map((at, week) => [day(at), ...places.map((place) => number(found.get(`${week} ${place}`) ?? 0))]) },
      options: (width) => ({
        height: 250, marginLeft: 46, marginBottom: 26,
        x: { type: "utc", label: null, ticks: Math.max(3, Math.floor(width / 110)), tickFormat: (date) => shortDay(date / 1000) },
        y: { label: null, grid: true, ticks: scoreline.wholes(site.past.at.map((_, week) => places.reduce((sum, place) => sum + (found.get(`${week} ${place}`) ?? 0), 0)), 5), tickFormat: number }, color: { type: "ordinal", domain: places, range: places.map((place) => colour(level, place)) },
        marks: [
          Plot.areaY(rows, Plot.stackY({ order: places }, { x: "at", y: "n", z: "place", fill: "place" })),
          Plot.ruleY([0], { stroke: "var(--line-strong)" }),
          Plot.tip(rows, Plot.pointerX(Plot.stackY({ order: places }, { x: "at", y: "n", z: "place", title: ({ at, place, n }) => `${stageName(level, place)}: ${n}\n${day(at / 1000)}` }))),
        ],
      }),
    }));
  }

  function onlyLastWeek(level) {
    if (!site.past.is_cut) return null;
    return h("section.card", h("h2", `${capital(nouns(level))} over the weeks`),
      h("p.how", "There is much data, so that only last week was scored beside today. Made with ", h("code", "--history 26"), ", this site shows the last 26 weeks."));
  }

  function moves(level) {
    const found = site.past[level].moves;
    const out = levels[level].stages.length;
    const isUp = ([, before, now]) => now !== out && (before === out || now > before);
    const weeks = site.past.at.slice(1).map((at, i) => {
      const here = found.filter(([week]) => week === i + 1);
      const sum = (rows) => rows.reduce((all, row) => all + row[3], 0);
      return { at, up: sum(here.filter(isUp)), down: sum(here.filter((row) => !isUp(row))) };
    });
    const rows = weeks.flatMap(({ at, up, down }) => [{ at, n: up, way: "up" }, { at, n: -down, way: "down" }]);
    return h("section.card", h("h2", "Stage moves"), !found.length ? h("p.empty", "Nobody moved in these weeks.") : chart({
      label: `How many ${nouns(level)} moved up and down, week by week`,
      legend: [["moved up", "var(--good)"], ["moved down or out", "var(--bad)"]],
      table: { columns: ["Week to", "Up", "Down or out"], rows: () => weeks.map(({ at, up, down }) => [day(at), number(up), number(down)]) },
      options: (width) => ({
        height: 220, marginLeft: 46, marginBottom: 26,
        x: { type: "band", label: null, tickSize: 0, padding: 0.2, tickFormat: shortDay,
          ticks: weeks.map(({ at }) => at).filter((_, i) => (weeks.length - 1 - i) % Math.ceil(weeks.length / Math.max(2, width / 90)) === 0) },
        y: { label: null, grid: true, ticks: scoreline.wholes(rows.map(({ n }) => n), 5), tickFormat: (n) => number(Math.abs(n)) },
        marks: [
          Plot.barY(rows, { x: "at", y: "n", fill: ({ way }) => (way === "up" ? "var(--good)" : "var(--bad)"), rx: 2,
            title: ({ at, n, way }) => `${number(Math.abs(n))} moved ${way} in the week to ${day(at)}` }),
          Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        ],
      }),
    }));
  }

  // --- distributions -------------------------------------------------------------------------------------------------

  function distributions(level) {
    const { scores, distributions: found } = levels[level];
    return h("section.card", h("h2", `Scores of ${nouns(level)}`), h("div.small-charts", scores.map((score, i) => distribution(level, score, found[i]))));
  }

  function distribution(level, score, { start, width: step, counts, zero }) {
    const rows = counts.map((n, i) => ({ from: start + i * step, to: start + (i + 1) * step, n }));
    const nobody = counts.every((n) => n === 0);
    return h("div.small-chart", h("h3", capital(spoken(score.name))),
      nobody ? h("p.empty", "Nobody has points.") : chart({
        label: `Distribution of ${spoken(score.name)}: how many ${nouns(level)} have which score`,
        table: { columns: ["Score", capital(nouns(level))], rows: () => [["0", number(zero)], ...rows.map(({ from, to, n }) => [`${number(from)} – ${number(to)}`, number(n)])] },
        options: () => ({
          height: 150, marginLeft: 42, marginBottom: 24, marginTop: 10,
          x: { label: null, ticks: 5 }, y: { label: null, grid: true, ticks: scoreline.wholes(rows.map(({ n }) => n), 3), tickFormat: number },
          marks: [
            Plot.rectY(rows, { x1: "from", x2: "to", y: "n", fill: "var(--accent)", insetLeft: 1, insetRight: 1, rx: 2,
              title: ({ from, to, n }) => `${plural(n, NOUNS[level], nouns(level))} from ${number(from)} to ${number(to)}` }),
            Plot.ruleY([0], { stroke: "var(--line-strong)" }),
          ],
        }),
      }),
      h("p.how", zero && !nobody ? `${number(zero)} with 0 are not in the picture.` : ""));
  }

  // --- what gives the points -----------------------------------------------------------------------------------------

  function drivers() {
    const level = levels.account.scores.length ? "account" : "lead";
    const place = levels[level].main;
    if (place === null) return null;
    const rows = scoreline.ruleShares(level, levels[level].scores[place].name).slice(0, 8);
    if (!rows.length) return null;
    const most = Math.max(...rows.map(({ share: part }) => part));
    return h("section.card", h("h2", `What makes up ${spoken(levels[level].scores[place].name)}`),
      h("div.wide", h("table", h("thead", h("tr", h("th", { scope: "col" }, "Rule"), h("th", { scope: "col", colspan: 2 }, "Share of all points given or taken"), h("th.right", { scope: "col" }, "Fires for"))),
        h("tbody", rows.map(({ rule, share: part, points, n }) => h("tr", h("td", h("a.rule", { href: href("model", [rule.anchor]) }, rule.title)),
          h("td.grow", scoreline.bar(part, most, points < 0 ? "bad" : "")), h("td.right", `${points < 0 ? "−" : ""}${share(part, 1)}`), h("td.right.how", share(n, levels[level].count))))))),
      h("p.more", h("a", { href: href("model") }, "All rules in words")));
  }

  function data() {
    const { read, duplicates, ignored, rejected, after_as_of: later } = site.counts;
    const apart = [[duplicates, "read twice"], [rejected, "not readable"], [later, "after this instant"], [ignored, "ignored by the rules"]].filter(([n]) => n);
    if (!read) return null;
    return h("section.card", h("h2", "The data"), h("p", `${plural(read, "event")} read`, apart.length ? `, of these ${apart.map(([n, what]) => `${number(n)} ${what}`).join(", ")}.` : "."),
      site.ignored.length ? h("ul.plain", site.ignored.map(([reason, n]) => h("li", h("b", number(n)), " ", h("code", reason)))) : null);
  }
})();

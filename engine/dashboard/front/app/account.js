"use strict";
// The page of an account: where it stands and why, its committee, how it went, what happened.

(() => {
  const { h, href, site, levels, load, brief, chip, chart, bar, number, signedFew, day, shortDay, spoken, capital, value, colour, stageName } = scoreline;

  const TELLING = ["domain", "website", "industry", "segment", "city", "country", "region"];

  /** The document of an account, from the file that holds it: [rest, lines, people, events, weeks, history, told, moves]. */
  async function documentOf(id) {
    const rows = await load("accounts");
    const place = rows.findIndex((row) => row[0] === id);
    if (place < 0) return null;
    const { accounts: starts } = site.shards;
    const shard = starts.findLastIndex((start) => start <= place);
    const found = (await load(`a${shard}`))[place - starts[shard]];
    const row = scoreline.accountRow(rows[place]);
    return { row, ...opened(found), history: weekly(row, found[5]), told: found[6], moves: found[7] };
  }

  function opened([rest, lines, people, events, weeks]) {
    const known = people.map(person);
    return { parts: rest?.[0] ?? null, facts: rest?.[1] ?? null, lines, people: known, events: scoreline.eventsOf(events, known), weeks };
  }

  function person([id, name, results, rest, lines, steps, told, moves]) {
    const found = brief("lead", results);
    return { id, name, brief: found, parts: rest?.[0] ?? null, facts: rest?.[1] ?? null, lines, history: weekly(found, steps), told, moves };
  }

  /** Weeks, stages and a list for each score: the data have only the weeks where anything changed. */
  function weekly({ place, scores }, steps) {
    if (!site.past) return null;
    const known = new Map((steps ?? [[0, place, ...scores]]).map(([week, ...values]) => [week, values]));
    const lists = [[], ...[place, ...scores].map(() => [])];
    let values = null;
    for (let week = 0; week < site.past.at.length; week++) {
      values = known.get(week) ?? values;
      if (values) [week, ...values].forEach((value, i) => lists[i].push(value));
    }
    return lists;
  }

  scoreline.pages.account = async ([id]) => {
    const found = await documentOf(id);
    if (!found) return missing("account", id, "accounts");
    const { row } = found;
    return {
      title: row.name ?? row.id,
      content: [
        h("nav.crumbs", { "aria-label": "Where this is" }, h("a", { href: href("accounts") }, "Accounts"), " / ", row.id),
        h("div.heading", h("h1", row.name ?? row.id, " ", levels.account.stages.length || row.reason !== null ? chip("account", row.place) : null), h("p.lead", inShort(found))),
        scoreTiles("account", row.scores, found.history),
        h("div.pair", h("div", scoreline.ladder("account", row, found.parts, scoreline.since("account", found), found.told), scoreline.whatNext("account", row.id, row, found.parts, found.lines, found.people, found.told), scoreline.stages("account", row.id, row, found), history("account", found.history), factsCard("account", found.facts, row)), scoreline.reasons("account", row.scores, found.lines, found.history)),
        scoreline.committee(row.id, found.people), peopleTable(row.id, found.people),
        scoreline.activity({ account: row.id, events: found.events, weeks: found.weeks, shown: site.events_shown[0], of: `of ${row.name ?? row.id}, and the newest of each of its people` }),
      ],
    };
  };

  /** What one would say of a company in one breath, where the data know it. */
  function inShort({ facts }) {
    const { facts: names } = site;
    const at = (name) => names.account.findIndex(([each]) => each === name);
    return TELLING.map((name) => facts?.[at(name)]).filter((found) => typeof found === "string").join(" · ");
  }

  /** The scores as numbers with their ranges, and how they changed in four weeks. */
  function scoreTiles(level, scores, past) {
    const { scores: names, main } = levels[level];
    if (!names.length) return null;
    const order = names.map((_, i) => i).sort((a, b) => (b === main) - (a === main));
    return h("dl.tiles", order.map((i) => {
      const { name, high } = names[i];
      const changes = [[1, "last week"], [4, "4 weeks ago"]].map(([weeks, when]) => change(past?.[2 + i], weeks, when));
      return h("div.tile", h("dt", capital(spoken(name))), h("dd", h("b", number(scores[i])), high ? h("span.how", `of ${number(high)}`) : null, high ? bar(scores[i], high, "wide") : null, changes));
    }));
  }

  /** How a series of weeks has changed, in words. */
  function change(series, weeks, when) {
    if (!series || series.length <= weeks) return null;
    const by = series.at(-1) - series.at(-1 - weeks);
    return Math.abs(by) < 0.05 ? h("span.change.plain", `as ${when}`) : h(`span.change.${by > 0 ? "good" : "bad"}`, `${signedFew(by)} since ${when}`);
  }

  /** How a score has changed within the last week, for a column of a table. */
  function byLastWeek(series) {
    if (series.length < 2) return "new";
    const by = series.at(-1) - series.at(-2);
    return Math.abs(by) < 0.05 ? "–" : h(`span.${by > 0 ? "good" : "bad"}`, signedFew(by));
  }

  /** Scores and stages, week by week. `past` is [weeks, stages, a list for each score]. */
  function history(level, past) {
    const { scores, main } = levels[level];
    if (!past || past[0].length < 3 || !scores.length) return null;
    const [weeks, places, ...series] = past;
    const rows = scores.flatMap(({ name }, i) => weeks.map((week, j) => ({ at: scoreline.date(site.past.at[week]), name: spoken(name), value: series[i][j], main: i === main })));
    const colours = ["var(--accent)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)"];
    const order = scores.map((_, i) => i).sort((a, b) => (b === main) - (a === main));
    const names = order.map((i) => spoken(scores[i].name));
    const spans = weeks.map((week, j) => ({ from: scoreline.date(site.past.at[week] - 3.5 * 86400), to: scoreline.date(site.past.at[week] + 3.5 * 86400), place: places[j], at: site.past.at[week] }));
    return h("section.card", h("h2", "Over the weeks"), chart({
      label: "Scores week by week, with the stage below",
      legend: names.map((name, i) => [name, colours[i % 6]]),
      table: { columns: ["Day", "Stage", ...scores.map(({ name }) => spoken(name))], rows: () => weeks.map((week, j) => [day(site.past.at[week]), stageName(level, places[j]), ...series.map((each) => number(each[j]))]) },
      options: (width) => ({
        height: 260, marginLeft: 40, marginBottom: 26,
        x: { type: "utc", label: null, ticks: Math.max(3, Math.floor(width / 110)), tickFormat: (date) => shortDay(date / 1000), domain: [spans[0].from, spans.at(-1).to] },
        y: { label: null, grid: true, nice: true, domain: [Math.min(0, ...rows.map(({ value: found }) => found)), Math.max(1, ...rows.map(({ value: found }) => found))], tickFormat: number },
        color: { domain: names, range: names.map((_, i) => colours[i % 6]) },
        marks: [
          Plot.ruleY([0], { stroke: "var(--line-strong)" }),
          Plot.line(rows, { x: "at", y: "value", stroke: "name", strokeWidth: ({ main: isMain }) => (isMain ? 2.6 : 1.4), curve: "monotone-x" }),
          Plot.tip(rows, Plot.pointerX({ x: "at", y: "value", title: ({ at, name, value: found }) => `${name}: ${number(found)}\n${day(at / 1000)}` })),
        ],
      }),
    }), stageStrip(level, spans));
  }

  /** The stage in each week, as a strip of colours with words where it changes. */
  function stageStrip(level, spans) {
    if (!levels[level].stages.length) return null;
    const groups = [];
    for (const span of spans) {
      if (groups.at(-1)?.place === span.place) groups.at(-1).weeks++;
      else groups.push({ place: span.place, at: span.at, weeks: 1 });
    }
    return h("ol.strip", { "aria-label": "Stages over the weeks" }, groups.map(({ place, at, weeks }) => h("li", { "--weeks": String(weeks), "--c": colour(level, place), title: `${stageName(level, place)} from ${day(at)}` }, hasRoom(stageName(level, place), weeks / spans.length) ? h("span", stageName(level, place)) : null)));
  }

  /** Whether a word can be read below its part of the strip, which is about 400 px wide, and 260 on a phone. */
  const hasRoom = (word, part) => word.length * 8 < part * (window.innerWidth < 600 ? 260 : 400);

  function peopleTable(account, people) {
    if (!levels.lead.count) return null;
    if (!people.length) return h("section.card", h("h2", "People"), h("p.empty", "The data name nobody who belongs to this account."));
    const { scores, grades, main } = levels.lead;
    const hasPast = main !== null && site.past?.at.length > 1;
    const sorted = [...people].sort((a, b) => (b.brief.reason === null) - (a.brief.reason === null) || (b.brief.scores[main] ?? 0) - (a.brief.scores[main] ?? 0));
    const shown = sorted.slice(0, 200);
    return h("section.card", h("h2", `People (${number(people.length)})`), h("div.wide", h("table",
      h("thead", h("tr", h("th", { scope: "col" }, "Person"), h("th", { scope: "col" }, "Role"), h("th", { scope: "col" }, "Stage"), scores.map(({ name }) => h("th.right", { scope: "col" }, capital(spoken(name)))), hasPast ? h("th.right", { scope: "col" }, scores.length > 1 ? `${capital(spoken(scores[main].name))} since last week` : "Since last week") : null, grades.map((name) => h("th", { scope: "col" }, capital(spoken(name)))))),
      h("tbody", shown.map(({ id, name, brief: found, history: past }) => h("tr", h("td", h("a.name", { href: href("person", [account, id]) }, name ?? id)), h("td", found.role ? spoken(found.role) : "–"),
        h("td", chip("lead", found.place)), found.scores.map((score) => h("td.right", number(score))), hasPast ? h("td.right", byLastWeek(past[2 + main])) : null, found.grades.map((grade) => h("td", grade ?? "–"))))))),
      people.length > shown.length ? h("p.how", `The first ${shown.length}; the others are on the page of all people.`) : null);
  }

  /** What the data say, and what the rules made of it. */
  function factsCard(level, facts, { measures, grades }) {
    const said = site.facts[level].map(([name, kind], i) => [name, value(facts?.[i], kind)]);
    const made = [...levels[level].grades.map((name, i) => [name, grades[i] ?? "–"]), ...levels[level].measures.map(({ name, kind }, i) => [name, value(measures[i], kind)])];
    if (!said.length && !made.length) return null;
    const list = (rows) => h("dl.facts", rows.map(([name, found]) => h("div", h("dt", capital(spoken(name))), h("dd", found))));
    return h("section.card.late", h("h2", "Facts"), list(said), made.length ? [h("h3", "Worked out by the rules"), list(made)] : null);
  }

  function missing(noun, id, page) {
    return { title: "Not here", content: [h("h1", "Not here"), h("p.lead", `There is no ${noun} `, h("b", id), " in this site."), h("p", h("a", { href: href(page) }, `All ${page}`))] };
  }

  Object.assign(scoreline, { accountDocument: documentOf, openedDocument: opened, scoreTiles, factsCard, weeksCard: history, missingPage: missing });
})();

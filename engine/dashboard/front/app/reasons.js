"use strict";
// Why a score is what it is: every line that gave or took points, as steps of a chart and as a table that adds up.

(() => {
  const { h, href, site, chart, plural, day, number, exactly, signed, said, spoken } = scoreline;

  /**
   * The entries of one score, in the order of their computation. `lines` are as the data have them: what one gave a
   * week before, and why it is different, is there only if it is; `points` are null where it gave points only then.
   */
  function entriesOf(lines, level, score) {
    return [...(lines ?? [])].sort(([a], [b]) => a - b)
      .map(([entry, points, events, first, last, was, why]) => ({ about: site.entries[entry], points, events, first, last, was: was ?? points, why }))
      .filter(({ about }) => about[0] === level && about[1] === score)
      .map((each) => ({ ...each, kind: each.about[2], rule: each.about[3] === null ? null : site.rules[each.about[3]][2] }));
  }

  /** What an entry is called. */
  function title({ kind, rule }) {
    const name = rule ? rule.title : "";
    if (kind === "cap") return `Limit of ${quoted(name)}`;
    if (kind === "clamp") return "Limits of the score";
    if (kind === "set") return `Set by ${quoted(name)}`;
    return name;
  }

  const quoted = (name) => `“${name}”`;

  /** The card of one level's scores, with a tab for each. */
  function reasons(level, scores, lines, past) {
    const names = site.levels[level].scores;
    if (!names.length) return null;
    const main = site.levels[level].main ?? 0;
    const order = names.map((_, place) => place).sort((a, b) => (b === main) - (a === main));
    const panel = h("div.panel", { role: "tabpanel" });
    const tabs = names.map(({ name }, place) => h("button", {
      type: "button", role: "tab", id: `tab-${place}`, onclick: () => show(place), onkeydown: (event) => turn(event, place),
    }, scoreline.capital(spoken(name)), " ", h("b", number(scores[place]))));
    show(main);
    return h("section.card", h("h2", "Why these scores"), h("div.tabs", { role: "tablist", "aria-label": "Scores" }, order.map((place) => tabs[place])), panel);

    function show(place) {
      tabs.forEach((tab, i) => {
        tab.setAttribute("aria-selected", i === place);
        tab.tabIndex = i === place ? 0 : -1;
      });
      panel.setAttribute("aria-labelledby", `tab-${place}`);
      const entries = entriesOf(lines, level, names[place].name);
      panel.replaceChildren(...explained(entries.filter(({ points }) => points !== null), names[place], scores[place]));
      const changed = changes(entries, past?.[2 + place]);
      if (changed) panel.append(changed);
    }

    function turn(event, place) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = order[(order.indexOf(place) + step + tabs.length) % tabs.length];
      show(next);
      tabs[next].focus();
    }
  }

  function explained(entries, score, total) {
    const counted = entries.filter(({ kind }) => kind === "line" || kind === "multiplier" || kind === "set");
    if (!counted.length) return [h("p.empty", `No rule of ${quoted(spoken(score.name))} gave points.`)];
    return [waterfall(entries, score, total), table(entries, total)];
  }

  // --- the chart -----------------------------------------------------------------------------------------------------

  function waterfall(entries, score, total) {
    let sum = 0;
    const steps = entries.filter(({ points }) => points).map((entry, place) => {
      const from = sum;
      sum += entry.points;
      const about = { place, name: title(entry), from, to: sum, points: entry.points };
      return { ...about, kind: entry.kind === "line" ? (entry.points > 0 ? "gain" : "loss") : "limit" };
    });
    steps.push({ place: steps.length, name: "Score", from: 0, to: total, points: total, kind: "sum" });
    const colours = { gain: "var(--good)", loss: "var(--bad)", limit: "var(--limit)", sum: "var(--accent)" };
    return chart({
      label: `How ${spoken(score.name)} comes to ${exactly(total)}: each rule in turn`,
      legend: [["gives", colours.gain], ["takes", colours.loss], ["limits and multipliers", colours.limit], ["score", colours.sum]]
        .filter((_, i) => steps.some(({ kind }) => kind === ["gain", "loss", "limit", "sum"][i])),
      options: (width) => {
        const room = Math.min(250, Math.round(width * 0.4));
        const most = Math.floor((room - 12) / 6.9);
        return {
          height: steps.length * 24 + 40, marginLeft: room, marginRight: 50, marginTop: 26, marginBottom: 6,
          x: { axis: "top", grid: true, nice: true, label: null, ticks: width < 500 ? 4 : 8, domain: domain(steps, score), tickFormat: number },
          y: { type: "band", domain: steps.map(({ place }) => place), label: null, tickSize: 0, padding: 0.28,
            tickFormat: (place) => short(steps[place].name, most) },
          marks: [
            Plot.ruleX([0], { stroke: "var(--line-strong)" }),
            Plot.barX(steps, { y: "place", x1: "from", x2: "to", fill: ({ kind }) => colours[kind], rx: 2,
              title: ({ name, points }) => `${name}: ${signed(points)}` }),
            Plot.tickX(steps.slice(0, -1), { y: "place", x: "to", stroke: "var(--muted)", strokeWidth: 1 }),
            Plot.text(steps, { y: "place", x: ({ from, to }) => Math.max(from, to), dx: 5, textAnchor: "start",
              fontWeight: ({ kind }) => (kind === "sum" ? 700 : 400),
              text: ({ kind, points }) => (kind === "sum" ? number(points) : scoreline.signedFew(points)) }),
          ],
        };
      },
    });
  }

  function domain(steps, { low, high }) {
    const ends = steps.flatMap(({ from, to }) => [from, to]);
    const [least, most] = [Math.min(0, low ?? 0, ...ends), Math.max(high ?? 0, ...ends)];
    return [least, most > least ? most : least + 1];
  }

  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  // --- the table -----------------------------------------------------------------------------------------------------

  function table(entries, total) {
    return h("div.wide", h("table.reasons",
      h("thead", h("tr", h("th.right", { scope: "col" }, "Points"), h("th", { scope: "col" }, "Why"), h("th", { scope: "col" }, "Events"))),
      h("tbody", entries.map(line)),
      h("tfoot", h("tr", h("td.right", h("b", exactly(total))), h("td", h("b", "Score")), h("td")))));
  }

  function line(entry) {
    const { rule, points, kind } = entry;
    const words = rule && rule.said.length && kind !== "cap" ? h("p.how", said(rule.said)) : null;
    const name = rule && rule.anchor ? h("a.rule", { href: href("model", [rule.anchor]) }, title(entry)) : title(entry);
    const tone = kind !== "line" ? "limit" : points < 0 ? "bad" : points > 0 ? "good" : "plain";
    return h("tr", h(`td.right.points.${tone}`, signed(points)), h("td", name, words), h("td.when", when(entry)));
  }

  function when({ events, first, last }) {
    if (!events) return "";
    const span = first === null ? "" : day(first) === day(last) ? day(last) : `${day(first)} – ${day(last)}`;
    return [plural(events, "event"), span ? h("span.dates", span) : null];
  }

  // --- since last week -----------------------------------------------------------------------------------------------

  const WHY = { came: "new events", left: "an event is too old now", faded: "fades with time" };

  /** Which lines give other points than a week before; `series` is the score by week. */
  function changes(entries, series) {
    if (!series || series.length < 2) return null;
    const [before, now] = series.slice(-2);
    const found = entries.filter(({ points, was }) => points !== was);
    const heading = h("h3", "Since last week");
    if (!found.length) return h("div.changes", heading, h("p.how", "Every line gives what it gave a week ago."));
    const by = now - before;
    const sum = Math.abs(by) < 0.00005 ? `It is ${exactly(now)}, as it was; its parts have changed.` : `From ${exactly(before)} to ${exactly(now)}: ${signed(by)}.`;
    return h("div.changes", heading, h("p.how", sum), h("div.wide", h("table.reasons",
      h("thead", h("tr", h("th.right", { scope: "col" }, "Change"), h("th", { scope: "col" }, "Line"), h("th", { scope: "col" }, "Then and now"))),
      h("tbody", found.sort((a, b) => Math.abs(b.points - b.was) - Math.abs(a.points - a.was)).map(change)))));
  }

  function change(entry) {
    const { rule, points, was } = entry;
    const name = rule && rule.anchor ? h("a.rule", { href: href("model", [rule.anchor]) }, title(entry)) : title(entry);
    const by = (points ?? 0) - was;
    const cause = whyChanged(entry);
    return h("tr", h(`td.right.points.${by > 0 ? "good" : "bad"}`, signed(by)), h("td", name, cause ? h("p.how", cause) : null),
      h("td.when", `${exactly(was)} → ${exactly(points ?? 0)}`));
  }

  /** What made the difference, as far as the events of a line tell. */
  function whyChanged({ kind, points, was, why }) {
    if (why) return WHY[why === "came" && Math.abs(points) < Math.abs(was) ? "faded" : why];
    if (kind !== "line" && kind !== "multiplier") return null;
    return !was ? "holds now" : !points ? "holds no more" : null;
  }

  Object.assign(scoreline, { reasons, entriesOf, entryTitle: title });
})();

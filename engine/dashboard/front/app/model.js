"use strict";
// The model in words: every rule, how often it fires, and its share of all points.

(() => {
  const { h, href, site, levels, load, bar, number, share, signedFew, said, spoken, capital } = scoreline;

  /** What each rule gave: how many have it, and the sum of its points after its own limits. */
  const given = (() => {
    const found = site.rules.map(() => ({ n: 0, points: 0 }));
    for (const [entry, n, points] of site.fired) {
      const [, , kind, rule] = site.entries[entry];
      if (rule === null) continue;
      found[rule].points += points;
      if (kind !== "cap") found[rule].n += n;
    }
    return found;
  })();

  /** The rules of a score with their share of all its points, the largest first. */
  scoreline.ruleShares = (level, score) => {
    const rows = site.rules.map(([of, name, rule], i) => ({ level: of, score: name, rule, ...given[i] }))
      .filter((row) => row.level === level && row.score === score && row.n);
    const whole = rows.reduce((sum, { points }) => sum + Math.abs(points), 0);
    return rows.map((row) => ({ ...row, share: whole ? Math.abs(row.points) / whole : 0 })).sort((a, b) => b.share - a.share);
  };

  scoreline.pages.model = async ([anchor]) => {
    const model = await load("model");
    const { name, version, owner, description } = site.ruleset;
    const content = [
      h("div.heading", h("h1", "The model"), h("p.lead", [`${name} ${version}`, owner ? `owner ${owner}` : "", model.summary].filter(Boolean).join(" · ")), h("p", description)),
      h("div.book", contents(model), h("div.sections", shares(), graph(), model.sections.map(section))),
    ];
    return { title: "The model", content, anchor };
  };

  function contents({ sections }) {
    const link = (anchor, title, depth) => h(depth ? "li.deep" : "li", h("a", { href: href("model", [anchor]) }, title));
    return h("nav.contents", { "aria-label": "Parts of the model" }, h("ul", link("shares", "What gives the points", 0), link("graph", "How it hangs together", 0), sections.map(({ title, anchor, depth }) => link(anchor, title, depth))));
  }

  function shares() {
    const tables = ["account", "lead"].flatMap((level) => levels[level].scores.map(({ name }) => shareTable(level, name)));
    return h("section.card", { id: "shares" }, h("h2", "What gives the points"),
      h("p.how", "The share of each rule in all points that its score gave or took, and for how many it fires. A rule that never fires is listed last."), tables);
  }

  function shareTable(level, score) {
    const rows = scoreline.ruleShares(level, score);
    const silent = site.rules.filter(([of, name, rule], i) => of === level && name === score && !given[i].n && rule.said.length).map(([, , rule]) => rule);
    const most = Math.max(0.0001, ...rows.map((row) => row.share));
    const count = levels[level].count;
    return h("details", { open: level === "account" && score === levels.account.scores[levels.account.main]?.name },
      h("summary", h("b", capital(spoken(score))), h("span.how", ` of ${level === "account" ? "accounts" : "people"}, ${rows.length + silent.length} rules`)),
      h("div.wide", h("table.shares", h("thead", h("tr", h("th", { scope: "col" }, "Rule"), h("th", { scope: "col", colspan: 2 }, "Share of points"), h("th.right", { scope: "col" }, "Points in all"), h("th.right", { scope: "col" }, "Fires for"))),
        h("tbody",
          rows.map(({ rule, share: part, points, n }) => h("tr", h("td", h("a.rule", { href: href("model", [rule.anchor]) }, rule.title)), h("td.grow", bar(part, most, points < 0 ? "bad" : "")), h("td.right", share(part, 1)), h("td.right", signedFew(points)), h("td.right", `${number(n)} · ${share(n, count)}`))),
          silent.map((rule) => h("tr.rest", h("td", h("a.rule", { href: href("model", [rule.anchor]) }, rule.title)), h("td"), h("td.right", "–"), h("td.right", "0"), h("td.right", "nobody")))))));
  }

  function graph() {
    return h("section.card", { id: "graph" }, h("h2", "How it hangs together"), h("p.how", "What each rule reads, from the data on the left to the stages on the right."),
      h("a.graph", { href: "graph.svg", title: "The graph on a page of its own" }, h("img", { src: "graph.svg", alt: "The evaluation graph: events and fields on the left, scores and stages on the right", loading: "lazy" })));
  }

  function section({ title, anchor, intro, entries, depth }) {
    return h(depth ? "section.card.deep" : "section.card", { id: anchor }, h(depth ? "h3" : "h2", title), intro.map((text) => h("p", said(text))), list(entries));
  }

  function list(entries) {
    return entries.length ? h("ul.rules", entries.map(entry)) : null;
  }

  function entry({ rule, id, title, worth, said: words, note, anchor, below }) {
    const stats = rule === null ? null : site.rules[rule];
    const fired = stats ? h("span.fired", given[rule].n ? `fires for ${number(given[rule].n)} (${share(given[rule].n, levels[stats[0]].count)})` : "fires for nobody") : null;
    return h("li", { id: anchor || null },
      h("div.line", worth ? h("span.worth", worth) : null, title ? h("b", title) : null, id ? h("code", id) : null, fired),
      h("p", said(words)), note ? h("p.note", note) : null, list(below));
  }
})();

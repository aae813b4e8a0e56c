"use strict";
// What a first look asks: who is furthest and what they lack, and what has changed since last week.

(() => {
  const { h, href, site, levels, chip, number, signedFew, day, shortDay, brief, spoken, capital, plural } = scoreline;
  const SHOWN = 6;
  const [level, first] = site.first;
  const { scores, stages, main } = levels[level];
  const noun = level === "account" ? "account" : "person";
  const nouns = level === "account" ? "accounts" : "people";
  const past = site.past && site.past.at.length > 1 ? site.past : null;

  /** A link to the page of one of them. */
  function named(id, name, owner) {
    return h("a.name", { href: level === "account" ? href("account", [id]) : href("person", [owner ?? "", id]) }, name ?? id);
  }

  // --- who is furthest -----------------------------------------------------------------------------------------------

  function furthest() {
    if (!first.length || (main === null && !stages.length)) return null;
    const columns = [capital(noun), stages.length && "Stage", main !== null && capital(spoken(scores[main].name)), main !== null && past && "Since last week", stages.length && "Missing for the next stage"].filter(Boolean);
    return h("section.card", h("h2", stages.length ? `The furthest ${nouns}` : `The ${nouns} with the most points`),
      h("div.wide", h("table.furthest", h("thead", h("tr", columns.map((title) => h("th", { scope: "col" }, title)))), h("tbody", first.map(line)))),
      h("p.more", h("a", { href: href(nouns) }, `All ${nouns}`)));
  }

  function line([id, name, results, owner, parts], i) {
    const found = brief(level, results);
    const score = main === null ? null : found.scores[main];
    const before = past?.[level].first[i];
    return h("tr", h("td", named(id, name, owner)), stages.length ? h("td", chip(level, found.place)) : null,
      main === null ? null : h("td", scored(score, scores[main].high)), main === null || !past ? null : h("td", change(score, before)),
      stages.length ? h("td.lacks", missing(found, parts)) : null);
  }

  function scored(score, high) {
    return high ? h("span.scored", scoreline.bar(score, high), number(score)) : number(score);
  }

  function missing(found, parts) {
    if (found.place === stages.length - 1) return h("span.how", "there is none");
    return scoreline.lacking(level, found, parts) ?? "–";
  }

  function change(score, before) {
    if (before === null || before === undefined) return h("span.how", "new");
    if (Math.abs(score - before) < 0.05) return h("span.how", "as it was");
    return h(`span.${score > before ? "good" : "bad"}`, signedFew(score - before));
  }

  // --- what has changed ----------------------------------------------------------------------------------------------

  const out = stages.length;
  const isUp = (before, now) => now !== out && (before === out || now > before);

  function sinceLastWeek() {
    if (!past || !levels[level].count) return null;
    const last = past.at.length - 1;
    const mine = past[level];
    const moved = (wanted) => h("ul.moved", mine.recent.filter(([week, , , , before, now]) => week === last && isUp(before, now) === wanted).slice(0, SHOWN).map((row) => move(row)));
    const count = (wanted) => mine.moves.filter(([week, before, now]) => week === last && isUp(before, now) === wanted).reduce((sum, [, , , n]) => sum + n, 0);
    const [up, down] = [count(true), count(false)];
    const heading = [h("h2", "Since last week"), h("p.how", `From ${day(past.at[last - 1])} to ${day(past.at[last])}.`)];
    if (!up && !down && !mine.rose.length && !mine.fell.length) return h("section.card", heading, h("p.empty", `Nothing changed for any ${noun}.`));
    return h("section.card", heading,
      h("div.news", stages.length ? [half("Moved up", up, moved(true)), half("Moved down or out", down, moved(false))] : null,
        main === null ? null : [changes("gained", mine.rose), changes("lost", mine.fell)]));
  }

  function half(title, count, content) {
    return h("div", h("h3", `${title} (${number(count)})`), count ? content : h("p.empty", `No ${noun}.`),
      count > content.childElementCount ? h("p.how", `and ${plural(count - content.childElementCount, "more", "more")}`) : null);
  }

  function move([, id, name, owner, before, now]) {
    return h("li", named(id, name, owner), h("span.step", chip(level, before), " → ", chip(level, now)));
  }

  function changes(title, rows) {
    const of = spoken(scores[main].name);
    return h("div", h("h3", `Most ${of} ${title}`), rows.length ? h("ul.moved", rows.slice(0, SHOWN).map(([id, name, owner, before, now]) => h("li", named(id, name, owner),
      h("span.step", h(`b.${now > before ? "good" : "bad"}`, signedFew(now - before)), h("span.how", ` ${number(before)} → ${number(now)}`))))) : h("p.empty", `No ${noun}.`));
  }

  /** The weeks before the last one. */
  function movedEarlier() {
    if (!past || !stages.length) return null;
    const last = past.at.length - 1;
    const found = past[level].recent.filter(([week]) => week < last);
    if (!found.length) return null;
    const list = (wanted, by) => {
      const rows = found.filter(([, , , , before, now]) => isUp(before, now) === wanted).sort((a, b) => b[by] - a[by] || b[0] - a[0]).slice(0, SHOWN);
      return rows.length ? h("ul.moved", rows.map(([week, id, name, owner, before, now]) => h("li", named(id, name, owner), h("span.step", chip(level, before), " → ", chip(level, now)), h("span.how", `week to ${shortDay(past.at[week])}`)))) : h("p.empty", `No ${noun}.`);
    };
    return h("section.card", h("h2", "In the three weeks before that"), h("h3", "Moved up"), list(true, 5), h("h3", "Moved down or out"), list(false, 4));
  }

  Object.assign(scoreline, { furthest, sinceLastWeek, movedEarlier });
})();

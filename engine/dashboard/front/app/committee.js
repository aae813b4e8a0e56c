"use strict";
// The buying committee: which roles the rules ask for, who of them is engaged, and where nobody is.

(() => {
  const { h, href, site, number, capital, spoken, plural } = scoreline;

  const COLUMNS = ["Engaged", "Some signs", "Silent"];

  /** People of an account by role and engagement. `people` are `{id, name, brief}`. */
  function committee(account, people) {
    const asked = site.committee;
    if (!asked || !people.length) return null;
    const score = scoreOf(asked);
    const known = people.filter(({ brief }) => brief.reason === null);
    const rows = [
      ...asked.roles.map(([role, weight]) => ({ role, weight, isAsked: asked.asked })),
      ...others(asked, known).map((role) => ({ role, weight: null, isAsked: false })),
    ].map((row) => ({ ...row, people: known.filter(({ brief }) => same(brief.role, row.role)) }));
    if (!rows.some((row) => row.isAsked || row.people.length)) return null;
    const cut = asked.cut === null ? "" : ` An engaged person has at least ${number(asked.cut)} points of ${spoken(asked.score)}.`;
    const missing = rows.filter((row) => row.isAsked && !row.people.some((person) => column(person, score) === 0));
    return h("section.card", h("h2", "Buying committee"),
      h("p.lead", summary(rows.filter(({ isAsked }) => isAsked), missing), h("span.how", cut)),
      h("div.wide", h("table.committee",
        h("thead", h("tr", h("th", { scope: "col" }, "Role"), COLUMNS.map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", rows.filter((row) => row.isAsked || row.people.length).map((row) => line(account, row, score))))));
  }

  /** The roles that the rules ask for where nobody is engaged. */
  function missingRoles(people) {
    const asked = site.committee;
    if (!asked?.asked) return [];
    const engaged = people.filter(({ brief }) => brief.reason === null && column({ brief }, scoreOf(asked)) === 0);
    return asked.roles.map(([role]) => role).filter((role) => !engaged.some(({ brief }) => same(brief.role, role)));
  }

  /** The place of the score by which people are engaged. */
  function scoreOf(asked) {
    const names = site.levels.lead.scores.map(({ name }) => name);
    return asked.score === null ? site.levels.lead.main ?? 0 : names.indexOf(asked.score);
  }

  /** 0 engaged, 1 some points, 2 silent. */
  function column({ brief }, score) {
    if (brief.engaged) return 0;
    const points = brief.scores[score] ?? 0;
    return site.committee.cut === null && points > 0 ? 0 : points > 0 ? 1 : 2;
  }

  const same = (a, b) => (a === null || b === null ? a === b : a.toLowerCase() === b.toLowerCase());

  /** Roles that the rules do not ask for, and people of whom no role is known. */
  function others(asked, people) {
    const listed = asked.roles.map(([role]) => role.toLowerCase());
    const met = people.map(({ brief }) => brief.role).filter((role) => role !== null && !listed.includes(role.toLowerCase()));
    const more = [...new Set([...asked.others.filter((role) => met.includes(role)), ...met])];
    return people.some(({ brief }) => brief.role === null) ? [...more, null] : more;
  }

  function summary(rows, missing) {
    if (!rows.length) return "Who is there, by role.";
    const there = rows.length - missing.length;
    if (!missing.length) return `All ${rows.length} roles of the committee are engaged.`;
    return [`${there} of ${plural(rows.length, "role")} engaged. Missing: `, h("b", missing.map(({ role }) => spoken(role)).join(", ")), "."];
  }

  function line(account, row, score) {
    const cells = [[], [], []];
    for (const person of row.people) cells[column(person, score)].push(person);
    const isMissing = row.isAsked && !cells[0].length;
    const weight = row.weight ? h("span.how", ` counts ${number(row.weight)}×`) : null;
    return h(isMissing ? "tr.missing" : "tr", h("th", { scope: "row" }, row.role === null ? "role unknown" : capital(spoken(row.role)), weight),
      cells.map((people, place) => h("td", { "data-title": COLUMNS[place] }, place === 0 && isMissing ? h("span.gap", "nobody yet") : null, faces(account, people, score, place))));
  }

  /** The people of a cell, the busiest first; of the silent ones only some are named. */
  function faces(account, people, score, place) {
    const most = place === 2 ? 4 : 12;
    const sorted = [...people].sort((a, b) => (b.brief.scores[score] ?? 0) - (a.brief.scores[score] ?? 0));
    const shown = sorted.slice(0, most).map((person) => h("a.face", { href: href("person", [account, person.id]) },
      called(person), place < 2 ? h("b", number(person.brief.scores[score])) : null));
    if (!people.length) return null;
    return h("div.faces", shown, people.length > most ? h("span.how", `and ${people.length - most} more`) : null);
  }

  /** A short name: of an address of e-mail what stands before the @. */
  function called({ id, name }) {
    return (name ?? id).replace(/@[^@]*$/, "");
  }

  Object.assign(scoreline, { committee, missingRoles });
})();

"use strict";
// The lists of accounts and of people: searched, sorted, chosen by stage, role, region …

(() => {
  const { h, href, site, levels, load, longTable, number, chip, brief, value, spoken, capital, stageName, bar } = scoreline;

  scoreline.pages.accounts = async () => {
    const rows = (await load("accounts")).map((row) => account(row));
    return { title: "Accounts", content: [h("h1", "Accounts"), longTable({
      page: "accounts", noun: "account", rows, columns: columnsOfAccounts(), sort: start("account"),
      text: (row) => [row.id, row.name ?? "", ...row.facets.map((each) => String(each ?? ""))].join(" "),
      filters: [stages("account"), ...site.facets.map((name, i) => facet(name, rows, (row) => row.facets[i]))],
      empty: "There are no accounts in these data.",
    })] };
  };

  scoreline.pages.people = async () => {
    const rows = (await load("people")).map(([id, name, results, owner]) => ({ id, name, owner, ...brief("lead", results) }));
    const left = levels.lead.count - rows.length;
    return { title: "People", content: [h("h1", "People"),
      left > 0 ? h("p.how", `The ${number(rows.length)} most advanced of ${number(levels.lead.count)} people; all others are on the pages of their accounts.`) : null,
      longTable({
        page: "people", noun: "person", nouns: "people", rows, columns: columnsOfPeople(rows), sort: start("lead"),
        text: (row) => [row.id, row.name ?? "", row.owner ?? "", row.role ?? ""].join(" "),
        filters: [stages("lead"), ...(rows.some(({ role }) => role) ? [facet("role", rows, (row) => row.role)] : [])],
        empty: "There are no people in these data.",
      })] };
  };

  function account([id, name, results, people, engaged, facets]) {
    return { id, name, people, engagedPeople: engaged, facets: facets ?? [], ...brief("account", results) };
  }

  /** The main score first, else the id. */
  const start = (level) => (levels[level].main === null ? "id.up" : `score${levels[level].main}.down`);

  function stages(level) {
    const { stages: found } = levels[level];
    const options = [...found.map((stage) => [stage.name, `${stage.name} – ${stage.label}`]), ["no stage", "below the first"], ["disqualified", "disqualified"]];
    return { key: "stage", title: "Stage", options: found.length ? options : options.slice(-1), test: (row, wanted) => stageName(level, row.place) === wanted };
  }

  function facet(name, rows, of) {
    const values = [...new Set(rows.map(of))].filter((each) => each !== null && each !== undefined).sort();
    return { key: `f ${name}`, title: capital(spoken(name)), options: values.map((each) => [String(each), spoken(value(each))]), test: (row, wanted) => String(of(row)) === wanted };
  }

  function results(level) {
    const { scores, grades, measures, main } = levels[level];
    const whole = (i) => scores[i].high;
    return [
      ...scores.map(({ name }, i) => ({ key: `score${i}`, title: capital(spoken(name)), right: true, main: i === main, value: (row) => row.scores[i],
        show: (row) => (i === main && whole(i) ? h("span.scored", bar(row.scores[i], whole(i)), number(row.scores[i])) : number(row.scores[i])) })).sort((a, b) => (b.key === `score${main}`) - (a.key === `score${main}`)),
      ...grades.map((name, i) => ({ key: `grade${i}`, title: capital(spoken(name)), value: (row) => row.grades[i], show: (row) => row.grades[i] ?? "–" })),
      ...(level === "account" ? measures.map(({ name, kind }, i) => ({ key: `measure${i}`, title: capital(spoken(name)), right: kind === "number", aside: true, value: (row) => row.measures[i], show: (row) => value(row.measures[i], kind) })) : []),
    ];
  }

  function stageColumn(level) {
    return levels[level].stages.length || levels[level].at.some(([, reason]) => reason !== null)
      ? [{ key: "stage", title: "Stage", right: false, value: (row) => (row.reason === null ? row.place : -2), show: (row) => chip(level, row.place) }] : [];
  }

  function columnsOfAccounts() {
    return [
      { key: "id", title: "Account", value: (row) => row.name ?? row.id, show: (row) => h("a.name", { href: href("account", [row.id]) }, row.name ?? row.id) },
      ...stageColumn("account"), ...results("account"),
      ...(levels.lead.count ? [{ key: "people", title: "People", right: true, value: (row) => row.people, show: (row) => number(row.people) }] : []),
    ];
  }

  function columnsOfPeople(rows) {
    return [
      { key: "id", title: "Person", value: (row) => row.name ?? row.id, show: (row) => h("a.name", { href: href("person", [row.owner ?? "", row.id]) }, row.name ?? row.id) },
      ...(rows.some(({ role }) => role) ? [{ key: "role", title: "Role", value: (row) => row.role, show: (row) => (row.role ? spoken(row.role) : "–") }] : []),
      ...stageColumn("lead"), ...results("lead"),
      { key: "owner", title: "Account", value: (row) => row.owner, show: (row) => (row.owner ? h("a", { href: href("account", [row.owner]) }, row.owner) : "–") },
    ];
  }

  Object.assign(scoreline, { accountRow: account });
})();

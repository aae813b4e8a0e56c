"use strict";
// A long table: chosen, sorted and shown a page at a time, so that a hundred thousand rows are no burden.

(() => {
  const { h, href, address } = scoreline;
  const ROWS = 50;
  const whole = new Intl.NumberFormat("en");
  const collator = new Intl.Collator("en", { numeric: true });

  /**
   * `columns`: {key, title, right, main, aside, value(row), show(row)}; what they show may be an element. On a phone a
   * row is a card: the first column and the `main` one beside each other, the others below, those `aside` not at all.
   * `filters`: {key, title, options: [[value, text]], test(row, value)}. `text(row)` is what is searched.
   */
  function longTable({ page, noun, nouns = `${noun}s`, rows, columns, filters, text, sort, empty }) {
    const state = taken(sort, filters);
    let searched = null;
    const count = h("p.count", { role: "status" });
    const head = h("tr", { role: "row" });
    const body = h("tbody", { role: "rowgroup" });
    const pager = h("nav.pager", { "aria-label": "Pages of the table" });
    const place = h("div.table", h("div.choices", search(), filters.map(choice), clear()), count,
      h("div.wide", h("table.long", { role: "table" }, h("thead", { role: "rowgroup" }, head), body)), pager);
    update();
    return place;

    function search() {
      return h("label", h("span", "Search"), h("input", {
        type: "search", value: state.q, placeholder: `Search ${nouns}`,
        oninput: (event) => { state.q = event.target.value; state.p = 0; update(); },
      }));
    }

    function choice({ key, title, options }) {
      const all = h("option", { value: "" }, "all");
      const made = options.map(([value, name]) => h("option", { value, selected: state[key] === value }, name));
      return h("label", h("span", title), h("select", {
        onchange: (event) => { state[key] = event.target.value; state.p = 0; update(); },
      }, all, made));
    }

    function clear() {
      return h("button.quiet", { type: "button", onclick: () => {
        Object.assign(state, { q: "", p: 0 }, Object.fromEntries(filters.map(({ key }) => [key, ""])));
        place.querySelectorAll("select, input").forEach((field) => { field.value = ""; });
        update();
      } }, "Clear");
    }

    function update() {
      history.replaceState(null, "", href(page, [], { ...state, p: state.p || "" }));
      const found = ordered(chosen());
      const last = Math.max(0, Math.ceil(found.length / ROWS) - 1);
      state.p = Math.min(state.p, last);
      const shown = found.slice(state.p * ROWS, (state.p + 1) * ROWS);
      const all = found.length === rows.length ? "" : ` of ${whole.format(rows.length)}`;
      count.textContent = `${whole.format(found.length)}${all} ${found.length === 1 && !all ? noun : nouns}`;
      head.replaceChildren(...columns.map(heading));
      body.replaceChildren(...(shown.length ? shown.map(line) : [nothing()]));
      pager.replaceChildren(...pages(last));
    }

    function chosen() {
      const sought = fold(state.q).split(/\s+/).filter(Boolean);
      if (sought.length) searched ??= rows.map((row) => fold(text(row)));
      const tests = filters.filter(({ key }) => state[key]).map(({ key, test }) => (row) => test(row, state[key]));
      const found = [];
      for (let i = 0; i < rows.length; i++)
        if (sought.every((word) => searched[i].includes(word)) && tests.every((test) => test(rows[i]))) found.push(rows[i]);
      return found;
    }

    function ordered(found) {
      const [key, way] = state.s.split(".");
      const column = columns.find((each) => each.key === key);
      if (!column) return found;
      const sign = way === "up" ? 1 : -1;
      return found.map((row) => [column.value(row), row]).sort(([a], [b]) => sign * order(a, b, sign)).map(([, row]) => row);
    }

    function heading(column) {
      const [key, way] = state.s.split(".");
      const sorted = key === column.key ? (way === "up" ? "ascending" : "descending") : null;
      const mark = sorted ? h("i", { "aria-hidden": "true" }, way === "up" ? "▲" : "▼") : null;
      const turn = () => {
        const first = column.right ? "down" : "up";
        const next = sorted ? (way === "up" ? "down" : "up") : first;
        Object.assign(state, { s: `${column.key}.${next}`, p: 0 });
        update();
        head.children[columns.indexOf(column)].querySelector("button").focus();
      };
      return h(`th${kind(column)}`, { role: "columnheader", scope: "col", "aria-sort": sorted },
        h("button", { type: "button", onclick: turn }, column.title, mark));
    }

    function line(row) {
      return h("tr", { role: "row" }, columns.map((column) =>
        h(`td${kind(column)}`, { role: "cell", "data-title": column.title }, column.show(row))));
    }

    function nothing() {
      return h("tr", { role: "row" }, h("td.empty", { role: "cell", colspan: columns.length }, rows.length ? `No ${noun} is like that. Ask for less, or clear the choices.` : empty));
    }

    function pages(last) {
      if (!last) return [];
      const go = (p) => () => { state.p = p; update(); place.scrollIntoView({ block: "start" }); };
      const button = (name, p, off) => h("button", { type: "button", disabled: off, onclick: go(p) }, name);
      return [
        button("First", 0, state.p === 0), button("Back", state.p - 1, state.p === 0),
        h("span", `${whole.format(state.p + 1)} of ${whole.format(last + 1)}`),
        button("Next", state.p + 1, state.p === last), button("Last", last, state.p === last),
      ];
    }
  }

  const kind = (column) => ["right", "main", "aside"].filter((name) => column[name]).map((name) => `.${name}`).join("");

  /** What the address asks for. */
  function taken(sort, filters) {
    const { choices } = address();
    const state = { q: choices.get("q") || "", s: choices.get("s") || sort, p: Number(choices.get("p")) || 0 };
    for (const { key } of filters) state[key] = choices.get(key) || "";
    return state;
  }

  /** Letters without case and marks, for searching. */
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  /** What is missing comes last, whichever way it is sorted. */
  function order(a, b, sign) {
    if (a === b) return 0;
    if (a === null || a === undefined) return sign;
    if (b === null || b === undefined) return -sign;
    return typeof a === "string" ? collator.compare(a, b) : a - b;
  }

  Object.assign(scoreline, { longTable, fold });
})();

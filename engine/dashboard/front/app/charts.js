"use strict";
// Charts: drawn by Observable Plot, wide as their place, each with its numbers as a table for those who cannot see it.

(() => {
  const { h } = scoreline;
  const drawn = new Map();
  const watcher = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) draw(target, Math.floor(contentRect.width));
  });

  /** A chart: `options(width)` are those of Plot, `label` says what it shows, `table` has its numbers. */
  function chart({ label, options, table, legend }) {
    const place = h("div.plot");
    drawn.set(place, { label, options, width: 0 });
    watcher.observe(place);
    return h("figure.chart", legend ? legendOf(legend) : null, place, table ? asTable(label, table) : null);
  }

  function draw(place, width) {
    const made = drawn.get(place);
    if (!made || width === made.width || width < 40) return;
    made.width = width;
    const picture = Plot.plot({ className: "plot-chart", width, ariaLabel: made.label, ...made.options(width) });
    picture.setAttribute("role", "img");
    // A picture has one label; what Plot calls its parts is for the style sheet alone.
    for (const part of picture.querySelectorAll("[aria-label]")) {
      part.dataset.mark = part.getAttribute("aria-label");
      part.removeAttribute("aria-label");
    }
    place.replaceChildren(picture);
  }

  /** Names with their colours. */
  function legendOf(items) {
    return h("ul.legend", items.map(([name, colour]) => h("li", h("i", { "--c": colour, "aria-hidden": "true" }), name)));
  }

  function asTable(label, { columns, rows }) {
    const body = h("div.wide", { tabindex: "0", role: "group", "aria-label": label });
    return h("details.numbers", { ontoggle: fill }, h("summary", "The numbers as a table"), body);

    function fill() {
      if (body.childElementCount) return;
      body.append(
        h("table", { "aria-label": label },
          h("thead", h("tr", columns.map((name, place) => h(place ? "th.right" : "th", { scope: "col" }, name)))),
          h("tbody", rows().map((row) => h("tr", row.map((cell, place) => h(place ? "td.right" : "td", cell)))))));
    }
  }

  /** What is no longer on the page needs no watching. */
  function forget() {
    for (const place of drawn.keys()) {
      if (place.isConnected) continue;
      watcher.unobserve(place);
      drawn.delete(place);
    }
  }

  /** A bar inside a table or a tile: how much of a whole. */
  function bar(part, whole, kind = "") {
    const share = whole ? Math.max(0, Math.min(1, part / whole)) : 0;
    return h(`span.bar${kind ? `.${kind}` : ""}`, { "--share": `${(share * 100).toFixed(1)}%`, "aria-hidden": "true" }, h("i"));
  }

  /** About so many ticks for an axis of counts, from their least (or 0) to their most: never a part of one. */
  function wholes(counts, many) {
    return d3.ticks(Math.min(0, ...counts), Math.max(1, ...counts), many).filter(Number.isInteger);
  }

  Object.assign(scoreline, { chart, forget, bar, wholes });
})();

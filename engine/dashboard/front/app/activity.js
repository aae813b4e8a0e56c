"use strict";
// What happened: how much in each week, and the newest events one by one.

(() => {
  const { h, href, site, chart, plural, day, shortDay, time, spoken, capital, number } = scoreline;
  const WEEK = 7 * 86400;
  const FIRST = 20;

  /** The card of an account, or of a person (without `account`); `events` are the newest first. */
  function activity({ account, events, weeks, shown, of }) {
    if (!site.counts.read) return null;
    if (!events.length) return h("section.card.late", h("h2", "Activity"), h("p.empty", "Nothing has happened that is known of."));
    return h("section.card.late", h("h2", "Activity"), weeks ? byWeek(weeks) : null, timeline(account, events),
      events.length >= shown ? h("p.how", `The newest ${plural(events.length, "event")} ${of}.`) : null);
  }

  /** The events of a document as the data have them; who is a place among the people, or the id of somebody else. */
  function eventsOf(found, people) {
    return [...(found ?? [])].sort(([a], [b]) => b - a).map(([at, type, who, said, reason]) => {
      const person = typeof who === "number" ? people[who] : null;
      return { at, type: site.types[type] ?? "event", who: person ? person.id : who, called: person?.name ?? (person ? person.id : who), said, reason };
    });
  }

  function byWeek([numbers, counts]) {
    const last = Math.max(0, ...numbers);
    const found = new Map(numbers.map((week, i) => [week, counts[i]]));
    const rows = Array.from({ length: last + 1 }, (_, week) => ({ at: scoreline.date(site.seconds - week * WEEK), week, n: found.get(week) ?? 0 })).reverse();
    if (rows.length < 3) return null;
    return chart({
      label: "Events a week",
      table: { columns: ["Week to", "Events"], rows: () => rows.map(({ week, n }) => [day(site.seconds - week * WEEK), n]) },
      options: (width) => ({
        height: 130, marginLeft: 40, marginBottom: 24, marginTop: 12,
        x: { type: "band", domain: rows.map(({ week }) => week), label: null, tickSize: 0, padding: 0.2,
          ticks: rows.map(({ week }) => week).filter((week) => week % Math.ceil(rows.length / Math.max(2, width / 90)) === 0),
          tickFormat: (week) => shortDay(site.seconds - week * WEEK) },
        y: { label: null, grid: true, ticks: scoreline.wholes(counts, 3), tickFormat: number },
        marks: [
          Plot.ruleY([0], { stroke: "var(--line-strong)" }),
          Plot.barY(rows, { x: "week", y: "n", fill: "var(--accent)", rx: 2, title: ({ week, n }) => `${plural(n, "event")} in the week to ${day(site.seconds - week * WEEK)}` }),
        ],
      }),
    });
  }

  /** The newest first, the rest on demand. */
  function timeline(account, events) {
    const list = h("ol.timeline", byDay(account, events.slice(0, FIRST)));
    if (events.length <= FIRST) return list;
    const more = h("button", { type: "button", onclick: () => {
      list.replaceChildren(...byDay(account, events));
      more.remove();
    } }, `Show ${number(events.length - FIRST)} more`);
    return [list, more];
  }

  function byDay(account, events) {
    const groups = [];
    for (const event of events) {
      const date = day(event.at);
      if (groups.at(-1)?.date !== date) groups.push({ date, events: [] });
      groups.at(-1).events.push(event);
    }
    return groups.map(({ date, events: found }) => h("li", h("h3", date), h("ul", found.map((event) => line(account, event)))));
  }

  function line(account, { at, type, who, called, said, reason }) {
    const ignored = reason !== null && reason !== undefined;
    return h(ignored ? "li.ignored" : "li", h("time", time(at)), h("span.type", capital(spoken(type))), h("span.said", said || ""),
      who === null || account === undefined ? null : h("a.who", { href: href("person", [account, who]) }, called),
      ignored ? h("span.tag", { title: site.reasons[reason] }, "ignored") : null);
  }

  Object.assign(scoreline, { activity, eventsOf });
})();

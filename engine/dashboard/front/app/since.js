"use strict";
// Since when: the moves between stages, by day as far as the days are known, before them by week.

(() => {
  const { h, site, levels, chip, day, stageName } = scoreline;
  const SHOWN = 8;

  /**
   * The moves, the newest first, each with its day in words, or the last one of its week; the `first` day of all that
   * were looked at; and `from` when on each day was, if any. `told` has the days of those who are furthest, if it has any, `moves`
   * those of the last weeks, `history` the ends of weeks.
   */
  function moves(level, { history, told, moves: lately }) {
    const daily = told?.moves ? { from: scoreline.dated(told.from), at: seconds(told.from), list: told.moves.map(([iso, before, after]) => ({ on: scoreline.dated(iso), before: placeOf(level, before), after: placeOf(level, after) })) }
      : site.past?.daily ? { from: day(site.past.daily), at: site.past.daily, list: (lately ?? []).map(([at, before, after]) => ({ on: day(at), before, after })) }
      : { from: null, at: Infinity, list: [] };
    const [weeks, places] = history ?? [[], []];
    const weekly = weeks.flatMap((week, i) => (i && places[i] !== places[i - 1] && site.past.at[week] <= daily.at ? [{ week: day(site.past.at[week]), isLast: site.past.at[week] === daily.at || i === weeks.length - 1, before: places[i - 1], after: places[i] }] : []));
    const isEarlier = weeks.length && site.past.at[weeks[0]] < daily.at;
    const first = isEarlier ? { from: day(site.past.at[weeks[0]]), place: places[0] } : { from: daily.from, place: daily.list[0]?.before };
    return { list: [...weekly, ...daily.list].reverse(), first, isEarlier, from: daily.from };
  }

  const seconds = (iso) => Date.parse(`${iso}T12:00:00Z`) / 1000;

  function placeOf(level, name) {
    const { stages } = levels[level];
    return name === "disqualified" ? stages.length : stages.findIndex((stage) => stage.name === name);
  }

  /** Since when it is where it is, in a few words; only the ends of weeks may be known. */
  function since(level, found) {
    const { list: [last], first, from } = moves(level, found);
    if (last?.on) return `since ${last.on}`;
    if (last) return last.isLast ? `since the week to ${last.week}` : `and so at the end of each week since ${last.week}`;
    return first.from ? `and so on ${first.from} already${from === first.from ? "" : ", and at the end of each week since"}` : null;
  }

  /** The card with the moves, what is not known of them, and how to ask for it. */
  function stages(level, id, brief, found) {
    if (!levels[level].stages.length) return null;
    const { list, first, isEarlier, from } = moves(level, found);
    const rows = list.map(({ on, week, before, after }) => h("li", h("span.step", chip(level, before), " → ", chip(level, after)), h("span", on ? `on ${on}` : `in the week to ${week}`)));
    return h("section.card.since", h("h2", "Since when"), rows.length ? h("ul.moved.dates", rows.slice(0, SHOWN)) : null,
      rows.length > SHOWN ? h("details", h("summary", `${rows.length - SHOWN} more`), h("ul.moved.dates", rows.slice(SHOWN))) : null,
      first.from ? h("p", rows.length ? "" : "No move: ", `${rows.length ? "At" : "at"} the end of ${first.from}, the first day that was looked at, it was ${placed(level, first.place ?? brief.place)}${rows.length ? "" : " already"}.`) : null,
      h("p.how", exactness(first.from, from, isEarlier), rows.length ? [" What tipped ", site.compares ? "the last one" : "each move, and what was before,", " says "] : " What was before says ", asked(id)));
  }

  /** What was looked at. */
  function exactness(first, from, isEarlier) {
    if (!first) return "This site was made without the weeks before.";
    if (!from) return "Only the ends of weeks were looked at: in between it may have been elsewhere.";
    return `Each day since ${from} was looked at${isEarlier ? ", and before it the ends of weeks" : ""}.`;
  }

  const placed = (level, place) => (place < 0 ? "below the first stage" : place < levels[level].stages.length ? `at ${stageName(level, place)}` : "disqualified");

  /** Histories of single ones leave out what compares with everybody; their present stage has a date all the same. */
  const asked = (id) => scoreline.commandOf(id, site.compares ? "--since" : "--history");

  Object.assign(scoreline, { since, stages });
})();

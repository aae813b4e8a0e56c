"use strict";
// Numbers, dates, names and sentences as people read them; and what the site's data mean.

(() => {
  const { h, href } = scoreline;
  const site = scoreline.known("site");
  const format = (options) => new Intl.NumberFormat("en", options);
  const few = format({ maximumFractionDigits: 1 });
  const some = format({ maximumFractionDigits: 2 });
  const exact = format({ maximumFractionDigits: 4 });
  const shares = format({ style: "percent", maximumFractionDigits: 0 });
  const smallShares = format({ style: "percent", maximumFractionDigits: 1 });
  const timeZone = zoned(site.zone);
  const clock = (options) => new Intl.DateTimeFormat("en-GB", { timeZone, ...options });
  const days = clock({ day: "numeric", month: "short", year: "numeric" });
  const short = clock({ day: "numeric", month: "short" });
  const times = clock({ hour: "2-digit", minute: "2-digit" });
  const minus = (text) => text.replace("-", "−");
  const plus = (value, made) => (value > 0 ? "+" : "") + minus(made.format(value));
  const date = (seconds) => new Date(seconds * 1000);
  const isMissing = (value) => value === null || value === undefined;

  /** The zone of the ruleset, or UTC where this browser does not know it. */
  function zoned(name) {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    } catch {
      return "UTC";
    }
  }

  /** A name of the rules as people say it. */
  const spoken = (name) => name.replaceAll("_", " ");

  /** A sentence of the handbook: names in it lead to where they are explained. */
  function said(pieces) {
    return pieces.map((piece) =>
      Array.isArray(piece) ? h("a.term", { href: href("model", [piece[1]]) }, spoken(piece[0])) : piece);
  }

  /** A field or a result of some kind. */
  function value(found, kind) {
    if (isMissing(found)) return "–";
    if (typeof found === "boolean") return found ? "yes" : "no";
    if (Array.isArray(found)) return found.length ? found.join(", ") : "none";
    if (typeof found !== "number") return String(found);
    return kind === "timestamp" ? days.format(new Date(found / 1000)) : minus(some.format(found));
  }

  /** Where somebody stands: a number that grows with the stages; −1 below the first, past the last if disqualified. */
  function stage(level, name, reason) {
    const { stages } = site.levels[level];
    return reason === null ? stages.findIndex((each) => each.name === name) : stages.length;
  }

  /** How far up the ladder a stage is, from 0 to 1. */
  function height(level, place) {
    const { stages } = site.levels[level];
    return stages.length < 2 ? 1 : place / (stages.length - 1);
  }

  /** The colour of a stage. */
  function colour(level, place) {
    if (place < 0) return "var(--stage-none)";
    if (place >= site.levels[level].stages.length) return "var(--stage-out)";
    return `var(--stage-${Math.round(height(level, place) * 6)})`;
  }

  /** The name of a stage, or what there is instead of one. */
  function stageName(level, place) {
    const { stages } = site.levels[level];
    return place < 0 ? "no stage" : place < stages.length ? stages[place].name : "disqualified";
  }

  /** A stage as a label with its colour. */
  function chip(level, place) {
    const { stages } = site.levels[level];
    const kind = place < 0 ? "none" : place < stages.length ? `s${Math.round(height(level, place) * 6)}` : "out";
    return h(`span.chip.${kind}`, { title: stages[place]?.label }, stageName(level, place));
  }

  /** The results of a person or an account by name. */
  function brief(level, found) {
    const [name, reason, scores, grades, measures, role, engaged] = found;
    return { place: stage(level, name, reason), reason, scores, grades, measures, role, engaged };
  }

  /** A value beside the one that would do: short, unless that makes them look the same. */
  function beside(has, needs) {
    return some.format(has) === some.format(needs) && has !== needs ? exact.format(has) : some.format(has);
  }

  Object.assign(scoreline, {
    site,
    levels: site.levels,
    number: (found) => (isMissing(found) ? "–" : minus(few.format(found))),
    exactly: (found) => (isMissing(found) ? "–" : minus(exact.format(found))),
    signed: (found) => plus(found, exact),
    signedFew: (found) => plus(found, few),
    share: (part, whole) => (whole ? (part && part / whole < 0.02 ? smallShares : shares).format(part / whole) : "–"),
    day: (seconds) => days.format(date(seconds)),
    shortDay: (seconds) => short.format(date(seconds)),
    time: (seconds) => times.format(date(seconds)),
    date,
    plural: (count, word, words = `${word}s`) => `${few.format(count)} ${count === 1 ? word : words}`,
    spoken,
    capital: (text) => text.charAt(0).toUpperCase() + text.slice(1),
    beside: (has, needs) => minus(beside(has, needs)),
    said, value, stage, stageName, colour, chip, brief,
  });
})();

"use strict";
// The stages: which are reached, what each asks for, and what of it is there.

(() => {
  const { h, site, chip, beside, said } = scoreline;

  /** The stages of somebody with the state of each part; the next one stands open. `told` is what `explain` says. */
  function ladder(level, brief, parts, since, told) {
    const { stages } = site.levels[level];
    if (!stages.length) return null;
    const next = brief.place < stages.length ? brief.place + 1 : -1;
    return h("section.card", h("h2", "Stage"), told?.said ? [h("p.lead", told.said), brief.reason === null ? null : h("p.how", "Whoever is disqualified counts for no stage.")] : sentence(level, brief, parts, since),
      h("ol.ladder", stages.map((stage, place) => step(level, stage, place, brief, parts, place === next))));
  }

  /** Where somebody stands, and what is missing for more. */
  function sentence(level, brief, parts, since) {
    const { stages } = site.levels[level];
    if (brief.place === stages.length) return h("p.lead", "Disqualified: ", h("b", brief.reason), since ? `, ${since}` : "", ". Counts for no stage.");
    const here = [brief.place < 0 ? "Below the first stage" : ["At ", h("b", stages[brief.place].label)], since ? `, ${since}` : "", "."];
    if (brief.place === stages.length - 1) return h("p.lead", here, " There is no stage beyond.");
    const missing = lacking(level, brief, parts);
    return h("p.lead", here, missing ? [" Missing for ", missing] : null);
  }

  /** What is missing for the next stage; null where nothing is, or nothing can be said. */
  function lacking(level, brief, parts) {
    const next = site.levels[level].stages[brief.place + 1];
    const found = next && parts ? next.parts.filter((part) => part.holds !== null && !parts[part.holds]) : [];
    if (!found.length) return null;
    const either = next.joined === "any" && found.length > 1 ? " one of these, " : " ";
    return [h("b", next.label), `:${either}`, listed(found.map((part) => lack(part, parts)), next.joined), "."];
  }

  function listed(items, joined) {
    const last = joined === "any" ? " or " : " and ";
    return items.flatMap((item, place) => (place ? [place === items.length - 1 ? last : ", ", item] : [item]));
  }

  /** What is missing, in a few words. */
  function lack(part, parts) {
    const has = part.has === null ? null : parts[part.has];
    const needs = part.needs === null ? part.bound : parts[part.needs];
    const words = said(part.said.map((piece, place) => ends(piece, place, part.said.length)));
    if (has === null || has === undefined || needs === null || needs === undefined) return h("span", words);
    const wanted = part.needs === null ? "" : ` of ${beside(needs, has)}`;
    return h("span", words, h("span.has", ` (it is ${beside(has, needs)}${wanted})`));
  }

  /** A sentence as a part of one: without its capital letter and its full stop. */
  function ends(piece, place, count) {
    if (Array.isArray(piece)) return piece;
    let text = place === count - 1 ? piece.replace(/\.$/, "") : piece;
    if (place === 0 && /^[A-Z][a-z]/.test(text)) text = text.charAt(0).toLowerCase() + text.slice(1);
    return text;
  }

  function step(level, stage, place, brief, parts, isNext) {
    const isHere = place === brief.place;
    const state = isHere ? "here" : place < brief.place && brief.reason === null ? "below" : "above";
    const known = parts ? stage.parts.filter(({ holds }) => holds !== null) : [];
    const met = known.filter(({ holds }) => parts[holds]).length;
    const holds = known.length && (stage.joined === "any" ? met > 0 : met === stage.parts.length);
    const count = stage.parts.length > 1 ? `${met} of ${stage.parts.length}${stage.joined === "any" ? ", one is enough" : ""}` : "";
    const list = h("ul.parts", stage.parts.map((part) => condition(part, parts)));
    return h(`li.${state}`, { "aria-current": isHere ? "step" : null },
      h("details", { open: isHere || isNext },
        h("summary", chip(level, place), h("span.label", stage.label), h(`span.state.${holds ? "yes" : "no"}`, holds ? "holds" : "does not hold"), h("span.count", count)),
        list, stage.stays.length ? h("p.how", "Once there, it stays while: ", said(stage.stays)) : null));
  }

  function condition(part, parts) {
    const isAsked = part.holds !== null && parts;
    const holds = isAsked && parts[part.holds];
    const mark = !isAsked ? h("span.mark", "·") : h(`span.mark.${holds ? "yes" : "no"}`, { role: "img", "aria-label": holds ? "holds" : "does not hold" }, holds ? "✓" : "✗");
    return h("li", mark, h("span", said(part.said), isAsked ? gauge(part, parts) : null));
  }

  /** The value there is beside the value that would do. */
  function gauge(part, parts) {
    if (part.has === null) return null;
    const has = parts[part.has];
    const needs = part.needs === null ? part.bound : parts[part.needs];
    if (has === null || needs === null || needs === undefined) return h("span.has", " It is missing.");
    const short = !parts[part.holds] && (part.op === ">=" || part.op === ">") ? `, ${beside(needs - has, 0)} short` : "";
    return h("span.has", ` It is ${beside(has, needs)}${short}.`);
  }

  Object.assign(scoreline, { ladder, lacking });
})();

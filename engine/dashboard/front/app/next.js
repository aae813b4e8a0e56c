"use strict";
// What is next: what would have to happen for the next stage, and what will be lost by when if nothing does.

(() => {
  const { h, href, site, levels, chip, plural, signedFew, spoken } = scoreline;
  const COULD = 6;

  /**
   * The card. `told` is what `explain` says of those for whom it was asked; of the others it is said which lines have
   * given nothing yet. `people` are those of an account, `brief` and `parts` as everywhere.
   */
  function whatNext(level, id, brief, parts, lines, people, told) {
    const { stages } = levels[level];
    if (!stages.length || brief.reason !== null) return null;
    const next = brief.place + 1 < stages.length ? stages[brief.place + 1] : null;
    const ways = told?.said ? told.next && !told.next.reached ? found(told.next, level, id, people) : null : next && missing(level, id, next, parts, lines, people);
    const ahead = told ? coming(level, id, brief, told) : notForetold(level, id, brief);
    return ways || ahead ? h("section.card.next", h("h2", "What next"), ways, ahead) : null;
  }

  // --- the ways that were tried ---------------------------------------------------------------------------------------

  function found(next, level, id, people) {
    const { label } = levels[level].stages.find(({ name }) => name === next.goal) ?? { label: next.goal };
    const one = next.sets.length === 1 ? "This would be enough" : "Any of these would be enough";
    const about = people ? people : [];
    const list = (sets) => h("ol.ways", sets.map((set) => way(set, id, about)));
    if (next.sets.length) return [h("p", one, " for ", h("b", label), ":"), list(next.sets)];
    const isStuck = next.obstacles.length && (!next.helps.length || next.obstacles.some(({ certain }) => certain));
    const none = isStuck ? "Further events alone do not lead to " : next.complete || next.trials ? `No set of up to ${next.most_steps} further events was found that leads to ` : "There is too much data here to look for ways to ";
    return [
      h("p", none, h("b", label), next.obstacles.length ? ":" : "."),
      next.obstacles.length ? h("ul.ways", next.obstacles.map(({ text, said, why }) => h("li", said ?? text, h("span.how", ` – ${why}`)))) : null,
      next.helps.length ? [h("p", "What helps most:"), list(next.helps)] : null,
    ];
  }

  /** A set of steps: who does what, and what that changes. */
  function way({ steps, moved, gains }, id, people) {
    const each = [];
    for (const step of steps) {
      const key = JSON.stringify(step);
      if (each.at(-1)?.key === key) each.at(-1).times++;
      else each.push({ key, step, times: 1 });
    }
    const values = moved.filter(({ before, after }) => typeof before === "number" && typeof after === "number")
      .map(({ text, said, before, after, needs }) => `${spoken(said ?? text)} ${scoreline.beside(before, after)} → ${scoreline.beside(after, before)}${needs ? ` (it takes ${needs})` : ""}`);
    const by = gains.filter(({ points }) => points > 0).map(({ label, line, points }) => `${signedFew(points)} ${label ?? spoken(line)}`);
    return h("li", each.map(({ step, times }, i) => h("div.doing", i ? h("span.how", "and ") : null, doing(step, times, id, people))),
      values.length ? h("div.how", values.join("; ")) : null, by.length ? h("div.how", `by ${by.join(", ")}`) : null);
  }

  function doing({ contact, new: isNew, known, type, properties }, times, id, people) {
    const role = Object.values(known).filter((value) => value !== null).map((value) => spoken(String(value))).join(", ");
    const person = people.find((each) => each.id === contact);
    const who = isNew ? `Somebody new${role ? `, ${role}` : ""}` : contact === null ? "The company"
      : [person ? h("a", { href: href("person", [id, contact]) }, person.name ?? contact) : contact, role ? ` (${role})` : ""];
    if (type === null) return [who, ": it is enough that they are known"];
    const said = Object.entries(properties).map(([name, value]) => (typeof value === "string" ? value : `${spoken(name)} ${value}`)).join(", ");
    return [who, ": ", h("b", spoken(type)), said ? ` – ${said}` : "", times > 1 ? `, ${times === 2 ? "twice" : `${times} times`}` : ""];
  }

  // --- where nobody has tried ------------------------------------------------------------------------------------------

  /** What gives nothing yet, of the scores that the next stage asks for; the roles where nobody is engaged. */
  function missing(level, id, next, parts, lines, people) {
    const lacking = parts ? next.parts.filter(({ holds }) => holds !== null && !parts[holds]) : [];
    if (!lacking.length) return null;
    const asked = lacking.flatMap(({ said }) => said.filter(Array.isArray).map(([, anchor]) => /^score-(account|lead)-(.+)$/.exec(anchor ?? "")))
      .filter((each) => each && each[1] === level).map(([, , name]) => name);
    const could = [...new Set(asked)].map((score) => [score, unused(level, score, lines)]).filter(([, rules]) => rules.length);
    const roles = level === "account" && people ? scoreline.missingRoles(people) : [];
    const command = `scoreline explain ${site.ruleset.name} ${id} --why-not ${next.name}`;
    return [
      could.map(([score, rules]) => [h("p", "Gives nothing yet for ", h("b", spoken(score)), ":"), h("ul.ways", rules.map((rule) => h("li", h("a.rule", { href: href("model", [rule.anchor]) }, rule.title), h("span.how", ` ${rule.worth}`))))]),
      roles.length ? h("p", "Nobody is engaged as ", h("b", roles.map(spoken).join(", ")), ".") : null,
      h("p.how", site.explained && site.first[0] === level ? `The smallest sets of steps to ${next.label} are looked for where somebody is furthest: for ${plural(site.explained, "page")} here. For this one ask ` : "For the smallest sets of steps that would be enough ask ", h("code", command)),
    ];
  }

  /** The lines of a score that gave nothing and can give points, those that give most first. */
  function unused(level, score, lines) {
    const given = new Set((lines ?? []).filter(([, points]) => points).map(([entry]) => site.entries[entry][3]));
    const worth = (rule) => Number(/^\+(\d+(?:\.\d+)?)/.exec(rule.worth)?.[1] ?? 0);
    return site.rules.flatMap(([of, name, rule], place) => (of === level && name === score && !given.has(place) && worth(rule) ? [rule] : []))
      .sort((a, b) => worth(b) - worth(a)).slice(0, COULD);
  }

  // --- if nothing more happens -----------------------------------------------------------------------------------------

  const heading = () => h("h3", "If nothing more happens");
  const command = (id, more) => h("code", `scoreline explain ${site.ruleset.name} ${id} ${more}`);

  function coming(level, id, { place }, { coming: moves, until }) {
    if (!moves.length) return place < 0 ? null : [heading(), h("p", `It stays where it is, at least until ${dated(until)}.`)];
    return [heading(), h("ul.moved.coming", moves.map(([day, before, after, why]) => h("li", h("span.step", at(level, before), " → ", at(level, after)), h("span", `on ${dated(day)}`, why ? `, ${why}` : "")))), moves[0][3] ? null : h("p.how", "What will tip it says ", command(id, "--history"))];
  }

  /** Where it is not worked out what will be lost by when. */
  function notForetold(level, id, { place }) {
    if (place < 0) return null;
    return [heading(), h("p.how", site.dated && site.first[0] === level ? `What will be lost by when is told of the ${plural(site.dated, "page")} of those who are furthest. For this one ask ` : "What will be lost by when says ", command(id, "--history"))];
  }

  function at(level, name) {
    return chip(level, name === "disqualified" ? levels[level].stages.length : levels[level].stages.findIndex((stage) => stage.name === name));
  }

  const dated = (iso) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" }).format(new Date(`${iso}T12:00:00Z`));

  Object.assign(scoreline, { whatNext, dated, commandOf: command, standsAt: at });
})();

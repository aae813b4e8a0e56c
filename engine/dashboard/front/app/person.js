"use strict";
// The page of a person: where they stand and why, what they did.

(() => {
  const { h, href, site, levels, load, compare, chip, spoken, capital } = scoreline;

  scoreline.pages.person = async ([account, id]) => {
    const found = account ? await scoreline.accountDocument(account) : await alone(id);
    const person = found?.people.find((each) => each.id === id);
    if (!person) return elsewhere(account, id);
    const { brief } = person;
    const events = found.events.filter(({ who }) => who === id);
    const activity = scoreline.activity({ events, weeks: null, shown: site.events_shown[1], of: "that this site keeps of one person" });
    return {
      title: person.name ?? person.id,
      content: [
        h("nav.crumbs", { "aria-label": "Where this is" }, account ? [h("a", { href: href("accounts") }, "Accounts"), " / ", h("a", { href: href("account", [account]) }, account)] : h("a", { href: href("people") }, "People"), " / ", id),
        h("div.heading", h("h1", person.name ?? person.id, " ", levels.lead.stages.length || brief.reason !== null ? chip("lead", brief.place) : null), h("p.lead", inShort(person, account))),
        scoreline.scoreTiles("lead", brief.scores, person.history),
        h("div.pair", h("div", scoreline.ladder("lead", brief, person.parts, scoreline.since("lead", person), person.told), scoreline.whatNext("lead", person.id, brief, person.parts, person.lines, null, person.told), scoreline.stages("lead", person.id, brief, person), scoreline.weeksCard("lead", person.history), scoreline.factsCard("lead", person.facts, brief), activity), scoreline.reasons("lead", brief.scores, person.lines, person.history)),
      ],
    };
  };

  /** Somebody who was active for an account that is not their own. */
  async function elsewhere(account, id) {
    const owner = account && id ? (await load("people")).find((row) => row[0] === id)?.[3] ?? "" : account;
    return owner === account ? scoreline.missingPage("person", id ?? "", "people") : scoreline.pages.person([owner, id]);
  }

  function inShort({ brief, facts }, account) {
    const title = site.facts.lead.findIndex(([name]) => name === "title");
    const said = title >= 0 ? facts?.[title] : null;
    return [said, brief.role ? capital(spoken(brief.role)) : null].filter(Boolean).flatMap((text, i) => (i ? [" · ", text] : [text])).concat(account ? [said || brief.role ? " · " : "", h("a", { href: href("account", [account]) }, account)] : []);
  }

  /** Somebody without an account, from the file that holds them: they are in order of their ids. */
  async function alone(id) {
    const shard = site.shards.alone.findLastIndex((first) => compare(first, id) <= 0);
    if (shard < 0) return null;
    const documents = (await load(`p${shard}`)).map(scoreline.openedDocument);
    return documents.find(({ people }) => people[0]?.id === id) ?? null;
  }
})();

"use strict";
// Is the model any good? What `scoreline backtest` has found: curves, thresholds, deciles, lines.

(() => {
  const { h, site, load, chart, bar, number, exactly, share, spoken, capital, plural } = scoreline;
  const STRENGTHS = {
    "too few": ["doubt", "Too few outcomes to say whether the score predicts."],
    none: ["bad", "No signal: the score does not tell won from lost."],
    reversed: ["bad", "The wrong way round: the lost have more points than the won."],
    weak: ["doubt", "The score tells won from lost weakly."],
    fair: ["plain", "The score tells won from lost fairly well."],
    good: ["good", "The score tells won from lost well."],
    strong: ["good", "The score tells won from lost very well."],
  };
  const TONES = { predictive: "good", harmful: "bad", noise: "bad" };

  scoreline.pages.backtest = async () => {
    if (!site.backtest) return { title: "Backtest", content: [h("h1", "Backtest"), h("p.empty", "This site was made without one. Make it with `--backtest FILE`.")] };
    const found = await load("backtest");
    return { title: "Backtest", content: [
      heading(found), tiles(found), warnings(found),
      found.thresholds?.length ? h("div.pair", roc(found), precisionRecall(found)) : null,
      found.thresholds?.length ? h("div.pair", volumes(found), deciles(found)) : null,
      h("div.pair", calibration(found), slices("By quarter", found.quarters)),
      stages(found), waterfall(found), slices(`By ${found.segments?.by}`, found.segments?.parts),
      comparison(found), lines("Line by line", found.lines), verdicts(found.verdicts),
    ] };
  };

  const date = (text) => scoreline.day(Date.parse(text) / 1000);
  const within = (estimate, format = number) => (estimate ? `${format(estimate.low)} to ${format(estimate.high)}` : "");
  const rate = (value) => share(value, 1);
  const two = (value) => exactly(Math.round(value * 100) / 100);

  function heading({ ruleset, score, sample }) {
    const other = ruleset.fingerprint === site.ruleset.fingerprint ? null
      : h("p.doubt", `These are results of ${ruleset.name} ${ruleset.version} with other rules or params than those of this site.`);
    return h("div.heading", h("h1", "Backtest"), h("p.lead", `How well did ${spoken(score.name)} tell who would be won?`),
      h("p.how", "Won: ", h("code", sample.won), sample.lost ? [" · lost: ", h("code", sample.lost)] : null), h("p.how", drawn(sample)), other);
  }

  /** How the cases were drawn. */
  function drawn({ design, cases, first, last, instants, every, horizon_days: horizon, gap_days: gap }) {
    const many = plural(cases, "case");
    const late = gap ? `, but not in the first ${plural(gap, "day")}` : "";
    if (design === "undated") return `${many}. The outcome is a field without dates: everybody was scored once, with all that the data have. Only that no rule reads the outcome keeps the score from knowing it.`;
    if (design === "closed") return `${many} that were won or lost from ${date(first)} to ${date(last)}, each scored ${gap ? `${plural(gap, "day")} before` : "at the end of the day before"}: nothing of the outcome or after it counts.`;
    return `${many}: everybody at the end of each ${every} from ${date(first)} to ${date(last)} (${plural(instants, "time")}), scored with what was known then. A case is won if its outcome came within ${plural(horizon, "day")}${late}.`;
  }

  function tiles({ auc, average_precision: precision, sample, signal }) {
    const [tone, words] = STRENGTHS[signal.strength] ?? ["plain", ""];
    const doubt = signal.too_good ? " Honest scores are hardly ever that good: does a field know the outcome?"
      : signal.needed ? ` To tell an AUC of 0.60 from chance it would take about ${number(signal.needed)} won cases.` : "";
    const tile = (title, value, more) => h("div.tile", h("dt", title), h("dd", h("b", value), h("span.how", more)));
    return [h(`p.lead.${tone}`, words, doubt), h("dl.tiles",
      auc ? tile("AUC", two(auc.value), `95 %: ${within(auc, two)}`) : null,
      precision ? tile("Average precision", two(precision.value), `95 %: ${within(precision, two)}`) : null,
      tile("Won", rate(sample.base_rate), `${number(sample.won_cases)} of ${plural(sample.cases, "case")}`),
      sample.accounts === sample.cases ? null : tile("Accounts", number(sample.accounts), "in the sample"))];
  }

  function warnings({ doubts }) {
    if (!doubts?.length) return null;
    return h("section.card", h("h2", "To be taken with care"), h("ul", doubts.map(({ code, message, path, line, reason }) => h("li", message, " ", h("code", [path, line, code].filter((each) => each !== null).join(" ")), reason ? h("p.how", reason) : null))));
  }

  // --- curves --------------------------------------------------------------------------------------------------------

  function card(title, how, content) {
    return h("section.card", h("h2", title), how ? h("p.how", how) : null, content);
  }

  function roc({ thresholds, auc }) {
    const points = [{ x: 0, y: 0 }, ...thresholds.map((cut) => ({ x: cut.false_positive_rate, y: cut.recall, cut: cut.threshold })).sort((a, b) => a.x - b.x || a.y - b.y), { x: 1, y: 1 }];
    return card("ROC curve", "Of the won, how many are at or above a threshold (up), for how many of the lost (right). On the dotted line the score would be chance.",
      curve(`ROC curve, area ${auc ? two(auc.value) : "unknown"}`, points, "lost at or above", "won at or above", [{ x: 0, y: 0 }, { x: 1, y: 1 }], ["Lost at or above", "Won at or above"]));
  }

  function precisionRecall({ thresholds, sample }) {
    const points = thresholds.filter(({ volume }) => volume).map((cut) => ({ x: cut.recall, y: cut.precision, cut: cut.threshold })).sort((a, b) => a.x - b.x);
    const base = sample.base_rate;
    return card("Precision and recall", "Of those at or above a threshold, how many were won (up), and how many of all the won these are (right). The dotted line is the rate of all.",
      curve("Precision and recall", points, "share of the won", "won among these", [{ x: 0, y: base }, { x: 1, y: base }], ["Recall", "Precision"]));
  }

  function curve(label, points, x, y, guide, columns) {
    const percent = { domain: [0, 1], tickFormat: (value) => rate(value), grid: true, ticks: 5 };
    return chart({
      label,
      table: { columns: ["Threshold", ...columns], rows: () => points.filter(({ cut }) => cut !== undefined).map((each) => [exactly(each.cut), rate(each.x), rate(each.y)]) },
      options: () => ({
        height: 300, marginLeft: 48, marginBottom: 36, marginTop: 24, x: { ...percent, label: x, labelArrow: "none" }, y: { ...percent, label: y, labelArrow: "none" },
        marks: [
          Plot.line(guide, { x: "x", y: "y", stroke: "var(--line-strong)", strokeDasharray: "3,4" }),
          Plot.line(points, { x: "x", y: "y", stroke: "var(--accent)", strokeWidth: 2.4 }),
          Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: (each) => (each.cut === undefined ? "" : `at ${number(each.cut)} points:\n${rate(each.y)} ${y}\n${rate(each.x)} ${x}`) })),
        ],
      }),
    });
  }

  function volumes({ thresholds, advice, score, sample }) {
    const rows = [...thresholds].sort((a, b) => a.threshold - b.threshold);
    const series = rows.flatMap(({ threshold, precision, recall }) => [{ threshold, what: "won among these", value: precision }, { threshold, what: "share of all won", value: recall }]);
    const colours = { "won among these": "var(--accent)", "share of all won": "var(--c2)" };
    return card("At every threshold", advice.map((each) => told(each, sample)), chart({
      label: "Precision and recall at every threshold",
      legend: Object.entries(colours),
      table: { columns: ["From", "Cases", "Won", "Won among these", "Share of all won"], rows: () => rows.map((cut) => [exactly(cut.threshold), number(cut.volume), number(cut.won), rate(cut.precision), rate(cut.recall)]) },
      options: () => ({
        height: 280, marginLeft: 48, marginBottom: 36, x: { label: spoken(score.name), labelArrow: "none" }, y: { domain: [0, 1], grid: true, ticks: 5, label: null, tickFormat: rate },
        marks: [
          Plot.line(series, { x: "threshold", y: "value", z: "what", stroke: ({ what }) => colours[what], strokeWidth: 2.2 }),
          Plot.tip(series, Plot.pointerX({ x: "threshold", y: "value", title: ({ threshold, what, value }) => `from ${number(threshold)}: ${rate(value)} ${what}` })),
        ],
      }),
    }));
  }

  /** The threshold that is recommended for what was wished. */
  function told({ wanted, threshold, precision, at_a_time: many }, { instants }) {
    if (!threshold) return h("span", `No threshold gives ${wanted}. `);
    const volume = instants === 1 ? `; ${plural(threshold.volume, "case")}` : many === null ? "" : `, about ${number(many)} at a time`;
    return h("span", h("b", `From ${exactly(threshold.threshold)} points`), ` for ${wanted}: ${rate(precision?.value ?? threshold.precision)} of these are won${volume}. `);
  }

  function deciles({ deciles: bands, sample }) {
    if (!bands?.length) return null;
    return card("By tenths of the score", "The first tenth has the highest scores. The dotted line is the rate of all.", chart({
      label: "Rate of winning by tenths of the score",
      table: { columns: ["Tenth", "Score", "Cases", "Won", "Rate", "95 %", "Lift"], rows: () => bands.map((band) => [band.decile, `${number(band.from)} – ${number(band.to)}`, number(band.cases), number(band.won), rate(band.rate.value), within(band.rate, rate), two(band.lift)]) },
      options: () => ({
        height: 280, marginLeft: 48, marginBottom: 36, x: { type: "band", label: "tenth", labelArrow: "none", tickSize: 0 }, y: { grid: true, ticks: 5, label: null, tickFormat: rate, domain: [0, Math.max(...bands.map(({ rate: { high } }) => high))] },
        marks: [
          Plot.barY(bands, { x: "decile", y: ({ rate: { value } }) => value, fill: "var(--accent)", rx: 2, title: (band) => `${number(band.won)} of ${number(band.cases)} won` }),
          Plot.ruleX(bands, { x: "decile", y1: ({ rate: { low } }) => low, y2: ({ rate: { high } }) => high, stroke: "var(--text)", strokeOpacity: 0.55 }),
          Plot.ruleY([sample.base_rate], { stroke: "var(--line-strong)", strokeDasharray: "3,4" }), Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        ],
      }),
    }));
  }

  function calibration({ calibration: found, score }) {
    if (!found?.curve?.length) return null;
    return card("What a score means", `The rate of winning that goes with a score, learnt from half of the cases. ${skill(found)}`, chart({
      label: "The rate of winning by score",
      table: { columns: ["Score", "Rate of winning"], rows: () => found.curve.map((point) => [exactly(point.score), rate(point.rate)]) },
      options: () => ({
        height: 260, marginLeft: 48, marginBottom: 36, x: { label: spoken(score.name), labelArrow: "none" }, y: { domain: [0, 1], grid: true, ticks: 5, label: null, tickFormat: rate },
        marks: [Plot.line(found.curve, { x: "score", y: "rate", stroke: "var(--accent)", strokeWidth: 2.4 }), Plot.dot(found.curve, { x: "score", y: "rate", fill: "var(--accent)", r: 3.5, title: (point) => `${number(point.score)}: ${rate(point.rate)}` })],
      }),
    }));
  }

  /** How much better this foretells the other half of the cases than the same rate for all would. */
  function skill({ skill: found }) {
    if (found === null) return "";
    return found > 0 ? `On the other half it is off by ${rate(found)} less than the same rate for everybody.` : "It does not carry over: on the other half the same rate for everybody is as good or better.";
  }

  // --- tables --------------------------------------------------------------------------------------------------------

  function table(columns, rows) {
    return h("div.wide", h("table", h("thead", h("tr", columns.map((name, i) => h(i ? "th.right" : "th", { scope: "col" }, name)))), h("tbody", rows.map((row) => h("tr", row.map((cell, i) => h(i ? "td.right" : "td", cell)))))));
  }

  function slices(title, found) {
    if (!Array.isArray(found) || !found.length) return null;
    return card(title, null, table(["Part", "Cases", "Won", "Rate", "95 %", "AUC"], found.map((each) => [each.name, number(each.cases), number(each.won), rate(each.rate.value), within(each.rate, rate), each.auc ? two(each.auc.value) : "–"])));
  }

  function stages({ stages: found }) {
    if (!found?.length) return null;
    return card("By stage", "At which stage the cases were before their outcome.", table(["Stage", "Cases", "Won", "Rate", "95 %", "Of all won, here or beyond"],
      found.map((each) => [each.label ?? each.stage ?? "none", number(each.cases), number(each.won), rate(each.rate.value), within(each.rate, rate), each.at_or_beyond ? rate(each.at_or_beyond.recall) : "–"])));
  }

  function waterfall({ waterfall: found }) {
    if (!found?.steps?.length) return null;
    const labels = new Map(found.steps.map(({ stage, label }) => [stage, label]));
    return card("From stage to stage", `How many went on within ${number(found.horizon_days)} days, and how long it took.`, table(["Step", "Came", "Went on", `Within ${number(found.horizon_days)} days`, "95 %", "Median days"],
      found.steps.map((step) => [`${step.label ?? step.stage} → ${labels.get(step.to) ?? step.to ?? "won"}`, number(step.came), number(step.went_on), step.in_time ? rate(step.in_time.value) : "–", step.in_time ? within(step.in_time, rate) : "", number(step.median_days)])));
  }

  function comparison({ comparison: found }) {
    if (!found) return null;
    return card(`Against ${found.name} ${found.version}`, `The same ${plural(found.cases, "case")} under both rulesets${found.left_out ? `; ${number(found.left_out)} that the other does not score are left out` : ""}.`,
      table(["Rules", "AUC", "95 %"], [["This one", two(found.auc.value), within(found.auc, two)], [`${found.name} ${found.version}, ${spoken(found.score)}`, two(found.other_auc.value), within(found.other_auc, two)], ["Difference", two(found.difference.value), within(found.difference, two)]]));
  }

  function verdicts(found) {
    if (!found) return null;
    const reasons = found.reasons.length ? [h("h3", "Why sales rejected"), table(["Reason", "How often"], found.reasons.map(({ reason, count }) => [reason ?? "no reason given", number(count)]))] : null;
    const rejected = found.rejected_entities.length ? [h("h3", "Rejected"), table(["Who", "When", "Stage", "Score", "Reason"], found.rejected_entities.slice(0, 50).map((each) => [each.id, date(each.scored_at), each.stage ?? "–", number(each.score), each.reason ?? "–"]))] : null;
    return [card("What sales said", `${number(found.accepted)} accepted, ${number(found.rejected)} rejected${found.share_accepted ? `: ${rate(found.share_accepted.value)} accepted (95 %: ${within(found.share_accepted, rate)})` : ""}.`, [reasons, rejected]),
      lines("What sales said, line by line", found.lines, ["accepted", "rejected"])];
  }

  function lines(title, found, [won, lost] = ["won", "lost"]) {
    if (!found?.length) return null;
    const most = Math.max(0.001, ...found.map((line) => Math.abs(line.auc_loss_without?.value ?? 0)));
    return card(title, `How often a line fires among the ${won} and the ${lost}, and what the AUC would lose without it.`, h("div.wide", h("table.shares",
      h("thead", h("tr", ["Line", "Score", "Verdict"].map((name) => h("th", { scope: "col" }, name)), [`In ${won}`, `In ${lost}`, "Lift", "AUC lost without"].map((name) => h("th.right", { scope: "col", colspan: name.startsWith("AUC") ? 2 : null }, name)))),
      h("tbody", found.map((line) => h("tr",
        h("td", line.label ?? spoken(line.line)), h("td.how", capital(spoken(line.score))), h(`td.${TONES[line.verdict] ?? "plain"}`, line.verdict),
        h("td.right", rate(line.fires_in_won)), h("td.right", rate(line.fires_in_lost)), h("td.right", line.lift === null ? "–" : two(line.lift.value)),
        h("td.right", line.auc_loss_without ? scoreline.signed(Math.round(line.auc_loss_without.value * 1000) / 1000) : "–"),
        h("td", line.auc_loss_without ? bar(Math.abs(line.auc_loss_without.value), most, line.auc_loss_without.value < 0 ? "bad" : "") : null)))))));
  }
})();

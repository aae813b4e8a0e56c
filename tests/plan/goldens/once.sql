-- event: the events that rules read, typed once: owners, ages, folded texts
-- reads events, lead, instant
CREATE TEMPORARY TABLE "event" AS
SELECT
  CAST("e"."lead" AS INT) AS "lead",
  "e"."type" AS "type",
  LOWER("e"."page") AS "page_folded",
  "e"."now as_of" - "e"."at" AS "age",
  "e"."at" AS "at"
FROM (
  SELECT
    "now"."as_of" AS "now as_of",
    "d"."at" AS "at",
    "l"."key" AS "lead",
    "d"."type" AS "type",
    "d"."page text" AS "page"
  FROM "events" AS "d"
  LEFT JOIN "lead" AS "l"
    ON "l"."id" = "d"."contact_id"
  CROSS JOIN "instant" AS "now"
  WHERE
    "d"."at" <= "now"."as_of"
    AND (
      (
        "d"."received_at" IS NULL
      ) OR (
        "d"."received_at" <= "now"."as_of"
      )
    )
    AND "d"."type" = 'page_view'
) AS "e"

-- lead_events_1: counts and sums of events by lead, in one scan
-- reads event
CREATE TEMPORARY TABLE "lead_events_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(CASE WHEN "e"."passes 1" THEN CAST(1 AS BIGINT) END) AS "visited_pricing_within_14_days_count",
  MIN(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "visited_pricing_within_14_days_oldest",
  MAX(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "visited_pricing_within_14_days_newest",
  COUNT(CASE WHEN "e"."passes 2" THEN CAST(1 AS BIGINT) END) AS "visited_count",
  MIN(CASE WHEN "e"."passes 2" THEN "e"."at" END) AS "visited_oldest",
  MAX(CASE WHEN "e"."passes 2" THEN "e"."at" END) AS "visited_newest"
FROM (
  SELECT
    CAST("e"."lead" AS BIGINT) AS "owner",
    COALESCE("e"."type" = 'page_view', FALSE)
    AND COALESCE("e"."page_folded" = 'pricing', FALSE)
    AND COALESCE("e"."age" < 1209600000000, FALSE) AS "passes 1",
    "e"."at" AS "at",
    COALESCE("e"."type" = 'page_view', FALSE) AND (
      NOT "e"."page_folded" IS NULL
    ) AS "passes 2"
  FROM "event" AS "e"
  WHERE
    NOT "e"."lead" IS NULL
) AS "e"
GROUP BY
  "e"."owner"

-- lead_values_1: 10 columns of each lead, out of 15 formulas
-- reads lead, lead_events_1
CREATE TEMPORARY TABLE "lead_values_1" AS
SELECT
  "e"."key" AS "key",
  "e"."account" AS "account",
  "e"."engagement" AS "engagement",
  "e"."buyer_line" AS "buyer_line",
  "e"."buyer_line_events" AS "buyer_line_events",
  "e"."buyer_line_first" AS "buyer_line_first",
  "e"."buyer_line_last" AS "buyer_line_last",
  "e"."often_line" AS "often_line",
  "e"."often_line_events" AS "often_line_events",
  "e"."often_line_first" AS "often_line_first",
  "e"."often_line_last" AS "often_line_last",
  NULLIF("e"."engagement" - "e"."engagement_sum", 0) AS "engagement_clamp"
FROM (
  SELECT
    "e".*,
    GREATEST(LEAST("e"."engagement_sum", 1000000), 0) AS "engagement"
  FROM (
    SELECT
      "e".*,
      COALESCE("e"."buyer_points", CAST(0 AS BIGINT)) + COALESCE("e"."often_points", CAST(0 AS BIGINT)) AS "engagement_sum",
      CASE WHEN "e"."buyer_holds" THEN "e"."buyer_points" END AS "buyer_line",
      CASE WHEN "e"."often_holds" THEN "e"."often_points" END AS "often_line"
    FROM (
      SELECT
        "e".*,
        CASE WHEN "e"."buyer_holds" THEN CAST(200000 AS BIGINT) END AS "buyer_points",
        CASE WHEN "e"."often_holds" THEN CAST(150000 AS BIGINT) END AS "often_points"
      FROM (
        SELECT
          "e"."key" AS "key",
          "e"."account" AS "account",
          COALESCE("e"."role_folded" = 'buyer', FALSE)
          AND (
            COALESCE("lead_events_1"."visited_pricing_within_14_days_count", CAST(0 AS BIGINT)) > 0
          ) AS "buyer_holds",
          COALESCE("lead_events_1"."visited_count", CAST(0 AS BIGINT)) >= 3 AS "often_holds",
          COALESCE("lead_events_1"."visited_pricing_within_14_days_count", CAST(0 AS BIGINT)) AS "buyer_line_events",
          "lead_events_1"."visited_pricing_within_14_days_oldest" AS "buyer_line_first",
          "lead_events_1"."visited_pricing_within_14_days_newest" AS "buyer_line_last",
          COALESCE("lead_events_1"."visited_count", CAST(0 AS BIGINT)) AS "often_line_events",
          "lead_events_1"."visited_oldest" AS "often_line_first",
          "lead_events_1"."visited_newest" AS "often_line_last"
        FROM "lead" AS "e"
        LEFT JOIN "lead_events_1" AS "lead_events_1"
          ON "lead_events_1"."key" = "e"."key"
      ) AS "e"
    ) AS "e"
  ) AS "e"
) AS "e"

-- lead_results: the results of each lead
-- reads lead_values_1, lead
CREATE TEMPORARY TABLE "lead_results" AS
SELECT
  "e"."key" AS "key",
  "lead"."id" AS "id",
  "lead"."account_id" AS "account_id",
  "e"."engagement" AS "engagement"
FROM "lead_values_1" AS "e"
LEFT JOIN "lead" AS "lead"
  ON "lead"."key" = "e"."key"

-- account_results: the results of each account
-- reads account
CREATE TEMPORARY TABLE "account_results" AS
SELECT
  "e"."key" AS "key",
  "e"."id" AS "id"
FROM "account" AS "e"

-- contributions: every entry of every score
-- reads lead_values_1
CREATE TEMPORARY TABLE "contributions" AS
SELECT
  "e"."key" AS "key",
  CAST(0 AS BIGINT) AS "entry",
  "e"."buyer_line" AS "points",
  "e"."buyer_line_events" AS "events",
  "e"."buyer_line_first" AS "first",
  "e"."buyer_line_last" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."buyer_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(1 AS BIGINT) AS "entry",
  "e"."often_line" AS "points",
  "e"."often_line_events" AS "events",
  "e"."often_line_first" AS "first",
  "e"."often_line_last" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."often_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(2 AS BIGINT) AS "entry",
  "e"."engagement_clamp" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."engagement_clamp" IS NULL

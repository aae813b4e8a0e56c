-- event: the events that rules read, typed once: owners, ages, folded texts
-- reads events, lead, instant
CREATE TEMPORARY TABLE "event" AS
SELECT
  CAST("e"."lead" AS INT) AS "lead",
  CAST("e"."day" AS INT) AS "day",
  "e"."at" AS "at",
  "e"."type" AS "type",
  "e"."page_folded" AS "page_folded",
  "e"."age" AS "age",
  CAST("e"."age" // 86400000000 AS INT) AS "age in days"
FROM (
  SELECT
    "e".*,
    LOWER("e"."page") AS "page_folded",
    "e"."now as_of" - "e"."at" AS "age",
    (
      (
        "e"."at" + 100000051200000000
      ) // 86400000000
    ) - 1157408 AS "day"
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
) AS "e"

-- lead_set_1: for engagement_each_day_with_page_view_n: a set of its own
-- reads event
CREATE TEMPORARY TABLE "lead_set_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(*) AS "engagement_each_day_with_page_view_n",
  CAST(SUM("e"."group_size") AS BIGINT) AS "engagement_each_day_with_page_view_event",
  MIN("e"."group_first") AS "engagement_each_day_with_page_view_first",
  MAX("e"."at") AS "engagement_each_day_with_page_view_last"
FROM (
  SELECT
    "e"."owner" AS "owner",
    MAX("e"."at") AS "at",
    COUNT(*) AS "group_size",
    MIN("e"."at") AS "group_first"
  FROM (
    SELECT
      "e"."owner" AS "owner",
      "e"."day" AS "by",
      "e"."at" AS "at"
    FROM (
      SELECT
        CAST("e"."lead" AS BIGINT) AS "owner",
        CAST("e"."day" AS BIGINT) AS "day",
        "e"."at" AS "at"
      FROM "event" AS "e"
      WHERE
        NOT "e"."lead" IS NULL AND "e"."type" = 'page_view'
    ) AS "e"
    WHERE
      NOT "e"."day" IS NULL
  ) AS "e"
  GROUP BY
    "e"."owner",
    "e"."by"
) AS "e"
GROUP BY
  "e"."owner"

-- decay_day: what points are worth by their age in days
-- reads event
--   halves_30: halves 5.0

-- lead_events_1: counts and sums of events by lead, in one scan
-- reads event, decay_day
CREATE TEMPORARY TABLE "lead_events_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(CASE WHEN "e"."passes 1" THEN CAST(1 AS BIGINT) END) AS "engagement_each_visited_within_90_days_n",
  CAST(SUM(CASE WHEN "e"."passes 1" THEN "e"."halves_30 by age in days" END) AS BIGINT) AS "engagement_each_visited_within_90_days_p",
  MIN(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "engagement_each_visited_within_90_days_f",
  MAX(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "engagement_each_visited_within_90_days_l"
FROM (
  SELECT
    CAST("e"."lead" AS BIGINT) AS "owner",
    COALESCE("e"."type" = 'page_view', FALSE)
    AND (
      NOT "e"."page_folded" IS NULL
    )
    AND COALESCE("e"."age" < 7776000000000, FALSE) AS "passes 1",
    "decay_day_1"."halves_30" AS "halves_30 by age in days",
    "e"."at" AS "at"
  FROM "event" AS "e"
  LEFT JOIN "decay_day" AS "decay_day_1"
    ON "decay_day_1"."age" = CAST("e"."age in days" AS BIGINT)
  WHERE
    NOT "e"."lead" IS NULL
) AS "e"
GROUP BY
  "e"."owner"

-- lead_values_1: 11 columns of each lead, out of 16 formulas
-- reads lead, lead_events_1, lead_set_1
CREATE TEMPORARY TABLE "lead_values_1" AS
SELECT
  "e"."key" AS "key",
  "e"."account" AS "account",
  COALESCE("e"."engagement_each_visited_within_90_days_t", CAST(0 AS BIGINT)) + COALESCE("e"."engagement_each_day_with_page_view_total", CAST(0 AS BIGINT)) AS "engagement_sum",
  "e"."engagement_each_visited_within_90_days_l_2" AS "engagement_each_visited_within_90_days_l_2",
  "e"."engagement_each_visited_within_90_days_l_3" AS "engagement_each_visited_within_90_days_l_3",
  "e"."engagement_each_visited_within_90_days_l_4" AS "engagement_each_visited_within_90_days_l_4",
  "e"."engagement_each_visited_within_90_days_l_5" AS "engagement_each_visited_within_90_days_l_5",
  "e"."engagement_each_visited_within_90_days_c" AS "engagement_each_visited_within_90_days_c",
  "e"."engagement_each_day_with_page_view_line" AS "engagement_each_day_with_page_view_line",
  "e"."engagement_each_day_with_page_view_line_" AS "engagement_each_day_with_page_view_line_",
  "e"."engagement_each_day_with_page_view_line__2" AS "engagement_each_day_with_page_view_line__2",
  "e"."engagement_each_day_with_page_view_line__3" AS "engagement_each_day_with_page_view_line__3",
  CASE
    WHEN "e"."engagement_each_day_with_page_view_holds"
    THEN NULLIF(
      "e"."engagement_each_day_with_page_view_total" - "e"."engagement_each_day_with_page_view_point",
      0
    )
  END AS "engagement_each_day_with_page_view_cap"
FROM (
  SELECT
    "e".*,
    CASE
      WHEN NOT "e"."engagement_each_day_with_page_view_point" IS NULL
      THEN LEAST("e"."engagement_each_day_with_page_view_point", 100000)
    END AS "engagement_each_day_with_page_view_total",
    CASE
      WHEN "e"."engagement_each_visited_within_90_days_h"
      THEN "e"."lead_events_1 engagement_each_visited_within_90_days_p"
    END AS "engagement_each_visited_within_90_days_l_2",
    CASE
      WHEN "e"."engagement_each_visited_within_90_days_h"
      THEN NULLIF(
        "e"."engagement_each_visited_within_90_days_t" - "e"."lead_events_1 engagement_each_visited_within_90_days_p",
        0
      )
    END AS "engagement_each_visited_within_90_days_c",
    CASE
      WHEN "e"."engagement_each_day_with_page_view_holds"
      THEN "e"."engagement_each_day_with_page_view_point"
    END AS "engagement_each_day_with_page_view_line"
  FROM (
    SELECT
      "lead_events_1"."engagement_each_visited_within_90_days_p" AS "lead_events_1 engagement_each_visited_within_90_days_p",
      "e"."key" AS "key",
      "e"."account" AS "account",
      COALESCE("lead_events_1"."engagement_each_visited_within_90_days_n" > 0, FALSE) AS "engagement_each_visited_within_90_days_h",
      CASE
        WHEN NOT "lead_events_1"."engagement_each_visited_within_90_days_p" IS NULL
        THEN LEAST("lead_events_1"."engagement_each_visited_within_90_days_p", 150000)
      END AS "engagement_each_visited_within_90_days_t",
      CASE
        WHEN "lead_set_1"."engagement_each_day_with_page_view_n" > 0
        THEN "lead_set_1"."engagement_each_day_with_page_view_n" * 10000
      END AS "engagement_each_day_with_page_view_point",
      COALESCE("lead_set_1"."engagement_each_day_with_page_view_n" > 0, FALSE) AS "engagement_each_day_with_page_view_holds",
      COALESCE("lead_events_1"."engagement_each_visited_within_90_days_n", CAST(0 AS BIGINT)) AS "engagement_each_visited_within_90_days_l_3",
      "lead_events_1"."engagement_each_visited_within_90_days_f" AS "engagement_each_visited_within_90_days_l_4",
      "lead_events_1"."engagement_each_visited_within_90_days_l" AS "engagement_each_visited_within_90_days_l_5",
      COALESCE("lead_set_1"."engagement_each_day_with_page_view_event", CAST(0 AS BIGINT)) AS "engagement_each_day_with_page_view_line_",
      "lead_set_1"."engagement_each_day_with_page_view_first" AS "engagement_each_day_with_page_view_line__2",
      "lead_set_1"."engagement_each_day_with_page_view_last" AS "engagement_each_day_with_page_view_line__3"
    FROM "lead" AS "e"
    LEFT JOIN "lead_events_1" AS "lead_events_1"
      ON "lead_events_1"."key" = "e"."key"
    LEFT JOIN "lead_set_1" AS "lead_set_1"
      ON "lead_set_1"."key" = "e"."key"
  ) AS "e"
) AS "e"

-- lead_results: the results of each lead
-- reads lead_values_1, lead
CREATE TEMPORARY TABLE "lead_results" AS
SELECT
  "e"."key" AS "key",
  "lead"."id" AS "id",
  "lead"."account_id" AS "account_id",
  "e"."engagement_sum" AS "engagement_sum"
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
  "e"."engagement_each_visited_within_90_days_l_2" AS "points",
  "e"."engagement_each_visited_within_90_days_l_3" AS "events",
  "e"."engagement_each_visited_within_90_days_l_4" AS "first",
  "e"."engagement_each_visited_within_90_days_l_5" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."engagement_each_visited_within_90_days_l_2" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(1 AS BIGINT) AS "entry",
  "e"."engagement_each_visited_within_90_days_c" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."engagement_each_visited_within_90_days_c" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(2 AS BIGINT) AS "entry",
  "e"."engagement_each_day_with_page_view_line" AS "points",
  "e"."engagement_each_day_with_page_view_line_" AS "events",
  "e"."engagement_each_day_with_page_view_line__2" AS "first",
  "e"."engagement_each_day_with_page_view_line__3" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."engagement_each_day_with_page_view_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(3 AS BIGINT) AS "entry",
  "e"."engagement_each_day_with_page_view_cap" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."engagement_each_day_with_page_view_cap" IS NULL

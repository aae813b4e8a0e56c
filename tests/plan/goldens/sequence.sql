-- event: the events that rules read, typed once: owners, ages, folded texts
-- reads events, lead, account, instant
CREATE TEMPORARY TABLE "event" AS
SELECT
  CAST("e"."lead" AS INT) AS "lead",
  "e"."at" AS "at",
  "e"."type" AS "type",
  "e"."id" AS "id",
  CAST("e"."account" AS INT) AS "account",
  LOWER("e"."page") AS "page_folded"
FROM (
  SELECT
    "d"."at" AS "at",
    "l"."key" AS "lead",
    "d"."id" AS "id",
    "d"."type" AS "type",
    "d"."page text" AS "page",
    COALESCE("a"."key", "l"."account") AS "account"
  FROM "events" AS "d"
  LEFT JOIN "lead" AS "l"
    ON "l"."id" = "d"."contact_id"
  LEFT JOIN "account" AS "a"
    ON "a"."id" = "d"."account_id"
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
    AND "d"."type" IN ('page_view', 'webinar')
) AS "e"

-- lead_set_1: for visited_case_within_7_days_after_webinar: a set of its own
-- reads event
CREATE TEMPORARY TABLE "lead_set_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(*) AS "visited_case_within_7_days_after_webinar",
  MIN("e"."at") AS "visited_case_within_7_days_after_webinar_2",
  MAX("e"."at") AS "visited_case_within_7_days_after_webinar_3"
FROM (
  SELECT
    "e"."owner" AS "owner",
    "e"."at" AS "at"
  FROM (
    SELECT
      "e".*,
      COALESCE("e"."at" - "e"."nearest" < 604800000000, FALSE) AS "beside 1"
    FROM (
      SELECT
        "e".*,
        MAX("e"."anchor_at") OVER (
          PARTITION BY "e"."group 0"
          ORDER BY "e"."at" ASC
          RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "nearest"
      FROM (
        SELECT
          "e"."owner" AS "owner",
          "e"."at" AS "at",
          "e"."type" AS "type",
          "e"."id" AS "id",
          "e"."lead" AS "lead",
          "e"."account" AS "account",
          "e"."owner" AS "group 0",
          CAST(NULL AS BIGINT) AS "anchor_at",
          CAST(1 AS BIGINT) AS "own"
        FROM (
          SELECT
            CAST("e"."lead" AS BIGINT) AS "owner",
            "e"."at" AS "at",
            "e"."type" AS "type",
            "e"."id" AS "id",
            CAST("e"."lead" AS BIGINT) AS "lead",
            CAST("e"."account" AS BIGINT) AS "account"
          FROM "event" AS "e"
          WHERE
            NOT "e"."lead" IS NULL
            AND "e"."type" = 'page_view'
            AND COALESCE(STARTS_WITH("e"."page_folded", 'case/'), FALSE)
        ) AS "e"
        UNION ALL
        SELECT
          CAST(NULL AS BOOLEAN) AS "owner",
          "e"."at" AS "at",
          CAST(NULL AS BOOLEAN) AS "type",
          "e"."id" AS "id",
          CAST(NULL AS BOOLEAN) AS "lead",
          CAST(NULL AS BOOLEAN) AS "account",
          "e"."owner" AS "group 0",
          "e"."at" AS "anchor_at",
          CAST(NULL AS BIGINT) AS "own"
        FROM (
          SELECT
            CAST("e"."lead" AS BIGINT) AS "owner",
            "e"."at" AS "at",
            "e"."id" AS "id"
          FROM "event" AS "e"
          WHERE
            NOT "e"."lead" IS NULL AND "e"."type" = 'webinar'
        ) AS "e"
        WHERE
          NOT "e"."owner" IS NULL
      ) AS "e"
    ) AS "e"
    WHERE
      NOT "e"."own" IS NULL
  ) AS "e"
  WHERE
    "e"."beside 1"
) AS "e"
GROUP BY
  "e"."owner"

-- lead_set_2: for webinar_without_page_view_within_3_days_: a set of its own
-- reads event, instant
CREATE TEMPORARY TABLE "lead_set_2" AS
SELECT
  "e"."owner" AS "key",
  COUNT(*) AS "webinar_without_page_view_within_3_days_",
  MIN("e"."at") AS "webinar_without_page_view_within_3_days__2",
  MAX("e"."at") AS "webinar_without_page_view_within_3_days__3"
FROM (
  SELECT
    "e"."owner" AS "owner",
    "e"."at" AS "at"
  FROM (
    SELECT
      "e".*,
      COALESCE("now"."as_of" - "e"."at" >= 259200000000, FALSE)
      AND (
        NOT COALESCE("e"."nearest" - "e"."at" < 259200000000, FALSE)
      ) AS "beside 1"
    FROM (
      SELECT
        "e".*,
        MIN("e"."anchor_at") OVER (
          PARTITION BY "e"."group 0"
          ORDER BY "e"."at" ASC
          RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS "nearest"
      FROM (
        SELECT
          "e"."owner" AS "owner",
          "e"."at" AS "at",
          "e"."type" AS "type",
          "e"."id" AS "id",
          "e"."lead" AS "lead",
          "e"."account" AS "account",
          "e"."owner" AS "group 0",
          CAST(NULL AS BIGINT) AS "anchor_at",
          CAST(1 AS BIGINT) AS "own"
        FROM (
          SELECT
            CAST("e"."lead" AS BIGINT) AS "owner",
            "e"."at" AS "at",
            "e"."type" AS "type",
            "e"."id" AS "id",
            CAST("e"."lead" AS BIGINT) AS "lead",
            CAST("e"."account" AS BIGINT) AS "account"
          FROM "event" AS "e"
          WHERE
            NOT "e"."lead" IS NULL AND "e"."type" = 'webinar'
        ) AS "e"
        UNION ALL
        SELECT
          CAST(NULL AS BOOLEAN) AS "owner",
          "e"."at" AS "at",
          CAST(NULL AS BOOLEAN) AS "type",
          "e"."id" AS "id",
          CAST(NULL AS BOOLEAN) AS "lead",
          CAST(NULL AS BOOLEAN) AS "account",
          "e"."owner" AS "group 0",
          "e"."at" AS "anchor_at",
          CAST(NULL AS BIGINT) AS "own"
        FROM (
          SELECT
            CAST("e"."lead" AS BIGINT) AS "owner",
            "e"."at" AS "at",
            "e"."id" AS "id"
          FROM "event" AS "e"
          WHERE
            NOT "e"."lead" IS NULL AND "e"."type" = 'page_view'
        ) AS "e"
        WHERE
          NOT "e"."owner" IS NULL
      ) AS "e"
    ) AS "e"
    CROSS JOIN "instant" AS "now"
    WHERE
      NOT "e"."own" IS NULL
  ) AS "e"
  WHERE
    "e"."beside 1"
) AS "e"
GROUP BY
  "e"."owner"

-- lead_values_1: 9 columns of each lead, out of 13 formulas
-- reads lead, lead_set_1, lead_set_2
CREATE TEMPORARY TABLE "lead_values_1" AS
SELECT
  "e"."key" AS "key",
  "e"."account" AS "account",
  COALESCE("e"."after_points", CAST(0 AS BIGINT)) + COALESCE("e"."silent_points", CAST(0 AS BIGINT)) AS "engagement_sum",
  CASE WHEN "e"."after_holds" THEN "e"."after_points" END AS "after_line",
  "e"."after_line_events" AS "after_line_events",
  "e"."after_line_first" AS "after_line_first",
  "e"."after_line_last" AS "after_line_last",
  CASE WHEN "e"."silent_holds" THEN "e"."silent_points" END AS "silent_line",
  "e"."silent_line_events" AS "silent_line_events",
  "e"."silent_line_first" AS "silent_line_first",
  "e"."silent_line_last" AS "silent_line_last"
FROM (
  SELECT
    "e".*,
    CASE WHEN "e"."after_holds" THEN CAST(100000 AS BIGINT) END AS "after_points",
    CASE WHEN "e"."silent_holds" THEN CAST(-50000 AS BIGINT) END AS "silent_points"
  FROM (
    SELECT
      "e"."key" AS "key",
      "e"."account" AS "account",
      COALESCE("lead_set_1"."visited_case_within_7_days_after_webinar", CAST(0 AS BIGINT)) > 0 AS "after_holds",
      COALESCE("lead_set_2"."webinar_without_page_view_within_3_days_", CAST(0 AS BIGINT)) > 0 AS "silent_holds",
      COALESCE("lead_set_1"."visited_case_within_7_days_after_webinar", CAST(0 AS BIGINT)) AS "after_line_events",
      "lead_set_1"."visited_case_within_7_days_after_webinar_2" AS "after_line_first",
      "lead_set_1"."visited_case_within_7_days_after_webinar_3" AS "after_line_last",
      COALESCE("lead_set_2"."webinar_without_page_view_within_3_days_", CAST(0 AS BIGINT)) AS "silent_line_events",
      "lead_set_2"."webinar_without_page_view_within_3_days__2" AS "silent_line_first",
      "lead_set_2"."webinar_without_page_view_within_3_days__3" AS "silent_line_last"
    FROM "lead" AS "e"
    LEFT JOIN "lead_set_1" AS "lead_set_1"
      ON "lead_set_1"."key" = "e"."key"
    LEFT JOIN "lead_set_2" AS "lead_set_2"
      ON "lead_set_2"."key" = "e"."key"
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
  "e"."after_line" AS "points",
  "e"."after_line_events" AS "events",
  "e"."after_line_first" AS "first",
  "e"."after_line_last" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."after_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(1 AS BIGINT) AS "entry",
  "e"."silent_line" AS "points",
  "e"."silent_line_events" AS "events",
  "e"."silent_line_first" AS "first",
  "e"."silent_line_last" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."silent_line" IS NULL

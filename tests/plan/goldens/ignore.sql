-- contact_now: the contacts as they are known at the instant
-- reads contacts, instant
CREATE TEMPORARY TABLE "contact_now" AS
SELECT
  "d"."id" AS "id",
  "d"."account_id" AS "account_id",
  LOWER("d"."role") AS "role_folded"
FROM "contacts" AS "d"
ANTI JOIN (
  SELECT
    "d"."id" AS "dated"
  FROM "contacts" AS "d"
  CROSS JOIN "instant" AS "now"
  WHERE
    "d"."valid_from" <= "now"."as_of"
) AS "v"
  ON "v"."dated" = "d"."id"
WHERE
  "d"."valid_from" IS NULL
UNION ALL
SELECT
  "e"."id" AS "id",
  "e"."account_id" AS "account_id",
  "e"."role_folded" AS "role_folded"
FROM (
  SELECT
    "d"."id" AS "id",
    "d"."account_id" AS "account_id",
    LOWER("d"."role") AS "role_folded",
    ROW_NUMBER() OVER (PARTITION BY "d"."id" ORDER BY "d"."valid_from" DESC) AS "place"
  FROM "contacts" AS "d"
  CROSS JOIN "instant" AS "now"
  WHERE
    "d"."valid_from" <= "now"."as_of"
) AS "e"
WHERE
  "e"."place" = 1

-- account_now: the accounts as they are known at the instant
-- reads accounts, instant
CREATE TEMPORARY TABLE "account_now" AS
SELECT
  "d"."id" AS "id"
FROM "accounts" AS "d"
ANTI JOIN (
  SELECT
    "d"."id" AS "dated"
  FROM "accounts" AS "d"
  CROSS JOIN "instant" AS "now"
  WHERE
    "d"."valid_from" <= "now"."as_of"
) AS "v"
  ON "v"."dated" = "d"."id"
WHERE
  "d"."valid_from" IS NULL
UNION ALL
SELECT
  "e"."id" AS "id"
FROM (
  SELECT
    "d"."id" AS "id",
    ROW_NUMBER() OVER (PARTITION BY "d"."id" ORDER BY "d"."valid_from" DESC) AS "place"
  FROM "accounts" AS "d"
  CROSS JOIN "instant" AS "now"
  WHERE
    "d"."valid_from" <= "now"."as_of"
) AS "e"
WHERE
  "e"."place" = 1

-- named_contact: the contacts that events name
-- reads events, instant
CREATE TEMPORARY TABLE "named_contact" AS
SELECT DISTINCT
  "d"."contact_id" AS "id"
FROM "events" AS "d"
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
  AND NOT "d"."contact_id" IS NULL

-- named_account: the accounts that events name
-- reads events, instant
CREATE TEMPORARY TABLE "named_account" AS
SELECT DISTINCT
  "d"."account_id" AS "id"
FROM "events" AS "d"
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
  AND NOT "d"."account_id" IS NULL

-- account_all: all accounts, numbered in order of their ids
-- reads account_now, contact_now, named_account
CREATE TEMPORARY TABLE "account_all" AS
SELECT
  ROW_NUMBER() OVER (ORDER BY "e"."id" ASC) AS "key",
  "e"."id" AS "id",
  "e"."known" AS "known"
FROM (
  SELECT
    "e"."id" AS "id",
    TRUE AS "known"
  FROM "account_now" AS "e"
  UNION ALL
  SELECT
    "e"."id" AS "id",
    FALSE AS "known"
  FROM (
    SELECT DISTINCT
      "e"."id" AS "id"
    FROM (
      SELECT
        "e"."account_id" AS "id"
      FROM "contact_now" AS "e"
      WHERE
        NOT "e"."account_id" IS NULL
      UNION ALL
      SELECT
        "e"."id" AS "id"
      FROM "named_account" AS "e"
    ) AS "e"
  ) AS "e"
  ANTI JOIN "account_now" AS "r"
    ON "r"."id" = "e"."id"
) AS "e"

-- lead_all: all contacts, numbered in order of their ids, with their account
-- reads contact_now, named_contact, account_all
CREATE TEMPORARY TABLE "lead_all" AS
SELECT
  "e"."key" AS "key",
  "a"."key" AS "account",
  "e"."id" AS "id",
  "e"."account_id" AS "account_id",
  "e"."role_folded" AS "role_folded",
  "e"."known" AS "known"
FROM (
  SELECT
    "e".*,
    ROW_NUMBER() OVER (ORDER BY "e"."id" ASC) AS "key"
  FROM (
    SELECT
      "e"."id" AS "id",
      "e"."account_id" AS "account_id",
      "e"."role_folded" AS "role_folded",
      TRUE AS "known"
    FROM "contact_now" AS "e"
    UNION ALL
    SELECT
      "e"."id" AS "id",
      CAST(NULL AS TEXT) AS "account_id",
      CAST(NULL AS TEXT) AS "role_folded",
      FALSE AS "known"
    FROM "named_contact" AS "e"
    ANTI JOIN "contact_now" AS "r"
      ON "r"."id" = "e"."id"
  ) AS "e"
) AS "e"
LEFT JOIN "account_all" AS "a"
  ON "a"."id" = "e"."account_id"

-- contact_ignored: the contacts that `ignore contact` leaves out, by line
-- reads lead_all
CREATE TEMPORARY TABLE "contact_ignored" AS
SELECT
  "e"."key" AS "key",
  "e"."reason" AS "reason"
FROM (
  SELECT
    "e"."key" AS "key",
    CASE WHEN "e"."role_folded" = 'internal' THEN CAST(0 AS BIGINT) END AS "reason"
  FROM "lead_all" AS "e"
) AS "e"
WHERE
  NOT "e"."reason" IS NULL

-- lead: the contacts that are left
-- reads lead_all, contact_ignored
CREATE TEMPORARY TABLE "lead" AS
SELECT
  "e"."key" AS "key",
  "e"."account" AS "account",
  "e"."id" AS "id",
  "e"."account_id" AS "account_id",
  "e"."role_folded" AS "role_folded",
  "e"."known" AS "known"
FROM "lead_all" AS "e"
ANTI JOIN "contact_ignored" AS "i"
  ON "i"."key" = "e"."key"

-- account: the accounts that somebody still names
-- reads account_all, lead, named_account
CREATE TEMPORARY TABLE "account" AS
SELECT
  "e"."key" AS "key",
  "e"."id" AS "id",
  "e"."known" AS "known"
FROM "account_all" AS "e"
SEMI JOIN (
  SELECT
    "e"."account" AS "account"
  FROM "lead" AS "e"
  WHERE
    NOT "e"."account" IS NULL
  UNION ALL
  SELECT
    "a"."key" AS "account"
  FROM "named_account" AS "e"
  INNER JOIN "account_all" AS "a"
    ON "a"."id" = "e"."id"
  UNION ALL
  SELECT
    "e"."key" AS "account"
  FROM "account_all" AS "e"
  WHERE
    "e"."known"
) AS "n"
  ON "n"."account" = "e"."key"

-- event_read: the events that rules read, typed once: owners, ages, folded texts
-- reads events, lead_all, account_all, contact_ignored, instant
CREATE TEMPORARY TABLE "event_read" AS
SELECT
  "e"."lead" AS "lead",
  "e"."type" AS "type",
  LOWER("e"."page") AS "page_folded",
  "e"."at" AS "at",
  "e"."id" AS "id",
  "e"."account" AS "account",
  "e"."contact_reason" AS "contact_reason"
FROM (
  SELECT
    "d"."at" AS "at",
    "l"."key" AS "lead",
    "d"."id" AS "id",
    "d"."type" AS "type",
    "d"."page text" AS "page",
    COALESCE("a"."key", "l"."account") AS "account",
    "i"."reason" AS "contact_reason"
  FROM "events" AS "d"
  LEFT JOIN "lead_all" AS "l"
    ON "l"."id" = "d"."contact_id"
  LEFT JOIN "account_all" AS "a"
    ON "a"."id" = "d"."account_id"
  LEFT JOIN "contact_ignored" AS "i"
    ON "i"."key" = "l"."key"
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
) AS "e"

-- event_screened: the events that rules read, typed once: owners, ages, folded texts, with the line that ignores them
-- reads event_read
CREATE TEMPORARY TABLE "event_screened" AS
SELECT
  "e"."lead" AS "lead",
  "e"."type" AS "type",
  "e"."page_folded" AS "page_folded",
  "e"."at" AS "at",
  CASE
    WHEN "e"."contact_reason" = 0
    THEN CAST(0 AS BIGINT)
    WHEN (
      "e"."type" = 'page_view'
    )
    AND COALESCE(CONTAINS("e"."page_folded", 'healthcheck'), FALSE)
    THEN CAST(1 AS BIGINT)
    WHEN (
      "e"."type" = 'page_view'
    ) AND "e"."beside 1"
    THEN CAST(2 AS BIGINT)
  END AS "reason"
FROM (
  SELECT
    "e".*,
    COALESCE("e"."at" - "e"."nearest" < 2000000, FALSE) AS "beside 1"
  FROM (
    SELECT
      "e".*,
      MAX("e"."anchor_at") OVER (
        PARTITION BY "e"."group 0", "e"."group 1"
        ORDER BY "e"."at" ASC
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "nearest"
    FROM (
      SELECT
        "e"."owner" AS "owner",
        "e"."lead" AS "lead",
        "e"."type" AS "type",
        "e"."page_folded" AS "page_folded",
        "e"."at" AS "at",
        "e"."id" AS "id",
        "e"."account" AS "account",
        "e"."contact_reason" AS "contact_reason",
        "e"."lead" AS "group 0",
        CASE WHEN "e"."lead" IS NULL THEN "e"."account" END AS "group 1",
        CAST(NULL AS BIGINT) AS "anchor_at",
        CAST(1 AS BIGINT) AS "own"
      FROM (
        SELECT
          "e"."lead" AS "owner",
          "e"."lead" AS "lead",
          "e"."type" AS "type",
          "e"."page_folded" AS "page_folded",
          "e"."at" AS "at",
          "e"."id" AS "id",
          "e"."account" AS "account",
          "e"."contact_reason" AS "contact_reason"
        FROM "event_read" AS "e"
        WHERE
          "e"."type" = 'page_view'
      ) AS "e"
      UNION ALL
      SELECT
        CAST(NULL AS BOOLEAN) AS "owner",
        CAST(NULL AS BOOLEAN) AS "lead",
        CAST(NULL AS BOOLEAN) AS "type",
        CAST(NULL AS BOOLEAN) AS "page_folded",
        "e"."at" AS "at",
        "e"."id" AS "id",
        CAST(NULL AS BOOLEAN) AS "account",
        CAST(NULL AS BOOLEAN) AS "contact_reason",
        "e"."owner" AS "group 0",
        CAST(NULL AS BIGINT) AS "group 1",
        "e"."at" AS "anchor_at",
        CAST(NULL AS BIGINT) AS "own"
      FROM (
        SELECT
          "e"."lead" AS "owner",
          "e"."at" AS "at",
          "e"."id" AS "id"
        FROM "event_read" AS "e"
        WHERE
          NOT "e"."lead" IS NULL AND "e"."type" = 'webinar'
      ) AS "e"
      WHERE
        NOT "e"."owner" IS NULL
      UNION ALL
      SELECT
        CAST(NULL AS BOOLEAN) AS "owner",
        CAST(NULL AS BOOLEAN) AS "lead",
        CAST(NULL AS BOOLEAN) AS "type",
        CAST(NULL AS BOOLEAN) AS "page_folded",
        "e"."at" AS "at",
        "e"."id" AS "id",
        CAST(NULL AS BOOLEAN) AS "account",
        CAST(NULL AS BOOLEAN) AS "contact_reason",
        CAST(NULL AS BIGINT) AS "group 0",
        "e"."owner" AS "group 1",
        "e"."at" AS "anchor_at",
        CAST(NULL AS BIGINT) AS "own"
      FROM (
        SELECT
          "e"."account" AS "owner",
          "e"."at" AS "at",
          "e"."id" AS "id"
        FROM "event_read" AS "e"
        WHERE
          NOT "e"."account" IS NULL AND "e"."type" = 'webinar'
      ) AS "e"
      WHERE
        NOT "e"."owner" IS NULL
    ) AS "e"
  ) AS "e"
  WHERE
    NOT "e"."own" IS NULL
) AS "e"
UNION ALL
SELECT
  "e"."lead" AS "lead",
  "e"."type" AS "type",
  "e"."page_folded" AS "page_folded",
  "e"."at" AS "at",
  CASE
    WHEN "e"."contact_reason" = 0
    THEN CAST(0 AS BIGINT)
    WHEN (
      "e"."type" = 'page_view'
    )
    AND COALESCE(CONTAINS("e"."page_folded", 'healthcheck'), FALSE)
    THEN CAST(1 AS BIGINT)
    WHEN (
      "e"."type" = 'page_view'
    ) AND FALSE
    THEN CAST(2 AS BIGINT)
  END AS "reason"
FROM (
  SELECT
    "e"."lead" AS "owner",
    "e"."lead" AS "lead",
    "e"."type" AS "type",
    "e"."page_folded" AS "page_folded",
    "e"."at" AS "at",
    "e"."id" AS "id",
    "e"."account" AS "account",
    "e"."contact_reason" AS "contact_reason"
  FROM "event_read" AS "e"
  WHERE
    NOT COALESCE("e"."type" = 'page_view', FALSE)
) AS "e"

-- ignored: how many events each `ignore` line leaves out
-- reads event_screened
CREATE TEMPORARY TABLE "ignored" AS
SELECT
  "e"."reason" AS "reason",
  COUNT(*) AS "n"
FROM (
  SELECT
    "e"."reason" AS "reason"
  FROM (
    SELECT
      "e"."reason" AS "reason"
    FROM "event_screened" AS "e"
  ) AS "e"
  WHERE
    NOT "e"."reason" IS NULL
) AS "e"
GROUP BY
  "e"."reason"

-- event: the events that rules read, typed once: owners, ages, folded texts
-- reads event_screened
CREATE TEMPORARY TABLE "event" AS
SELECT
  CAST("e"."lead" AS INT) AS "lead",
  "e"."type" AS "type",
  "e"."page_folded" AS "page_folded",
  "e"."at" AS "at"
FROM "event_screened" AS "e"
WHERE
  "e"."reason" IS NULL AND "e"."type" = 'page_view'

-- counts: how many events there are, and how many of them at the instant
-- reads events, instant
CREATE TEMPORARY TABLE "counts" AS
SELECT
  COUNT(
    CASE
      WHEN (
        "d"."at" <= "now"."as_of"
      )
      AND (
        (
          "d"."received_at" IS NULL
        ) OR (
          "d"."received_at" <= "now"."as_of"
        )
      )
      THEN CAST(1 AS BIGINT)
    END
  ) AS "existing",
  COUNT(*) AS "all_events"
FROM "events" AS "d"
CROSS JOIN "instant" AS "now"

-- lead_events_1: counts and sums of events by lead, in one scan
-- reads event
CREATE TEMPORARY TABLE "lead_events_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(CASE WHEN "e"."passes 1" THEN CAST(1 AS BIGINT) END) AS "visited_pricing_count",
  MIN(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "visited_pricing_oldest",
  MAX(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "visited_pricing_newest"
FROM (
  SELECT
    CAST("e"."lead" AS BIGINT) AS "owner",
    COALESCE("e"."type" = 'page_view', FALSE)
    AND COALESCE("e"."page_folded" = 'pricing', FALSE) AS "passes 1",
    "e"."at" AS "at"
  FROM "event" AS "e"
  WHERE
    NOT "e"."lead" IS NULL
) AS "e"
GROUP BY
  "e"."owner"

-- lead_values_1: 5 columns of each lead, out of 7 formulas
-- reads lead, lead_events_1
CREATE TEMPORARY TABLE "lead_values_1" AS
SELECT
  "e"."key" AS "key",
  "e"."account" AS "account",
  COALESCE("e"."engagement_visited_pricing_points", CAST(0 AS BIGINT)) AS "engagement",
  CASE
    WHEN "e"."engagement_visited_pricing_holds"
    THEN "e"."engagement_visited_pricing_points"
  END AS "engagement_visited_pricing_line",
  "e"."engagement_visited_pricing_line_events" AS "engagement_visited_pricing_line_events",
  "e"."engagement_visited_pricing_line_first" AS "engagement_visited_pricing_line_first",
  "e"."engagement_visited_pricing_line_last" AS "engagement_visited_pricing_line_last"
FROM (
  SELECT
    "e".*,
    CASE WHEN "e"."engagement_visited_pricing_holds" THEN CAST(50000 AS BIGINT) END AS "engagement_visited_pricing_points"
  FROM (
    SELECT
      "e"."key" AS "key",
      "e"."account" AS "account",
      COALESCE("lead_events_1"."visited_pricing_count", CAST(0 AS BIGINT)) > 0 AS "engagement_visited_pricing_holds",
      COALESCE("lead_events_1"."visited_pricing_count", CAST(0 AS BIGINT)) AS "engagement_visited_pricing_line_events",
      "lead_events_1"."visited_pricing_oldest" AS "engagement_visited_pricing_line_first",
      "lead_events_1"."visited_pricing_newest" AS "engagement_visited_pricing_line_last"
    FROM "lead" AS "e"
    LEFT JOIN "lead_events_1" AS "lead_events_1"
      ON "lead_events_1"."key" = "e"."key"
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
  "e"."engagement_visited_pricing_line" AS "points",
  "e"."engagement_visited_pricing_line_events" AS "events",
  "e"."engagement_visited_pricing_line_first" AS "first",
  "e"."engagement_visited_pricing_line_last" AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."engagement_visited_pricing_line" IS NULL

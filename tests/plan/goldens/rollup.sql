-- event: the events that rules read, typed once: owners, ages, folded texts
-- reads events, lead, account, instant
CREATE TEMPORARY TABLE "event" AS
SELECT
  CAST("e"."account" AS INT) AS "account",
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
    AND (
      (
        "now"."as_of" - 1209600000000 < "d"."at"
      ) AND (
        "d"."type" = 'page_view'
      )
    )
) AS "e"

-- lead_values_1: 5 columns of each lead, out of 6 formulas
-- reads lead
CREATE TEMPORARY TABLE "lead_values_1" AS
SELECT
  "e"."key" AS "key",
  "e"."account" AS "account",
  "e"."fit" AS "fit",
  "e"."disqualified" AS "disqualified",
  COALESCE(CAST("e"."fit" AS DOUBLE) / 10000 >= 20, FALSE) AS "where",
  "e"."fit_contact_role_in_buyer_champion_line" AS "fit_contact_role_in_buyer_champion_line",
  NULLIF(
    "e"."fit" - COALESCE("e"."fit_contact_role_in_buyer_champion_point", CAST(0 AS BIGINT)),
    0
  ) AS "fit_clamp"
FROM (
  SELECT
    "e".*,
    GREATEST(
      LEAST(
        COALESCE("e"."fit_contact_role_in_buyer_champion_point", CAST(0 AS BIGINT)),
        300000
      ),
      0
    ) AS "fit",
    CASE
      WHEN "e"."fit_contact_role_in_buyer_champion_holds"
      THEN "e"."fit_contact_role_in_buyer_champion_point"
    END AS "fit_contact_role_in_buyer_champion_line"
  FROM (
    SELECT
      "e"."fit_contact_role_in_buyer_champion_holds" AS "fit_contact_role_in_buyer_champion_holds",
      "e"."key" AS "key",
      "e"."account" AS "account",
      CASE
        WHEN "e"."fit_contact_role_in_buyer_champion_holds"
        THEN CAST(300000 AS BIGINT)
      END AS "fit_contact_role_in_buyer_champion_point",
      CASE WHEN "e"."unwanted_holds" THEN 'student' END AS "disqualified"
    FROM "lead" AS "e"
  ) AS "e"
) AS "e"

-- account_leads_1: roll-ups of leads, in one scan
-- reads lead_values_1
CREATE TEMPORARY TABLE "account_leads_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(CASE WHEN "e"."passes 1" THEN CAST(1 AS BIGINT) END) AS "count_of_leads",
  MAX(CASE WHEN "e"."passes 2" THEN "e"."max_of_leads item" END) AS "max_of_leads"
FROM (
  SELECT
    "e"."account" AS "owner",
    (
      "e"."disqualified" IS NULL
    ) AND COALESCE("e"."where", FALSE) AS "passes 1",
    "e"."disqualified" IS NULL AS "passes 2",
    CASE WHEN "e"."disqualified" IS NULL THEN "e"."fit" END AS "max_of_leads item"
  FROM "lead_values_1" AS "e"
  WHERE
    NOT "e"."account" IS NULL
) AS "e"
GROUP BY
  "e"."owner"

-- account_values_1: 5 columns of each account, out of 6 formulas
-- reads account, account_leads_1
CREATE TEMPORARY TABLE "account_values_1" AS
SELECT
  "e"."key" AS "key",
  "e"."engaged" AS "engaged",
  "e"."readiness_engaged_1_points" AS "readiness_engaged_1_points",
  "e"."best_points" AS "best_points",
  CASE WHEN "e"."readiness_engaged_1_holds" THEN "e"."readiness_engaged_1_points" END AS "readiness_engaged_1_line",
  "e"."best_line" AS "best_line"
FROM (
  SELECT
    "e".*,
    CASE WHEN "e"."readiness_engaged_1_holds" THEN CAST(200000 AS BIGINT) END AS "readiness_engaged_1_points"
  FROM (
    SELECT
      "e".*,
      COALESCE("e"."engaged" >= 1, FALSE) AS "readiness_engaged_1_holds",
      CASE WHEN "e"."target" THEN "e"."best_points" END AS "best_line"
    FROM (
      SELECT
        "e"."target" AS "target",
        "e"."key" AS "key",
        CAST(COALESCE("account_leads_1"."count_of_leads", CAST(0 AS BIGINT)) AS DOUBLE) AS "engaged",
        CASE
          WHEN "e"."target"
          THEN CASE
            WHEN ABS(
              CAST(0.5 AS DOUBLE) * (
                CAST("account_leads_1"."max_of_leads" AS DOUBLE) / 10000
              )
            ) <= 1000000000
            THEN CAST(SIGN(
              CAST(0.5 AS DOUBLE) * (
                CAST("account_leads_1"."max_of_leads" AS DOUBLE) / 10000
              )
            ) * FLOOR(
              (
                ABS(
                  CAST(0.5 AS DOUBLE) * (
                    CAST("account_leads_1"."max_of_leads" AS DOUBLE) / 10000
                  )
                ) * 10000
              ) + 0.5
            ) AS BIGINT)
          END
        END AS "best_points"
      FROM "account" AS "e"
      LEFT JOIN "account_leads_1" AS "account_leads_1"
        ON "account_leads_1"."key" = "e"."key"
    ) AS "e"
  ) AS "e"
) AS "e"

-- account_set_1: for visited_pricing_within_14_days_contacts: a set of its own
-- reads event, lead_values_1
CREATE TEMPORARY TABLE "account_set_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(DISTINCT "e"."lead") AS "visited_pricing_within_14_days_contacts"
FROM (
  SELECT
    CAST("e"."account" AS BIGINT) AS "owner",
    CAST("e"."lead" AS BIGINT) AS "lead"
  FROM "event" AS "e"
  LEFT JOIN "lead_values_1" AS "contact_lead_values_1"
    ON "contact_lead_values_1"."key" = CAST("e"."lead" AS BIGINT)
  WHERE
    NOT "e"."account" IS NULL
    AND "contact_lead_values_1"."disqualified" IS NULL
    AND "e"."type" = 'page_view'
    AND COALESCE("e"."page_folded" = 'pricing', FALSE)
    AND "e"."age" < 1209600000000
) AS "e"
GROUP BY
  "e"."owner"

-- account_events_1: counts and sums of events by account, in one scan
-- reads event, lead_values_1
CREATE TEMPORARY TABLE "account_events_1" AS
SELECT
  "e"."owner" AS "key",
  COUNT(CASE WHEN "e"."passes 1" THEN CAST(1 AS BIGINT) END) AS "visited_pricing_within_14_days_count",
  MIN(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "visited_pricing_within_14_days_oldest",
  MAX(CASE WHEN "e"."passes 1" THEN "e"."at" END) AS "visited_pricing_within_14_days_newest"
FROM (
  SELECT
    CAST("e"."account" AS BIGINT) AS "owner",
    (
      "contact_lead_values_1"."disqualified" IS NULL
    )
    AND COALESCE("e"."type" = 'page_view', FALSE)
    AND COALESCE("e"."page_folded" = 'pricing', FALSE)
    AND COALESCE("e"."age" < 1209600000000, FALSE) AS "passes 1",
    "e"."at" AS "at"
  FROM "event" AS "e"
  LEFT JOIN "lead_values_1" AS "contact_lead_values_1"
    ON "contact_lead_values_1"."key" = CAST("e"."lead" AS BIGINT)
  WHERE
    NOT "e"."account" IS NULL
) AS "e"
GROUP BY
  "e"."owner"

-- account_values_2: 7 columns of each account, out of 11 formulas
-- reads account, account_set_1, account_values_1, account_events_1
CREATE TEMPORARY TABLE "account_values_2" AS
SELECT
  "e"."key" AS "key",
  "e"."readiness" AS "readiness",
  CASE WHEN "e"."holds_mqa" THEN 'MQA' WHEN "e"."target" THEN 'TA' END AS "stage",
  "e"."several_line" AS "several_line",
  "e"."several_line_events" AS "several_line_events",
  "e"."several_line_first" AS "several_line_first",
  "e"."several_line_last" AS "several_line_last",
  "e"."readiness_clamp" AS "readiness_clamp"
FROM (
  SELECT
    "e".*,
    COALESCE(CAST("e"."readiness" AS DOUBLE) / 10000 >= 30, FALSE) AS "holds_mqa",
    NULLIF("e"."readiness" - "e"."readiness_sum", 0) AS "readiness_clamp"
  FROM (
    SELECT
      "e".*,
      GREATEST(LEAST("e"."readiness_sum", 1000000), 0) AS "readiness"
    FROM (
      SELECT
        "e".*,
        COALESCE("e"."account_values_1 readiness_engaged_1_points", CAST(0 AS BIGINT)) + COALESCE("e"."account_values_1 best_points", CAST(0 AS BIGINT)) + COALESCE("e"."several_points", CAST(0 AS BIGINT)) AS "readiness_sum",
        CASE WHEN "e"."several_holds" THEN "e"."several_points" END AS "several_line"
      FROM (
        SELECT
          "e".*,
          CASE WHEN "e"."several_holds" THEN CAST(100000 AS BIGINT) END AS "several_points"
        FROM (
          SELECT
            "account_values_1"."readiness_engaged_1_points" AS "account_values_1 readiness_engaged_1_points",
            "account_values_1"."best_points" AS "account_values_1 best_points",
            "e"."target" AS "target",
            "e"."key" AS "key",
            COALESCE("account_set_1"."visited_pricing_within_14_days_contacts", CAST(0 AS BIGINT)) >= 2 AS "several_holds",
            COALESCE("account_events_1"."visited_pricing_within_14_days_count", CAST(0 AS BIGINT)) AS "several_line_events",
            "account_events_1"."visited_pricing_within_14_days_oldest" AS "several_line_first",
            "account_events_1"."visited_pricing_within_14_days_newest" AS "several_line_last"
          FROM "account" AS "e"
          LEFT JOIN "account_set_1" AS "account_set_1"
            ON "account_set_1"."key" = "e"."key"
          LEFT JOIN "account_values_1" AS "account_values_1"
            ON "account_values_1"."key" = "e"."key"
          LEFT JOIN "account_events_1" AS "account_events_1"
            ON "account_events_1"."key" = "e"."key"
        ) AS "e"
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
  "e"."fit" AS "fit",
  "e"."disqualified" AS "disqualified"
FROM "lead_values_1" AS "e"
LEFT JOIN "lead" AS "lead"
  ON "lead"."key" = "e"."key"

-- account_results: the results of each account
-- reads account_values_2, account, account_values_1
CREATE TEMPORARY TABLE "account_results" AS
SELECT
  "e"."key" AS "key",
  "account"."id" AS "id",
  CASE
    WHEN "account_values_1"."engaged" <> 0
    THEN "account_values_1"."engaged"
    ELSE CASE WHEN NOT "account_values_1"."engaged" IS NULL THEN CAST(0 AS DOUBLE) END
  END AS "engaged",
  "e"."readiness" AS "readiness",
  "e"."stage" AS "stage"
FROM "account_values_2" AS "e"
LEFT JOIN "account" AS "account"
  ON "account"."key" = "e"."key"
LEFT JOIN "account_values_1" AS "account_values_1"
  ON "account_values_1"."key" = "e"."key"

-- contributions: every entry of every score
-- reads lead_values_1, account_values_1, account_values_2
CREATE TEMPORARY TABLE "contributions" AS
SELECT
  "e"."key" AS "key",
  CAST(0 AS BIGINT) AS "entry",
  "e"."fit_contact_role_in_buyer_champion_line" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."fit_contact_role_in_buyer_champion_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(1 AS BIGINT) AS "entry",
  "e"."fit_clamp" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "lead_values_1" AS "e"
WHERE
  NOT "e"."fit_clamp" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(2 AS BIGINT) AS "entry",
  "e"."readiness_engaged_1_line" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "account_values_1" AS "e"
WHERE
  NOT "e"."readiness_engaged_1_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(3 AS BIGINT) AS "entry",
  "e"."best_line" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "account_values_1" AS "e"
WHERE
  NOT "e"."best_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(4 AS BIGINT) AS "entry",
  "e"."several_line" AS "points",
  "e"."several_line_events" AS "events",
  "e"."several_line_first" AS "first",
  "e"."several_line_last" AS "last"
FROM "account_values_2" AS "e"
WHERE
  NOT "e"."several_line" IS NULL
UNION ALL
SELECT
  "e"."key" AS "key",
  CAST(5 AS BIGINT) AS "entry",
  "e"."readiness_clamp" AS "points",
  CAST(NULL AS BIGINT) AS "events",
  CAST(NULL AS BIGINT) AS "first",
  CAST(NULL AS BIGINT) AS "last"
FROM "account_values_2" AS "e"
WHERE
  NOT "e"."readiness_clamp" IS NULL

-- The rules of benchmarks/rules as an expert writes them for DuckDB. Reads the views accounts, contacts and events;
-- makes the tables lead_results and account_results. What makes it quick:
--   * only the types that count are read, each only as far back as its longest window;
--   * what an event is worth depends on its kind and its whole days of age, so it is looked up in a small table by one
--     join, instead of one CASE for each rule: yes-or-no rules are bits of a mask, counts and sums share whole numbers;
--   * that join is by one whole number, 512 * the kind's number + age, so that it is a look-up and hashes no texts;
--   * points are added up where events are grouped, so that leads are joined with few columns; sums fit in BIGINT;
--   * no COUNT(DISTINCT): the days with page views are bits 0 to 29 of the mask, roles the bits of another;
--   * decayed points are whole 1/10000, computed once for each age; all sums are of whole numbers, so exactness is free;
--   * accounts need no second scan of people's events: what they ask of them is in the masks of the leads.
-- It knows its data: intents belong to accounts, all else to contacts; texts are in lower case but for titles; nobody
-- has a million events of a kind; the instant is the end of a day in UTC, so that days of age are calendar days.

CREATE MACRO units(points) AS CAST(sign(points) * floor(abs(points) * 10000 + 0.5) AS BIGINT);
CREATE MACRO times(total, share) AS sign(total) * ((2 * abs(total) * share + 10000) // 20000);
CREATE MACRO halves(points, days, age) AS units(points * pow(2, -age / days));
CREATE MACRO fades(points, days, age) AS units(points * greatest(days - age, 0) / days);
CREATE MACRO flag(number) AS 1::BIGINT << number;
CREATE MACRO has(flags, number) AS flags & (1::BIGINT << number) > 0;
CREATE MACRO field(packed, number, bits) AS CAST((packed >> (number * bits)) & ((1::BIGINT << bits) - 1) AS BIGINT);

CREATE TEMP TABLE worth AS
SELECT
    CAST(number * 512 + age AS INTEGER) AS key,
    CASE WHEN page AND age < 30 THEN flag(age) ELSE 0 END
    + CASE WHEN page AND age < 7 THEN flag(30) ELSE 0 END
    + CASE
        WHEN kind = 'pricing' THEN flag(32) + CASE WHEN age < 30 THEN flag(33) ELSE 0 END
        WHEN kind = 'pricing/teams' AND age < 60 THEN flag(34)
        WHEN kind = 'security' AND age < 60 THEN flag(35)
        WHEN kind = 'compare' AND age < 60 THEN flag(36)
        WHEN kind = 'case-studies' THEN flag(37)
        WHEN kind = 'click' AND age < 7 THEN flag(38)
        WHEN kind = 'guide' AND age < 90 THEN flag(39)
        WHEN kind = 'roi' AND age < 90 THEN flag(40)
        WHEN kind = 'long webinar' AND age < 90 THEN flag(41)
        WHEN kind = 'long meeting' AND age < 60 THEN flag(42)
        WHEN kind = 'unsubscribed' THEN flag(43)
        WHEN kind = 'newsletter' THEN flag(44)
        WHEN kind = 'demo' AND age < 30 THEN flag(45) + flag(46)
        WHEN kind = 'demo' AND age < 60 THEN flag(45)
        ELSE 0
    END AS flags,
    CASE WHEN page AND age < 30 THEN flag(31) ELSE 0 END AS long_look,
    CASE
        WHEN kind = 'pricing' AND age < 14 THEN flag(0)
        WHEN kind = 'docs' AND age < 30 THEN flag(20)
        WHEN kind = 'careers' AND age < 30 THEN flag(40)
        ELSE 0
    END AS visits,
    CASE WHEN kind = 'open' THEN flag(40) WHEN kind = 'unsubscribed' THEN 0 WHEN age < 30 THEN flag(0) WHEN age < 60 THEN flag(20) ELSE 0 END
        AS counts,
    CASE
        WHEN kind = 'click' THEN halves(1.5, 30, age)
        WHEN kind IN ('download', 'guide', 'roi') THEN halves(3, 45, age) << 31
        ELSE 0
    END AS mails,
    CASE
        WHEN kind IN ('long webinar', 'webinar') AND age < 180 THEN halves(6, 45, age)
        WHEN kind IN ('long meeting', 'meeting') THEN halves(10, 60, age) << 31
        ELSE 0
    END AS talks,
    CASE WHEN kind = 'demo' THEN fades(30, 120, age) ELSE 0 END AS demo,
    CASE WHEN kind = 'trial' THEN fades(25, 120, age) ELSE 0 END AS trial,
    CASE WHEN kind = 'contact' THEN fades(15, 120, age) ELSE 0 END AS contact_us
FROM (
    VALUES
        (0, 'pricing', TRUE, 90), (1, 'pricing/teams', TRUE, 60), (2, 'security', TRUE, 60),
        (3, 'compare', TRUE, 60), (4, 'case-studies', TRUE, 90), (5, 'docs', TRUE, 60), (6, 'careers', TRUE, 60),
        (7, 'page', TRUE, 60), (8, 'open', FALSE, 60), (9, 'click', FALSE, 90), (10, 'download', FALSE, 180),
        (11, 'guide', FALSE, 180), (12, 'roi', FALSE, 180), (13, 'long webinar', FALSE, 180),
        (14, 'webinar', FALSE, 180), (15, 'short webinar', FALSE, 60), (16, 'long meeting', FALSE, 365),
        (17, 'meeting', FALSE, 365), (18, 'unsubscribed', FALSE, 365), (19, 'demo', FALSE, 120),
        (20, 'trial', FALSE, 120), (21, 'contact', FALSE, 120), (22, 'newsletter', FALSE, 366),
        (23, 'form', FALSE, 60)
) AS kinds(number, kind, page, longest), range(longest) AS ages(age);

CREATE TEMP TABLE lead_events AS
SELECT
    contact_id, flags,
    10000 * (
        CASE WHEN has(flags, 33) THEN 10 ELSE 0 END
        + CASE WHEN field(visits, 0, 20) >= 3 THEN 15 ELSE 0 END
        + CASE WHEN has(flags, 34) THEN 5 ELSE 0 END
        + CASE WHEN has(flags, 35) THEN 4 ELSE 0 END
        + CASE WHEN has(flags, 36) THEN 5 ELSE 0 END
        + CASE WHEN has(flags, 37) THEN 4 ELSE 0 END
        + CASE WHEN field(visits, 1, 20) >= 5 THEN 5 ELSE 0 END
        - CASE WHEN field(visits, 2, 20) >= 2 THEN 10 ELSE 0 END
        + CASE WHEN has(flags, 31) THEN 3 ELSE 0 END
        + least(bit_count(flags & 1073741823), 10)
        + CASE WHEN has(flags, 30) THEN 3 ELSE 0 END
        + CASE WHEN field(counts, 2, 20) >= 3 THEN 2 ELSE 0 END
        + CASE WHEN has(flags, 38) THEN 3 ELSE 0 END
        + CASE WHEN has(flags, 39) THEN 8 ELSE 0 END
        + CASE WHEN has(flags, 40) THEN 8 ELSE 0 END
        + CASE WHEN has(flags, 41) THEN 4 ELSE 0 END
        + CASE WHEN has(flags, 44) THEN 2 ELSE 0 END
        + CASE WHEN has(flags, 42) THEN 5 ELSE 0 END
        + CASE WHEN field(counts, 0, 20) > 1.5 * field(counts, 1, 20) THEN 5 ELSE 0 END
        - CASE WHEN has(flags, 43) THEN 15 ELSE 0 END
    )
    + least(field(mails, 0, 31), 60000)
    + least(field(mails, 1, 31), 120000)
    + least(field(talks, 0, 31), 120000)
    + least(field(talks, 1, 31), 250000)
    + demo
    + trial
    + contact_us AS points,
    counts & (flag(40) - 1) = 0 AS quiet, field(counts, 0, 20) > 0 AS active
FROM (
    SELECT
        contact_id,
        bit_or(CASE WHEN seconds >= 120 THEN flags | long_look ELSE flags END) AS flags,
        CAST(sum(visits) AS BIGINT) AS visits, CAST(sum(counts) AS BIGINT) AS counts,
        CAST(sum(mails) AS BIGINT) AS mails, CAST(sum(talks) AS BIGINT) AS talks,
        max(demo) AS demo, max(trial) AS trial, max(contact_us) AS contact_us
    FROM (
        SELECT
            contact_id, seconds,
            CAST(least((as_of() - epoch_us(timestamp)) // 86400000000, 365) AS INTEGER) + 512 * CASE type
                WHEN 'page_view' THEN CASE
                    WHEN starts_with(page, 'docs/') THEN 5
                    WHEN page = 'pricing' THEN 0
                    WHEN page = 'pricing/teams' THEN 1
                    WHEN page = 'security' THEN 2
                    WHEN page = 'careers' THEN 6
                    WHEN starts_with(page, 'compare/') THEN 3
                    WHEN starts_with(page, 'case-studies/') THEN 4
                    ELSE 7 END
                WHEN 'email_open' THEN 8
                WHEN 'email_click' THEN 9
                WHEN 'download' THEN CASE asset WHEN 'buyers-guide' THEN 11 WHEN 'roi-calculator' THEN 12 ELSE 10 END
                WHEN 'webinar' THEN CASE WHEN minutes >= 40 THEN 13 WHEN minutes >= 10 THEN 14 ELSE 15 END
                WHEN 'meeting' THEN CASE WHEN minutes >= 30 THEN 16 ELSE 17 END
                WHEN 'form_submit' THEN CASE form_name
                    WHEN 'demo' THEN 19 WHEN 'trial' THEN 20 WHEN 'contact' THEN 21 WHEN 'newsletter' THEN 22 ELSE 23 END
                WHEN 'unsubscribed' THEN 18
            END AS key  -- the numbers are those of the kinds in worth
        FROM events
        WHERE type <> 'intent' AND timestamp <= make_timestamptz(as_of())
            AND (as_of() - epoch_us(timestamp)) // 86400000000 < CASE type
                WHEN 'page_view' THEN 90 WHEN 'email_open' THEN 60 WHEN 'email_click' THEN 90 WHEN 'download' THEN 180
                WHEN 'webinar' THEN 180 ELSE 1000000 END
    ) AS e
    JOIN worth USING (key)
    GROUP BY contact_id
) AS e;

CREATE TEMP TABLE lead_results AS
WITH lines AS (
    SELECT
        c.id, c.account_id, c.role,
        CASE c.role
            WHEN 'economic_buyer' THEN 40 WHEN 'technical_buyer' THEN 30 WHEN 'champion' THEN 30
            WHEN 'influencer' THEN 15 ELSE 0
        END
        + CASE c.seniority WHEN 'c_level' THEN 15 WHEN 'vp' THEN 12 WHEN 'director' THEN 6 ELSE 0 END
        + CASE WHEN a.employees >= 1000 THEN 20 WHEN a.employees BETWEEN 200 AND 999 THEN 10
            WHEN a.employees < 20 THEN -20 ELSE 0 END
        - CASE WHEN c.email LIKE '%@gmail.com' OR c.email LIKE '%@yahoo.com' THEN 20 ELSE 0 END
        - CASE WHEN c.title ILIKE '%student%' THEN 30 ELSE 0 END AS fit,
        coalesce(points, 0) + CASE WHEN c.role = 'economic_buyer' AND has(flags, 32) THEN 200000 ELSE 0 END AS raw_engagement,
        coalesce(quiet, TRUE) AS quiet, coalesce(flags, 0) AS flags, coalesce(active, FALSE) AS active
    FROM contacts AS c
    LEFT JOIN lead_events AS e ON e.contact_id = c.id
    LEFT JOIN accounts AS a ON a.id = c.account_id
), scores AS (
    SELECT id, account_id, role, flags, active,
        least(greatest(fit * 10000, 0), 1000000) AS fit,
        CAST(least(greatest(CASE WHEN quiet THEN times(raw_engagement, 5000) ELSE raw_engagement END, 0), 1000000) AS BIGINT)
            AS engagement
    FROM lines
)
SELECT id, account_id, role, flags, active, fit, engagement,
    CASE WHEN fit >= 600000 THEN 'A' WHEN fit >= 400000 THEN 'B' WHEN fit >= 200000 THEN 'C' ELSE 'D' END
    || CASE WHEN engagement >= 500000 THEN '1' WHEN engagement >= 250000 THEN '2' WHEN engagement >= 100000 THEN '3'
        ELSE '4' END AS rating
FROM scores;

CREATE TEMP TABLE account_events AS
SELECT
    account_id,
    max(CASE WHEN topic = 'crm' THEN fades(20, 60, age) END) AS crm,
    max(CASE WHEN topic = 'attribution' THEN fades(15, 60, age) END) AS attribution,
    bool_or(topic = 'analytics' AND age < 30) AS analytics,
    sum(halves(2, 30, age)) AS surges,
    bit_or(CASE WHEN age < 60 THEN flag(age) ELSE 0 END) AS lasting
FROM (
    SELECT account_id, topic, CAST((as_of() - epoch_us(timestamp)) // 86400000000 AS INTEGER) AS age
    FROM events WHERE type = 'intent' AND score >= 60 AND timestamp <= make_timestamptz(as_of())
        AND timestamp > make_timestamptz(as_of() - 90 * 86400000000)
)
GROUP BY account_id;

CREATE TEMP TABLE account_results AS
WITH leads AS (
    SELECT account_id,
        max(engagement) AS best,
        CAST(sum(engagement) AS BIGINT) AS together,
        count(*) FILTER (engagement >= 150000) AS engaged,
        bit_count(bit_or(CASE role WHEN 'economic_buyer' THEN 1 WHEN 'technical_buyer' THEN 2 WHEN 'champion' THEN 4
            WHEN 'influencer' THEN 8 ELSE 0 END) FILTER (engagement >= 150000)) AS roles,
        count(*) FILTER (engagement >= 150000 AND role = 'economic_buyer') AS buyers,
        bool_or(active) AS active,
        count(*) FILTER (has(flags, 33)) AS pricing_circle,
        bit_or(flags) AS flags
    FROM lead_results GROUP BY account_id
), interests AS (
    SELECT a.id, a.target, a.employees, a.region,
        coalesce(best, 0) AS best, coalesce(together, 0) AS together, coalesce(engaged, 0) AS engaged,
        coalesce(roles, 0) / 4 AS committee, coalesce(buyers, 0) AS buyers,
        coalesce(pricing_circle, 0) AS pricing_circle, coalesce(has(flags, 46), FALSE) AS demo_30,
        coalesce(has(flags, 45), FALSE) AS demo_60, coalesce(active, FALSE) AS active,
        least(
            coalesce(crm, 0)
            + coalesce(attribution, 0)
            + CASE WHEN analytics THEN 150000 ELSE 0 END
            + least(coalesce(surges, 0), 200000)
            + CASE WHEN bit_count(lasting) >= 3 THEN 100000 ELSE 0 END, 1000000) AS interest
    FROM accounts AS a
    LEFT JOIN account_events AS e ON e.account_id = a.id
    LEFT JOIN leads AS l ON l.account_id = a.id
), sums AS (
    SELECT *,
        10000 * (
            CASE WHEN target THEN 10 ELSE 0 END
            + CASE WHEN employees >= 1000 THEN 10 ELSE 0 END
            + CASE WHEN region = 'EMEA' THEN 5 ELSE 0 END
            + CASE WHEN engaged >= 3 THEN 10 ELSE 0 END
            + CASE WHEN buyers > 0 THEN 15 ELSE 0 END
            + CASE WHEN committee >= 0.5 THEN 10 ELSE 0 END
            + CASE WHEN pricing_circle >= 3 THEN 8 ELSE 0 END
            + CASE WHEN demo_30 THEN 8 ELSE 0 END
        )
        + units(CAST(0.3 AS DOUBLE) * (best / 10000))
        + least(units(CAST(0.05 AS DOUBLE) * (together / 10000)), 200000)
        + units(CAST(0.2 AS DOUBLE) * (interest / 10000)) AS raw_readiness
    FROM interests
), scores AS (
    SELECT *,
        CAST(least(CASE WHEN NOT active THEN times(raw_readiness, 7000) ELSE raw_readiness END, 1000000) AS BIGINT) AS readiness
    FROM sums
)
SELECT id, interest, readiness, CAST(engaged AS DOUBLE) AS engaged, committee,
    CASE
        WHEN readiness >= 800000 AND demo_60 THEN 'SQA'
        WHEN readiness >= 600000 AND committee >= 0.5 THEN 'MQA'
        WHEN engaged >= 1 THEN 'MEA'
        WHEN interest >= 300000 OR active THEN 'AD'
        WHEN target THEN 'TA'
    END AS stage
FROM scores;

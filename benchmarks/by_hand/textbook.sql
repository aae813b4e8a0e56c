-- The rules of benchmarks/rules as one writes them from a textbook: one aggregate with FILTER for each rule.
-- Reads the views accounts, contacts and events; makes the tables lead_results and account_results.
-- Points are whole numbers of 1/10000 until the end, rounded half away from zero.

CREATE MACRO units(points) AS CAST(sign(points) * floor(abs(points) * 10000 + 0.5) AS BIGINT);
CREATE MACRO times(total, share) AS sign(total) * ((2 * abs(total) * share + 10000) // 20000);

CREATE TEMP TABLE lead_events AS
SELECT
    contact_id,
    count(*) FILTER (type = 'page_view' AND page = 'pricing' AND age < 30) AS pricing,
    count(*) FILTER (type = 'page_view' AND page = 'pricing' AND age < 14) AS pricing_often,
    count(*) FILTER (type = 'page_view' AND page = 'pricing/teams' AND age < 60) AS pricing_teams,
    count(*) FILTER (type = 'page_view' AND page = 'pricing' AND age < 90) AS buyer_on_pricing,
    count(*) FILTER (type = 'page_view' AND page = 'security' AND age < 60) AS security,
    count(*) FILTER (type = 'page_view' AND page LIKE 'compare/%' AND age < 60) AS compare,
    count(*) FILTER (type = 'page_view' AND page LIKE 'case-studies/%' AND age < 90) AS case_studies,
    count(*) FILTER (type = 'page_view' AND page LIKE 'docs/%' AND age < 30) AS docs,
    count(*) FILTER (type = 'page_view' AND page = 'careers' AND age < 30) AS careers,
    count(*) FILTER (type = 'page_view' AND seconds >= 120 AND age < 30) AS long_look,
    count(DISTINCT day) FILTER (type = 'page_view' AND age < 30) AS days,
    count(*) FILTER (type = 'page_view' AND age < 7) AS came_lately,
    count(*) FILTER (type = 'email_open' AND age < 60) AS opens,
    sum(round(15000 * pow(2, -age / 30))) FILTER (type = 'email_click' AND age < 90) AS clicks,
    count(*) FILTER (type = 'email_click' AND age < 7) AS click_now,
    sum(round(30000 * pow(2, -age / 45))) FILTER (type = 'download' AND age < 180) AS papers,
    count(*) FILTER (type = 'download' AND asset = 'buyers-guide' AND age < 90) AS guide,
    count(*) FILTER (type = 'download' AND asset = 'roi-calculator' AND age < 90) AS roi,
    sum(round(60000 * pow(2, -age / 45))) FILTER (type = 'webinar' AND minutes >= 10 AND age < 180) AS webinars,
    count(*) FILTER (type = 'webinar' AND minutes >= 40 AND age < 90) AS stayed,
    min(age) FILTER (type = 'form_submit' AND form_name = 'demo') AS demo,
    min(age) FILTER (type = 'form_submit' AND form_name = 'trial') AS trial,
    min(age) FILTER (type = 'form_submit' AND form_name = 'contact') AS contact_us,
    count(*) FILTER (type = 'form_submit' AND form_name = 'newsletter') AS newsletter,
    sum(round(100000 * pow(2, -age / 60))) FILTER (type = 'meeting' AND age < 365) AS meetings,
    count(*) FILTER (type = 'meeting' AND minutes >= 30 AND age < 60) AS long_meeting,
    count(*) FILTER (is_activity AND age < 30) AS momentum_now,
    count(*) FILTER (is_activity AND age >= 30 AND age < 60) AS momentum_before,
    count(*) FILTER (is_activity AND age < 60) AS active,
    count(*) FILTER (type = 'unsubscribed' AND age < 365) AS unsubscribed
FROM (
    SELECT *, (as_of() - epoch_us(timestamp)) // 86400000000 AS age,
        epoch_us(timestamp) // 86400000000 AS day,
        type IN ('page_view', 'email_click', 'download', 'form_submit', 'webinar', 'meeting') AS is_activity
    FROM events WHERE epoch_us(timestamp) <= as_of()
)
WHERE contact_id IS NOT NULL
GROUP BY contact_id;

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
        - CASE WHEN split_part(c.email, '@', 2) IN ('gmail.com', 'yahoo.com') THEN 20 ELSE 0 END
        - CASE WHEN regexp_matches(c.title, '\bstudent\b', 'i') THEN 30 ELSE 0 END AS fit,
        10000 * (
            CASE WHEN pricing > 0 THEN 10 ELSE 0 END
            + CASE WHEN pricing_often >= 3 THEN 15 ELSE 0 END
            + CASE WHEN pricing_teams > 0 THEN 5 ELSE 0 END
            + CASE WHEN c.role = 'economic_buyer' AND buyer_on_pricing > 0 THEN 20 ELSE 0 END
            + CASE WHEN security > 0 THEN 4 ELSE 0 END
            + CASE WHEN compare > 0 THEN 5 ELSE 0 END
            + CASE WHEN case_studies > 0 THEN 4 ELSE 0 END
            + CASE WHEN docs >= 5 THEN 5 ELSE 0 END
            - CASE WHEN careers >= 2 THEN 10 ELSE 0 END
            + CASE WHEN long_look > 0 THEN 3 ELSE 0 END
            + least(coalesce(days, 0), 10)
            + CASE WHEN came_lately > 0 THEN 3 ELSE 0 END
            + CASE WHEN opens >= 3 THEN 2 ELSE 0 END
            + CASE WHEN click_now > 0 THEN 3 ELSE 0 END
            + CASE WHEN guide > 0 THEN 8 ELSE 0 END
            + CASE WHEN roi > 0 THEN 8 ELSE 0 END
            + CASE WHEN stayed > 0 THEN 4 ELSE 0 END
            + CASE WHEN newsletter > 0 THEN 2 ELSE 0 END
            + CASE WHEN long_meeting > 0 THEN 5 ELSE 0 END
            + CASE WHEN momentum_now > 1.5 * momentum_before THEN 5 ELSE 0 END
            - CASE WHEN unsubscribed > 0 THEN 15 ELSE 0 END
        )
        + least(coalesce(CAST(clicks AS BIGINT), 0), 60000)
        + least(coalesce(CAST(papers AS BIGINT), 0), 120000)
        + least(coalesce(CAST(webinars AS BIGINT), 0), 120000)
        + least(coalesce(CAST(meetings AS BIGINT), 0), 250000)
        + coalesce(units(30 * greatest(120 - demo, 0) / 120), 0)
        + coalesce(units(25 * greatest(120 - trial, 0) / 120), 0)
        + coalesce(units(15 * greatest(120 - contact_us, 0) / 120), 0) AS raw_engagement,
        coalesce(active, 0) = 0 AS quiet
    FROM contacts AS c
    LEFT JOIN lead_events AS e ON e.contact_id = c.id
    LEFT JOIN accounts AS a ON a.id = c.account_id
), scores AS (
    SELECT id, account_id, role,
        least(greatest(fit * 10000, 0), 1000000) AS fit,
        CAST(least(greatest(CASE WHEN quiet THEN times(raw_engagement, 5000) ELSE raw_engagement END, 0), 1000000) AS BIGINT)
            AS engagement
    FROM lines
)
SELECT id, account_id, role, fit, engagement,
    CASE WHEN fit >= 600000 THEN 'A' WHEN fit >= 400000 THEN 'B' WHEN fit >= 200000 THEN 'C' ELSE 'D' END
    || CASE WHEN engagement >= 500000 THEN '1' WHEN engagement >= 250000 THEN '2' WHEN engagement >= 100000 THEN '3'
        ELSE '4' END AS rating
FROM scores;

CREATE TEMP TABLE account_events AS
SELECT
    account_id,
    min(age) FILTER (surge AND topic = 'crm') AS crm,
    min(age) FILTER (surge AND topic = 'attribution') AS attribution,
    count(*) FILTER (surge AND topic = 'analytics' AND age < 30) AS analytics,
    sum(round(20000 * pow(2, -age / 30))) FILTER (surge AND age < 90) AS surges,
    count(DISTINCT day) FILTER (surge AND age < 60) AS lasting,
    count(DISTINCT contact_id) FILTER (type = 'page_view' AND page = 'pricing' AND age < 30) AS pricing_circle,
    count(*) FILTER (type = 'form_submit' AND form_name = 'demo' AND age < 30) AS demo_30,
    count(*) FILTER (type = 'form_submit' AND form_name = 'demo' AND age < 60) AS demo_60,
    count(*) FILTER (is_activity AND age < 30) AS active
FROM (
    SELECT e.* EXCLUDE (account_id), coalesce(e.account_id, c.account_id) AS account_id,
        (as_of() - epoch_us(timestamp)) // 86400000000 AS age,
        epoch_us(timestamp) // 86400000000 AS day,
        type = 'intent' AND score >= 60 AS surge,
        type IN ('page_view', 'email_click', 'download', 'form_submit', 'webinar', 'meeting') AS is_activity
    FROM events AS e LEFT JOIN contacts AS c ON c.id = e.contact_id
    WHERE epoch_us(timestamp) <= as_of()
)
GROUP BY account_id;

CREATE TEMP TABLE account_results AS
WITH leads AS (
    SELECT account_id,
        max(engagement) AS best,
        CAST(sum(engagement) AS BIGINT) AS together,
        count(*) FILTER (engagement >= 150000) AS engaged,
        count(DISTINCT role) FILTER (engagement >= 150000 AND role <> 'user') AS roles,
        count(*) FILTER (engagement >= 150000 AND role = 'economic_buyer') AS buyers
    FROM lead_results GROUP BY account_id
), interests AS (
    SELECT a.id, a.target, a.employees, a.region,
        coalesce(best, 0) AS best, coalesce(together, 0) AS together, coalesce(engaged, 0) AS engaged,
        coalesce(roles, 0) / 4 AS committee, coalesce(buyers, 0) AS buyers,
        coalesce(pricing_circle, 0) AS pricing_circle, coalesce(demo_30, 0) AS demo_30,
        coalesce(demo_60, 0) AS demo_60, coalesce(active, 0) AS active,
        least(
            coalesce(units(20 * greatest(60 - crm, 0) / 60), 0)
            + coalesce(units(15 * greatest(60 - attribution, 0) / 60), 0)
            + CASE WHEN analytics > 0 THEN 150000 ELSE 0 END
            + least(coalesce(CAST(surges AS BIGINT), 0), 200000)
            + CASE WHEN lasting >= 3 THEN 100000 ELSE 0 END, 1000000) AS interest
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
            + CASE WHEN demo_30 > 0 THEN 8 ELSE 0 END
        )
        + units(CAST(0.3 AS DOUBLE) * (best / 10000))
        + least(units(CAST(0.05 AS DOUBLE) * (together / 10000)), 200000)
        + units(CAST(0.2 AS DOUBLE) * (interest / 10000)) AS raw_readiness
    FROM interests
), scores AS (
    SELECT *,
        CAST(least(CASE WHEN active = 0 THEN times(raw_readiness, 7000) ELSE raw_readiness END, 1000000) AS BIGINT) AS readiness
    FROM sums
)
SELECT id, interest, readiness, CAST(engaged AS DOUBLE) AS engaged, committee,
    CASE
        WHEN readiness >= 800000 AND demo_60 > 0 THEN 'SQA'
        WHEN readiness >= 600000 AND committee >= 0.5 THEN 'MQA'
        WHEN engaged >= 1 THEN 'MEA'
        WHEN interest >= 300000 OR active > 0 THEN 'AD'
        WHEN target THEN 'TA'
    END AS stage
FROM scores;

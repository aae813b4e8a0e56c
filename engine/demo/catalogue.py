"""What made-up people look at, are called, and work for."""

from __future__ import annotations

from .chance import Weights

#: Where somebody looks who just passes by, where a buyer looks, and where somebody looks for a job.
PASSING_PAGES = Weights(
    {
        "home": 8,
        "product": 5,
        "blog/what-is-bi": 4,
        "blog/dashboards-that-lie": 4,
        "blog/data-culture": 3,
        "about": 2,
        "support/login": 1.5,
        "webinars": 1,
        "careers": 1,
        "case-studies/logistics": 1,
        "pricing": 0.5,
    }
)
BUYING_PAGES = Weights(
    {
        "pricing": 6,
        "pricing/enterprise": 3,
        "product": 5,
        "case-studies/logistics": 3,
        "case-studies/bank": 3,
        "case-studies/factory": 2,
        "home": 3,
        "compare/oldbi": 2,
        "compare/chartwise": 2,
        "security": 2,
        "integrations/snowflake": 2,
        "integrations/sap": 2,
        "demo": 2,
    }
)
JOB_PAGES = Weights({"careers": 5, "careers/data-engineer": 3, "about": 1})

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/125.0 Safari/537.36",
    "SkypeUriPreview Preview/0.5",
)

PAPERS = ("paper/state-of-bi", "paper/governed-metrics", "paper/snowflake-costs", "paper/factory-kpis")
BUYING_PAPERS = ("buyers-guide-2026", "roi-calculator", "paper/migration-from-oldbi", "paper/security-overview")
WEBINARS = ("intro-to-lumen", "metrics-that-agree", "leaving-oldbi", "bi-for-factories", "ask-the-architects")
ADS = ("search-brand", "search-bi", "social-cfo", "social-data-leads")
FORMS = Weights({"demo": 5, "pricing": 3, "contact": 2, "trial": 2, "newsletter": 2})

_FIRST_NAMES = """
Anna Ben Carla David Elena Felix Grace Hugo Ines Jonas Katja Lukas Maria Noah Olga Paul Rosa Samir Tara Umut Vera
Will Yara Zoe Amara Bruno Chen Dilan Emma Fatima Georg Hana Ivan Julia Kofi Lena Marco Nadia Omar Priya
"""
_LAST_NAMES = """
Adler Becker Castro Dubois Eriksen Fischer Garcia Hoffmann Ivanova Jansen Keller Lopez Meyer Novak Okafor Petrov
Quinn Rossi Schmidt Tanaka Ulrich Vogel Weber Young Zimmer Ahmed Brandt Costa Demir Evans Farkas Gruber Haas
"""
_COMPANY_WORDS = """
alder beacon birch cedar coral delta dunes ember falcon fjord garnet harbor heron iris juniper kestrel larch linden
maple meadow nimbus oak onyx otter pine prairie quartz raven river rowan saffron sierra sparrow summit tidal timber
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
LAST_NAMES = tuple(_LAST_NAMES.split())
COMPANY_WORDS = tuple(_COMPANY_WORDS.split())

#: How often an industry occurs, and what its companies like to be called.
INDUSTRIES = Weights(
    {
        "software": 16,
        "manufacturing": 15,
        "financial services": 12,
        "logistics": 10,
        "retail": 10,
        "professional services": 9,
        "healthcare": 8,
        "energy": 6,
        "media": 5,
        "telecommunications": 4,
        "education": 3,
        "public sector": 2,
    }
)
COMPANY_ENDINGS = {
    "software": ("systems", "software", "labs"),
    "manufacturing": ("works", "industries", "machines"),
    "financial services": ("bank", "capital", "insurance"),
    "logistics": ("logistics", "freight", "cargo"),
    "retail": ("stores", "retail", "market"),
    "professional services": ("consulting", "partners", "advisors"),
    "healthcare": ("clinics", "health", "care"),
    "energy": ("energy", "power", "grid"),
    "media": ("media", "press", "studios"),
    "telecommunications": ("telecom", "networks", "mobile"),
    "education": ("academy", "school", "institute"),
    "public sector": ("council", "agency", "authority"),
}
REGIONS = Weights({"EMEA": 55, "AMER": 30, "APAC": 15})
#: The first eight are those that make a company a better fit.
TECHNOLOGIES = (
    *("snowflake", "databricks", "bigquery", "salesforce", "sap", "oldbi", "reportmaker", "chartwise"),
    *("hubspot", "excel", "postgresql", "kafka", "workday", "jira", "oracle", "mongodb"),
)
COMPETITORS = ("chartwise.example", "dashpoint.example", "oldbi.example", "pivotworks.example", "reportmaker.example")
OURSELVES = "lumen-analytics.example"
FREE_MAIL = "freemail.example"

"""What the people of an account do in the course of a year, and what comes of it.

Most of it is noise: newsletters, machines, people passing by. Some accounts are in the market for a while; how
much their people then do, and whether a deal is won, follows the hidden readiness of the company, with luck.
"""

from __future__ import annotations

from ...grammar.late_methods import dataclass
from .catalogue import (
    ADS,
    BROWSERS,
    BUYING_PAGES,
    BUYING_PAPERS,
    FORMS,
    JOB_PAGES,
    MACHINES,
    PAPERS,
    PASSING_PAGES,
    WEBINARS,
)
from .chance import Chance, Weights
from .companies import Company, Person
from .diary import DAY, Diary, date_of
from .sources import Week, intent_weeks

#: How much of a purchase each role does by itself on our side.
_DRIVE = {
    "champion": 1.3,
    "technical_buyer": 1.0,
    "economic_buyer": 0.7,
    "influencer": 0.7,
    "user": 0.4,
    "blocker": 0.35,
    "student": 0.1,
}
#: The summer and December are quiet.
_QUIET = {7: 0.6, 8: 0.55, 12: 0.6}


@dataclass(frozen=True)
class Purchase:
    """The time in which a company is in the market, by days since 1970; how ready it is then, and how that ends."""

    opens: int
    closes: int
    readiness: float
    outcome: str


@dataclass(frozen=True)
class Span:
    """The days that the data cover, counted from 1970; the last one included."""

    first: int
    last: int

    @property
    def months(self) -> float:
        return (self.last - self.first + 1) / 30


def live(company: Company, span: Span, diary: Diary, chance: Chance) -> Purchase | None:
    """Writes everything that happens in an account; returns its purchase, if it was in the market."""
    purchase = _purchase(company, span, chance)
    for person in company.people:
        _newsletters(company, person, span, diary, chance)
        _passing_by(company, person, span, diary, chance)
        if purchase:
            _buying(company, person, purchase, diary, chance)
    _intent(company, span, purchase, diary, chance)
    if purchase:
        _sales(company, purchase, diary, chance)
    return purchase


def _purchase(company: Company, span: Span, chance: Chance) -> Purchase | None:
    if not chance.happens(0.9 * company.readiness - 0.2):
        return None
    opens = max(chance.whole(span.first - 30, span.last - 10), chance.whole(span.first - 30, span.last - 10))
    closes = opens + chance.whole(45, 100)
    readiness = max(0.0, company.readiness + chance.between(-0.2, 0.2))
    luck = readiness + chance.between(-0.1, 0.1)
    outcome = "none" if luck < 0.6 else "won" if chance.happens(4.0 * luck - 2.4) else "lost"
    return Purchase(opens, closes, readiness, outcome)


# --- what everybody does ------------------------------------------------------------------------------------------


def _newsletters(company: Company, person: Person, span: Span, diary: Diary, chance: Chance) -> None:
    """A mail every four weeks, for those who let us; opened by some, and by machines that look for danger."""
    if not chance.happens(0.75):
        return
    leaves = chance.whole(span.first, span.last) if chance.happens(0.05) else None
    for day in range(span.first + chance.whole(0, 27), span.last + 1, 28):
        if leaves is not None and day > leaves:
            diary.write("unsubscribed", diary.working_hours(leaves), person.id)
            return
        at = diary.working_hours(day)
        campaign = f'"campaign":"newsletter-{date_of(day):%Y-%m}"'
        diary.write("email_delivered", at, person.id)
        if company.scans_mail:
            diary.write("email_open", at + 1, person.id, campaign)
            diary.write("email_click", at + chance.whole(1, 3), person.id, campaign)
        if chance.happens(0.12 + 0.3 * person.eagerness):
            later = at + int(chance.skewed(120, 3 * DAY))
            diary.write("email_open", later, person.id, campaign)
            if chance.happens(0.15):
                diary.write("email_click", later + chance.whole(4, 90), person.id, campaign)


def _passing_by(company: Company, person: Person, span: Span, diary: Diary, chance: Chance) -> None:
    """Visits without a purpose of buying; now and then a paper or a webinar; some look for a job."""
    pages = JOB_PAGES if chance.happens(0.02) else PASSING_PAGES
    for _ in range(chance.count(0.28 * company.stir * person.eagerness * span.months)):
        day = _some_day(span.first, span.last, chance)
        _session(person, diary.working_hours(day), chance.whole(1, 4), pages, diary, chance)
    for _ in range(chance.count(0.03 * company.stir * person.eagerness * span.months)):
        _paper_or_webinar(person, _some_day(span.first, span.last, chance), PAPERS, diary, chance)


def _some_day(first: int, last: int, chance: Chance) -> int:
    """A day between the two; the summer and December are quiet."""
    day = chance.whole(first, last)
    return day if chance.happens(_QUIET.get(date_of(day).month, 1.0)) else chance.whole(first, last)


def _session(person: Person, at: int, length: int, pages: Weights[str], diary: Diary, chance: Chance) -> None:
    agent = chance.pick(MACHINES) if chance.happens(0.03) else chance.pick(BROWSERS)
    for _ in range(length):
        seconds = int(chance.skewed(6, 600))
        known = "null" if chance.happens(0.05) else str(seconds)
        page = f'"page":"{pages.pick(chance)}","seconds":{known},"user_agent":"{agent}"'
        diary.write("page_view", at, person.id, page)
        at += seconds + 2


def _paper_or_webinar(person: Person, day: int, papers: tuple[str, ...], diary: Diary, chance: Chance) -> None:
    at = diary.working_hours(day)
    if chance.happens(0.55):
        diary.write("download", at, person.id, f'"asset":"{chance.pick(papers)}"')
    else:
        minutes = chance.whole(2, 58)
        diary.write("webinar", at, person.id, f'"title":"{chance.pick(WEBINARS)}","minutes":{minutes}')


# --- what buyers do -------------------------------------------------------------------------------------------------


def _buying(company: Company, person: Person, purchase: Purchase, diary: Diary, chance: Chance) -> None:
    """Week by week more: visits to pages that matter, papers, webinars; in the second half requests and meetings."""
    drive = 7.0 * purchase.readiness * purchase.readiness * person.eagerness * _DRIVE[person.role]
    if not chance.happens(0.25 + 0.6 * drive):
        return
    weeks = max(1, (purchase.closes - purchase.opens) // 7)
    for week in range(weeks):
        day = purchase.opens + 7 * week + chance.whole(0, 6)
        push = drive * (0.4 + week / weeks) * _QUIET.get(date_of(day).month, 1.0)
        for _ in range(chance.count(1.3 * push)):
            at = diary.working_hours(day + chance.whole(0, 3))
            _session(person, at, chance.whole(2, 6), BUYING_PAGES, diary, chance)
        if chance.happens(0.35 * push):
            _paper_or_webinar(person, day, PAPERS + BUYING_PAPERS, diary, chance)
        if chance.happens(0.1 * push):
            diary.write("ad_click", diary.working_hours(day), person.id, f'"campaign":"{chance.pick(ADS)}"')
        if 2 * week >= weeks:
            _hand_raised(person, day, push, diary, chance)


def _hand_raised(person: Person, day: int, push: float, diary: Diary, chance: Chance) -> None:
    if chance.happens(0.22 * push):
        form = FORMS.pick(chance)
        diary.write("form_submit", diary.working_hours(day), person.id, f'"form_name":"{form}"')
        if form in ("demo", "trial") and chance.happens(0.6):
            diary.write("meeting", diary.working_hours(day + chance.whole(2, 12)), person.id, '"kind":"demo"')
    if chance.happens(0.12 * push):
        diary.write("email_reply", diary.working_hours(day), person.id)


# --- what others say: third parties, and sales ------------------------------------------------------------------------


def _intent(company: Company, span: Span, purchase: Purchase | None, diary: Diary, chance: Chance) -> None:
    """Weeks of real companies, assigned to this one: strong ones while it is in the market, others now and then."""
    strong, weak = intent_weeks()
    if purchase and chance.happens(0.75):
        for day in range(purchase.opens - 14, purchase.closes, 7):
            if chance.happens(0.25 + 0.5 * purchase.readiness):
                _report(chance.pick(strong), day, span, diary)
    if chance.happens(0.35):
        for _ in range(chance.whole(1, 5)):
            week = chance.pick(weak if chance.happens(0.85) else strong)
            _report(week, chance.whole(span.first, span.last), span, diary)


def _report(week: Week, day: int, span: Span, diary: Diary) -> None:
    """The report comes on Mondays; its events belong to the account, to nobody in it."""
    monday = day - date_of(day).weekday()
    if monday < span.first:
        return
    for surge in week:
        event = f"bombora-{surge.row}-{diary.account}-{monday}"
        diary.write("intent", monday * DAY + 6 * 3600, None, f'"topic":"{surge.topic}","score":{surge.score}', event)


def _sales(company: Company, purchase: Purchase, diary: Diary, chance: Chance) -> None:
    """The verdict of sales, and of the customer some weeks later."""
    day = purchase.closes + chance.whole(0, 6)
    if purchase.outcome == "none":
        if company.people and chance.happens(0.35):
            eager = max(company.people, key=lambda person: person.eagerness)
            diary.write("sales_rejected", diary.working_hours(day), eager.id)
        return
    diary.write("sales_accepted", diary.working_hours(day), None)
    day += chance.whole(3, 14)
    diary.write("opportunity_opened", diary.working_hours(day), None)
    length = chance.whole(14, 40)
    _working_together(company, purchase, day, length, diary, chance)
    diary.write(f"deal_{purchase.outcome}", diary.working_hours(day + length), None)


def _working_together(
    company: Company, purchase: Purchase, day: int, length: int, diary: Diary, chance: Chance
) -> None:
    for person in company.people:
        if person.role in ("champion", "technical_buyer", "economic_buyer") and chance.happens(
            0.7 * purchase.readiness
        ):
            kind = "workshop" if chance.happens(0.4) else "discovery"
            diary.write("meeting", diary.working_hours(day + chance.whole(1, length)), person.id, f'"kind":"{kind}"')

"""The events of one account, written down as lines of JSON: some twice, some received late, none after the end."""

from __future__ import annotations

import datetime
from functools import lru_cache

from .chance import Chance

DAY = 86_400
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_LATE = 0.01
_TWICE = 0.005


@lru_cache(maxsize=4096)
def date_of(day: int) -> datetime.date:
    """The date of a day counted from 1970-01-01."""
    return datetime.date.fromordinal(_EPOCH + day)


@lru_cache(maxsize=4096)
def _date_text(day: int) -> str:
    return date_of(day).isoformat()


def stamp(second: int) -> str:
    """A second since 1970 as an instant.

    >>> stamp(86_399)
    '1970-01-01T23:59:59Z'
    """
    day, rest = divmod(second, DAY)
    return f"{_date_text(day)}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


class Diary:
    """Collects the events of one account up to an instant (in seconds since 1970)."""

    def __init__(self, account: str, until: int, chance: Chance) -> None:
        self.until = until
        self.chance = chance
        self.lines: list[str] = []
        self.account = account
        self._written = 0

    def write(self, kind: str, at: int, person: str | None, properties: str = "", event: str | None = None) -> None:
        """One event of a person, or of the account itself; `properties` is JSON without its braces."""
        if at > self.until:
            return
        self._written += 1
        name = event or f"{self.account}-e{self._written}"
        owner = f'"contact_id":"{person}"' if person else f'"account_id":"{self.account}"'
        luck = self.chance.draw()
        received = at + self.chance.whole(1, 6 * DAY) if luck < _LATE else at
        if received > self.until:
            return
        late = f',"received_at":"{stamp(received)}"' if received > at else ""
        head = f'{{"id":"{name}","type":"{kind}","timestamp":"{stamp(at)}",{owner}{late}'
        line = f'{head},"properties":{{{properties}}}}}\n'
        self.lines.append(line)
        if luck > 1 - _TWICE:
            self.lines.append(line)

    def working_hours(self, day: int) -> int:
        """Some second of a day, on weekdays mostly, in European office hours mostly."""
        if date_of(day).weekday() >= 5 and self.chance.happens(0.85):
            day -= 2
        hour = self.chance.whole(6, 16) if self.chance.happens(0.9) else self.chance.whole(17, 22)
        return day * DAY + hour * 3600 + self.chance.whole(0, 3599)

"""What a host's robots.txt asks of us (RFC 9309). Decisions only: the fetcher brings the file.

The grammar is `protego`'s, which follows Google's wildcards and longest match, as the RFC does.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

MAX_BYTES = 512_000
"""RFC 9309 asks for at least 500 KiB; what comes after is not read."""

MAX_WORK = 500_000
"""What a file may cost us, whatever its bytes: its parser keeps every rule once for each agent that the rule's group names,
and tries every wildcard on every address. Files of the press take some hundreds."""

_WILDCARD_WORK = 100
"""A wildcard tried on an address of 8,000 characters takes as long as keeping a rule so often."""

_AGENT = re.compile(r"\s*user(?:-|\s*)agent", re.I)
_RULE = re.compile(r"\s*(?:(?:dis)?allow|crawl-delay)\s*:", re.I)
_LONGEST_RATE_S = 1e9

KEPT_S = 24 * 3600.0
"""A copy is asked for again after a day (RFC 9309, section 2.4)."""

TROUBLE_KEPT_S = 600.0
"""A refusal that only comes from a server error is asked about again soon."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one host. `barred` is empty, or why nothing there may be fetched for now."""

    parsed: Protego | None = None
    barred: str = ""

    def refusal(self, url: str, user_agent: str) -> str:
        """Return why `url` may not be fetched by this user agent, or the empty string."""
        if self.barred:
            return self.barred
        if self.parsed is not None and not self.parsed.can_fetch(url, user_agent):
            return f"disallowed for {_token(user_agent)}"
        return ""

    def delay_s(self, user_agent: str) -> float:
        """Return the pause between requests that the host asks for, 0 if it asks for none."""
        if self.parsed is None:
            return 0.0
        delay = self.parsed.crawl_delay(_token(user_agent)) or 0.0
        rate = self.parsed.request_rate(_token(user_agent))
        return max(float(delay), min(rate.seconds, _LONGEST_RATE_S) / rate.requests if rate and rate.requests else 0.0)


def rules(status: int, body: bytes) -> Rules:
    """Return what an answer to `/robots.txt` means: 2xx is read, 4xx allows everything, 5xx allows nothing."""
    if 200 <= status < 300:
        text = body[:MAX_BYTES].decode("utf-8-sig", errors="replace")
        return Rules(Protego.parse(_affordable(text.replace("\x00", ""))))
    if status == 429 or status >= 500:
        return Rules(barred=f"robots.txt answered {status}")
    return Rules()


def _affordable(text: str) -> str:
    """Return the lines of `text` up to the one that makes it cost more than `MAX_WORK`."""
    lines = text.splitlines(keepends=True)
    agents, work, closed = 0, 0, False
    for at, line in enumerate(lines):
        if _AGENT.match(line):
            agents, closed = (0 if closed else agents) + 1, False
            work += 1 + agents // 50  # an agent that is named again is looked for among those of its group
        else:
            closed = closed or _RULE.match(line) is not None
            work += agents + _WILDCARD_WORK * line.count("*")
        if work > MAX_WORK:
            return "".join(lines[:at])
    return text


def address(url: str) -> str:
    """Return where the robots.txt that speaks for `url` lies."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def _token(user_agent: str) -> str:
    return user_agent.partition("/")[0].strip() or user_agent


class Kept:
    """The rules learnt so far, each with its time of expiry; the oldest go when there are too many."""

    def __init__(self, *, most: int = 20_000) -> None:
        self._rules: OrderedDict[str, tuple[float, Rules]] = OrderedDict()
        self._most = most

    def get(self, where: str, now: float) -> Rules | None:
        """Return the rules from the robots.txt at `where`, or nothing if there are none that are fresh."""
        until, found = self._rules.get(where, (0.0, None))
        return found if until > now else None

    def keep(self, where: str, found: Rules, now: float) -> None:
        """Keep the rules of `where` for their time."""
        self._rules[where] = (now + (TROUBLE_KEPT_S if found.barred else KEPT_S), found)
        self._rules.move_to_end(where)
        while len(self._rules) > self._most:
            self._rules.popitem(last=False)

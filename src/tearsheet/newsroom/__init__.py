"""The newsroom: a small invented press, served over real HTTP on 127.0.0.1, for the demo and the tests.

It imports nothing else of the house. Every place, person, paper and word in it is made up.
"""

from tearsheet.newsroom.press import LAST_TICK, START, STEP, Publication, Truth, start_for
from tearsheet.newsroom.server import Newsroom
from tearsheet.newsroom.sitefiles import site_toml
from tearsheet.newsroom.troubles import TROUBLES

__all__ = [
    "LAST_TICK",
    "START",
    "STEP",
    "TROUBLES",
    "Newsroom",
    "Publication",
    "Truth",
    "site_toml",
    "start_for",
]

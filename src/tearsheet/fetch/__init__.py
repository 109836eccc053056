"""Politely: addresses allowed, robots.txt, per-host pauses, conditional GET, limits, retries.

The one room that opens connections.
"""

from tearsheet.fetch.fetcher import Fetcher
from tearsheet.fetch.request import Limits, Request

__all__ = ["Fetcher", "Limits", "Request"]

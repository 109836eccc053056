"""How politely and how far an archive fetches: its settings as the fetcher takes them."""

from tearsheet.archive import Archive
from tearsheet.fetch import Limits
from tearsheet.version import VERSION


def limits_of(archive: Archive) -> Limits:
    """Return the fetcher's limits as the archive's settings have them."""
    fetch = archive.settings.fetch
    agent = fetch.user_agent or f"Tearsheet/{VERSION} (press archive; {fetch.contact or 'personal use'})"
    return Limits(
        user_agent=agent,
        pause_s=fetch.pause_s,
        per_host=fetch.per_host,
        parallel=fetch.parallel,
        connect_timeout_s=fetch.connect_timeout_s,
        timeout_s=fetch.timeout_s,
        max_bytes=fetch.max_bytes,
        max_ratio=fetch.max_ratio,
        max_redirects=fetch.max_redirects,
        proxy=fetch.proxy,
        allow=fetch.allow,
        robots=fetch.robots,
    )

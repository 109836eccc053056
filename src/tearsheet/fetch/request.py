"""What is asked of the fetcher: a request, and the limits under which all are carried out."""

from dataclasses import dataclass

from tearsheet.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to fetch. `etag` and `last_modified` go out verbatim as they once came in.

    `tag` is the caller's own and comes back untouched. `max_bytes` narrows the limit of the same name; 0 leaves it.
    A request with a `body`, which is of `media_type`, is a POST; it follows only redirects that let it stay one (307, 308), and
    robots.txt, which is about reading, is not asked.
    """

    url: str
    purpose: str = "article"
    etag: str = ""
    last_modified: str = ""
    referer: str = ""
    tag: object = None
    max_bytes: int = 0
    body: bytes = b""
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How politely and how far. Times in seconds, sizes in bytes.

    `per_host` and `pause_s` hold for a host name, whatever the port; the pause runs from the end of the last answer.
    `timeout_s` is for one request with all its redirects, without the time it waits for its turn.
    `max_bytes` holds for the body as transferred and again for what it unpacks to; `max_ratio` is how much it may unpack to.
    `max_wait_s` is the longest Retry-After that is waited out here; a longer one is given back as an error.
    `ahead` is how many requests may be drawn from the iterator before their turn, so that one busy host does not hold up others.
    `proxy` empty means: as `http_proxy`, `https_proxy` and `no_proxy` of the environment say. `allow` names hosts that
    the guard lets pass.
    `ca_file` replaces the system's certificate authorities.
    """

    user_agent: str = f"Tearsheet/{VERSION} (press archive; personal use)"
    pause_s: float = 1.0
    per_host: int = 1
    parallel: int = 64
    connect_timeout_s: float = 10.0
    timeout_s: float = 30.0
    max_bytes: int = 32_000_000
    max_ratio: int = 200
    max_redirects: int = 10
    max_header_bytes: int = 256_000
    max_delay_s: float = 30.0
    max_wait_s: float = 30.0
    min_bytes_s: int = 100
    retries: int = 2
    back_off_s: float = 1.0
    ahead: int = 1000
    proxy: str = ""
    allow: tuple[str, ...] = ()
    robots: bool = True
    ca_file: str = ""

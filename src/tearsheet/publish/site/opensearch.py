"""The OpenSearch description, by which a browser takes up the archive as a search engine of its own."""

from tearsheet import html
from tearsheet.publish.site import paths
from tearsheet.publish.site.views import Masthead

MEDIA_TYPE = "application/opensearchdescription+xml"
_MAX_SHORT_NAME = 16
_XMLNS = "http://a9.com/-/spec/opensearch/1.1/"


def description(masthead: Masthead) -> bytes:
    """Return the description of the search at `masthead.url`, which must be known.

    Source: OpenSearch 1.1 draft 6, by which a short name has at most 16 characters.
    """
    search, icon = masthead.url + paths.SEARCH, f"{masthead.url}static/img/icon.svg"
    lines = (
        f'<OpenSearchDescription xmlns="{_XMLNS}">',
        f"<ShortName>{html.escape(masthead.title[:_MAX_SHORT_NAME].strip())}</ShortName>",
        f"<Description>{html.escape(masthead.title)}</Description>",
        "<InputEncoding>UTF-8</InputEncoding>",
        f'<Image width="32" height="32" type="image/svg+xml">{html.escape(icon)}</Image>',
        f'<Url type="text/html" template="{html.escape(search)}?q={{searchTerms}}"/>',
        "</OpenSearchDescription>",
    )
    return ("\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *lines)) + "\n").encode()

"""Every exception of Tearsheet, one tree. Catch the branch, not the leaf.

    TearsheetError
    ├── SettingsError              what a person wrote is not usable; names the file and the line
    │   ├── BadSettings            tearsheet.toml or sources.toml
    │   └── BadSite                a site definition
    ├── ArchiveError               the archive as a whole
    │   ├── NoArchive              there is none here
    │   ├── ArchiveExists          there is one already
    │   ├── ArchiveTooNew          written by a newer Tearsheet
    │   ├── ArchiveBusy            another process holds the database
    │   ├── NoCatalog              the catalog is lost; the rest is there
    │   ├── NoJournal              the WARC files hold nothing from which a catalog can be made
    │   ├── DiskTrouble            full, read-only, failing
    │   ├── CannotListen           the live server's address is taken, or not this machine's
    │   └── BadLedger              a leaf, tile, checkpoint, signature or time stamp does not agree with the rest
    ├── FetchError                 one address did not give its page
    │   ├── AddressRefused         the address guard said no
    │   ├── RobotsRefused          the host's robots.txt said no
    │   ├── Unreachable            no name, no connection, broken off, bad TLS
    │   ├── TooSlow                time limit
    │   ├── TooLarge               size limit, or a body that unpacks to too much
    │   ├── TooManyRedirects
    │   └── BadStatus              an answer other than 2xx or 304; carries `status`
    ├── FormatError                something came, but it is not what it should be
    │   ├── NotAFeed               a page, an image, nothing
    │   ├── BadFeed                a feed beyond repair
    │   ├── BadPost                not a post file
    │   ├── BadWarc                a record that is damaged
    │   ├── BadCoding              a body not in the gzip, br, ... it claims, or broken off
    │   ├── BadName                a file name that may not be used
    │   └── BadPicture             not a picture, or one that is too big to open
    ├── NotFound                   no such thing in the archive
    │   ├── NoSuchSource
    │   ├── NoSuchArticle
    │   ├── NoSuchRevision
    │   └── NoSuchAccount          nor a token of this id
    └── AccessError                accounts, sessions, tokens

A message says what happened, to which thing, and why; the fix too, if the user has one.
"""

from typing import Any


class TearsheetError(Exception):
    """Base of everything raised on purpose.

    Rendered as `what: thing: cause`, leaving out what is not known.
    """

    what = "failed"

    def __init__(self, thing: str = "", cause: str = "") -> None:
        self.thing = thing
        self.cause = cause
        super().__init__(thing, cause)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.what, self.thing, self.cause) if part)


class SettingsError(TearsheetError):
    """Something a person wrote is not usable. `thing` is `file:line`."""

    what = "settings"


class BadSettings(SettingsError):
    """`tearsheet.toml` or `sources.toml` cannot be used."""

    what = "bad settings"


class BadSite(SettingsError):
    """A site definition cannot be used."""

    what = "bad site definition"


class ArchiveError(TearsheetError):
    """The archive as a whole cannot be used."""

    what = "archive"


class NoArchive(ArchiveError):
    """There is no archive in this folder."""

    what = "no archive here"


class ArchiveExists(ArchiveError):
    """There is an archive in this folder already."""

    what = "there is an archive already"


class ArchiveTooNew(ArchiveError):
    """The database was written by a newer version."""

    what = "archive is of a newer version"


class ArchiveBusy(ArchiveError):
    """Another process holds the database."""

    what = "archive is busy"


class NoCatalog(ArchiveError):
    """The catalog is not there, though there is something that it should know of."""

    what = "the catalog is missing"


class NoJournal(ArchiveError):
    """The WARC files hold no journal: no catalog can be made from them."""

    what = "no journal to rebuild from"


class DiskTrouble(ArchiveError):
    """The disk is full, read-only or failing."""

    what = "cannot write"


class BadLedger(ArchiveError):
    """A leaf, tile, checkpoint, signature or time stamp does not agree with the rest of the ledger."""

    what = "the ledger does not hold"


class CannotListen(ArchiveError):
    """The live server's address is taken, or is not this machine's."""

    what = "cannot listen"


class FetchError(TearsheetError):
    """One address did not give its page."""

    what = "not fetched"


class AddressRefused(FetchError):
    """The address guard refused the host, its spelling, or an address it resolves to."""

    what = "address refused"


class RobotsRefused(FetchError):
    """The host's robots.txt asks us not to."""

    what = "refused by robots.txt"


class Unreachable(FetchError):
    """No such name, no connection, a broken transfer, or bad TLS."""

    what = "unreachable"


class TooSlow(FetchError):
    """The answer took longer than the time limit."""

    what = "too slow"


class TooLarge(FetchError):
    """The answer is larger, or unpacks to more, than the limit."""

    what = "too large"


class TooManyRedirects(FetchError):
    """The redirects do not end."""

    what = "too many redirects"


class BadStatus(FetchError):
    """The host answered with an error status."""

    what = "answered with an error"

    def __init__(self, thing: str = "", cause: str = "", *, status: int = 0, retry_after_s: float = 0.0) -> None:
        super().__init__(thing, cause or f"HTTP {status}")
        self.status = status
        self.retry_after_s = retry_after_s
        # The answer itself, a `model.Capture` or None: the tree stands below the nouns and cannot name them.
        self.capture: Any = None


class FormatError(TearsheetError):
    """Something came, but it is not what it should be."""

    what = "not understood"


class NotAFeed(FormatError):
    """The bytes are no feed of any kind."""

    what = "not a feed"


class BadFeed(FormatError):
    """The bytes are a feed, but beyond repair."""

    what = "broken feed"


class BadPost(FormatError):
    """The bytes are not a post file."""

    what = "not a post"


class BadWarc(FormatError):
    """A WARC record is damaged."""

    what = "damaged WARC record"


class BadCoding(FormatError):
    """A body is not in the content coding it claims, or breaks off inside it."""

    what = "not in the coding it claims"


class BadName(FormatError):
    """A file name may not be used: it leads elsewhere, is too long, or holds control characters."""

    what = "bad file name"


class BadPicture(FormatError):
    """The bytes are no picture, or one too big to open."""

    what = "not a usable picture"


class NotFound(TearsheetError):
    """There is no such thing in the archive."""

    what = "not found"


class NoSuchSource(NotFound):
    """No source has this name or address."""

    what = "no such source"


class NoSuchArticle(NotFound):
    """No article has this id or address."""

    what = "no such article"


class NoSuchRevision(NotFound):
    """The article has no revision of this number."""

    what = "no such wording"


class NoSuchAccount(NotFound):
    """No account has this name, or no token this id."""

    what = "no such account or token"


class AccessError(TearsheetError):
    """An account, session or token does not allow this."""

    what = "not allowed"

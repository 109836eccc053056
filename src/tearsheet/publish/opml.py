"""Sources as OPML: folders are category paths, so that another reader (or another Tearsheet) follows the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tearsheet import html
from tearsheet.model import Source

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class _Folder:
    folders: dict[str, "_Folder"] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)


def opml(sources: Sequence[Source], *, title: str) -> bytes:
    """Return `sources` as an OPML 2.0 file. What is no feed keeps its own kind in `type`, which other readers skip."""
    root = _Folder()
    for source in sources:
        folder = root
        for name in source.categories:
            folder = folder.folders.setdefault(name, _Folder())
        folder.sources.append(source)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>{_text(title)}</title></head>\n<body>\n'
    return (head + "".join(_lines(root, "")) + "</body>\n</opml>\n").encode("utf-8", "replace")


def _lines(folder: _Folder, indent: str) -> list[str]:
    lines = [f"{indent}<outline {_attributes(source)}/>\n" for source in folder.sources]
    for name, inner in folder.folders.items():
        lines.append(f'{indent}<outline text="{_text(name)}" title="{_text(name)}">\n')
        lines.extend(_lines(inner, indent + "  "))
        lines.append(f"{indent}</outline>\n")
    return lines


def _attributes(source: Source) -> str:
    name = source.name or source.url
    values = {
        "type": "rss" if source.kind == "feed" else source.kind,
        "text": name,
        "title": name,
        "xmlUrl": source.url,
        "htmlUrl": source.homepage,
        "language": source.language,
        "timezone": source.timezone,
    }
    return " ".join(f'{key}="{_text(value)}"' for key, value in values.items() if value)


def _text(text: str) -> str:
    return html.escape(_NOT_XML.sub("", text))

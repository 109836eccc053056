"""The full-text index: SQLite FTS5 over our own terms, the language people type, and snippets with marks."""

from tearsheet.search.index import SCHEMA, Document, Index, Wanted, document
from tearsheet.search.question import Question, read
from tearsheet.search.snippet import marks, snippet

__all__ = ["SCHEMA", "Document", "Index", "Question", "Wanted", "document", "marks", "read", "snippet"]

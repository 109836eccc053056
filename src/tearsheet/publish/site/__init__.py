"""The published site: views in, (path, bytes) out. It writes nothing, fetches nothing, and knows no clock."""

"""The live server: the site's pages straight from the archive, with search, a small JSON API, and accounts."""

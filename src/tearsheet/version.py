"""Which Tearsheet this is: said to hosts, in WARC files, on the site and on the command line."""

VERSION = "0.1.0"

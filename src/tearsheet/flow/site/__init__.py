"""What the published site shows of an archive: rows gathered into views and pages, alike for the build and the live server."""

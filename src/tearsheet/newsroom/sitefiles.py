"""Site definitions of the papers that need one: TOML text for an archive's `sites/` folder."""

from importlib import resources


def site_toml(name: str = "orlecha", *, port: int = 80) -> str:
    """Return the site definition of paper `name` with addresses on `port`.

    Raises:
        FileNotFoundError: this paper needs none.
    """
    file = resources.files(__package__) / "definitions" / f"{name}.toml"
    return file.read_text(encoding="utf-8").replace("localhost:80", f"localhost:{port}")

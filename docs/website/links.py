"""Every link of a site in HTML leads somewhere: to a file of the site, and to a place in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["Page", "broken", "read"]

_LOADED = {"src", "srcset", "poster", "data"}  # what a browser fetches by itself
_WELL_KNOWN = ("http", "https", "mailto")


@dataclass
class Page(HTMLParser):
    """The names that one page gives to its places, and where it leads.

    Attributes
    ----------
    names
        Values of ``id`` and ``name``.
    links
        (address, whether a browser fetches it without being asked).
    """

    names: set[str] = field(default_factory=set)
    links: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element is called and where it leads."""
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.names.add(value)
            elif name in ("href", "xlink:href"):
                self.links.append((value, tag == "link" and _fetched(dict(attrs))))
            elif name in _LOADED and not (tag == "meta" or value.startswith("data:")):
                self.links.append((value, True))
            elif tag == "meta" and name == "content" and ("http-equiv", "refresh") in attrs:
                self.links.append((value.partition("url=")[2], False))


def _fetched(attributes: dict[str, str | None]) -> bool:
    return attributes.get("rel") not in ("canonical", "prev", "next", "index", "search", "author", "license")


def read(text: str) -> Page:
    """Return what a page names and where it leads."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def broken(site: Path) -> Iterator[str]:
    """Yield a sentence for each link of a site that leads nowhere, and for all that is fetched from elsewhere."""
    pages = {path.resolve(): read(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        for link, fetched in page.links:
            if why := _fault(link, path, pages, site.resolve(), fetched=fetched):
                yield f"{path.relative_to(site.resolve())}: {link}: {why}"


def _fault(link: str, path: Path, pages: dict[Path, Page], site: Path, *, fetched: bool) -> str | None:
    """Return what is wrong with a link of a page, or None."""
    try:
        parts = urlsplit(link)
    except ValueError as error:
        return str(error)
    if parts.scheme == "data":
        return None
    if parts.scheme or parts.netloc:
        if fetched:
            return "fetched from another host"
        return None if parts.scheme in _WELL_KNOWN and (parts.netloc or parts.scheme == "mailto") else "no address"
    target = path.parent.joinpath(unquote(parts.path)).resolve() if parts.path else path
    if not target.is_relative_to(site):
        return "leads out of the site"
    if not target.is_file():
        return "no such file"
    known = not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].names
    return None if known else "no such place on the page"

"""What hangs on one setting, the address of the repository: where the site and its sources are.

It is the repository that builds (GITHUB_REPOSITORY, which CI sets) or `repository_url` among the
`html_theme_options` of _config.yml. From it come the site's own address (unless `html_baseurl` says
another), canonical links, social previews, the sitemap, and the links to report a mistake, to the
source, to Binder and to Colab. Without it a page has none of them.
"""

import os
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from .pages import description
from .state import Context

ON_GITHUB = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+)")
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{urls}
</urlset>
"""
FRONT_DOOR = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="description" content="{description}">
<link rel="icon" href="data:,">{more}
<meta http-equiv="refresh" content="0; url={first}">
</head>
<body><p><a href="{first}">{title}</a></p></body>
</html>
"""
ASK_FOR_IT = (
    "This copy of the site does not say where its sources are kept. Ask whoever gave it to you for "
    "the folder that it was built from, as an archive or as a clone: it is the one that holds "
    "README.md, Makefile, book and lib."
)
PREVIEW = """
<link rel="canonical" href="{address}">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{address}">
<meta property="og:image" content="{image}">"""


def repository_url(options: Mapping[str, str]) -> str:
    """Return the address of the repository: of the one that builds, else of `_config.yml`."""
    built_by = os.environ.get("GITHUB_REPOSITORY")
    if built_by:
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{built_by}"
    return options.get("repository_url", "").rstrip("/")


def pages_url(repository: str) -> str:
    """Return where GitHub Pages shows the site of a repository on github.com, else ""."""
    found = ON_GITHUB.fullmatch(repository)
    if not found:
        return ""
    owner, name = found[1].lower(), found[2]
    host = f"{owner}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def links(repository: str, source_file: str) -> dict[str, str]:
    """Return {name: address} of what a page links to in its repository."""
    if not repository:
        return {}
    found = {"source": f"{repository}/blob/HEAD/{source_file}"}
    github = ON_GITHUB.fullmatch(repository)
    if github and source_file.endswith(".ipynb"):
        place = f"{github[1]}/{github[2]}"
        found["binder"] = f"https://mybinder.org/v2/gh/{place}/HEAD?urlpath=lab/tree/{source_file}"
        found["colab"] = f"https://colab.research.google.com/github/{place}/blob/HEAD/{source_file}"
    return found


def get_it(app: Sphinx, page: str) -> list[nodes.Node]:
    """Return how a reader comes by the folder of the book: with the address, and without."""
    repository = app.config.repository
    if not repository:
        return [_paragraph(ASK_FOR_IT)]
    clone = nodes.literal_block("", f"git clone {repository}", language="bash")
    made = [_paragraph("It is kept in a ", (repository, "repository"), ":"), clone]
    if ON_GITHUB.fullmatch(repository):
        archive = f"{repository}/archive/HEAD.zip"
        made.append(_paragraph("Without Git, ", (archive, "download it as an archive"), "."))
    return made


def _paragraph(*parts: str | tuple[str, str]) -> nodes.paragraph:
    """Return a paragraph of texts and of (address, text) links."""
    paragraph = nodes.paragraph()
    for part in parts:
        is_text = isinstance(part, str)
        paragraph += nodes.Text(part) if is_text else nodes.reference("", part[1], refuri=part[0])
    return paragraph


MAKERS = {"get-it": get_it}


def _settle(app: Sphinx, config: Config) -> None:
    """Fill in `html_baseurl` from the repository, before anything is made of it."""
    config.repository = repository_url(config.html_theme_options)
    config.html_baseurl = config.html_baseurl or pages_url(config.repository)
    if config.html_baseurl and not config.html_baseurl.endswith("/"):
        config.html_baseurl += "/"


def _add_links(
    app: Sphinx, pagename: str, templatename: str, context: Context, doctree: nodes.document | None
) -> None:
    context["repository_url"] = app.config.repository
    context["site_url"] = app.config.html_baseurl
    if doctree is not None:
        source_file = app.env.doc2path(pagename, base=False)
        context["elsewhere"] = links(app.config.repository, source_file)


def _add_page_for_lost_addresses(app: Sphinx) -> Iterator[tuple[str, Context, str]]:
    if app.builder.format == "html":
        yield "404", {}, "404.html"


def _write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    base, file = app.config.html_baseurl, Path(app.outdir) / "sitemap.xml"
    file.unlink(missing_ok=True)  # of a build that had an address
    if base:
        addresses = sorted(base + app.builder.get_target_uri(name) for name in app.env.found_docs)
        urls = "\n".join(f"  <url><loc>{escape(address)}</loc></url>" for address in addresses)
        file.write_text(SITEMAP.format(urls=urls), "utf-8")


def _open_front_door(app: Sphinx, exception: Exception | None) -> None:
    """Lead from the site's address to its first page; an empty icon, so that none is asked for."""
    if exception is None and app.builder.format == "html":
        said = {
            "title": escape(app.config.html_short_title),
            "description": escape(description(app.env.get_doctree(app.config.root_doc))),
            "first": f"{app.config.root_doc}.html",
        }
        base = app.config.html_baseurl
        image, address = f"{base}_static/social.png", f"{base}{said['first']}"
        more = PREVIEW.format(**said, address=address, image=image) if base else ""
        page = FRONT_DOOR.format(**said, more=more)
        (Path(app.outdir) / "index.html").write_text(page, "utf-8")


def setup(app: Sphinx) -> None:
    """Settle the addresses first; write the files at the site's root last."""
    app.add_config_value("repository", "", "html")
    app.connect("config-inited", _settle)
    app.connect("html-page-context", _add_links)
    app.connect("html-collect-pages", _add_page_for_lost_addresses)
    app.connect("build-finished", _write_sitemap)
    app.connect("build-finished", _open_front_door, priority=400)  # before a plainer one is made

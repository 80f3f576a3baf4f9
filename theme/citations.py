"""Let a text link to an entry of the references by its key: {ref}`Shannon (1948) <shannon1948>`.

The roles of sphinxcontrib-bibtex show their key in JupyterLab; a `ref` with a text of its own reads
well in both places. Such a link also carries the address of the work, for paper.
"""

from html import escape
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation

from .state import Context


def _citations(env: BuildEnvironment) -> list[Citation]:
    return cast(BibtexDomain, env.get_domain("cite")).citations


def _label_entries(app: Sphinx, env: BuildEnvironment) -> None:
    standard = cast(StandardDomain, env.get_domain("std"))
    for entry in _citations(env):
        place = (entry.bibliography_key.docname, entry.citation_id)
        standard.anonlabels[entry.key] = place
        standard.labels[entry.key] = (*place, entry.key)


def _give_addresses(
    app: Sphinx, pagename: str, templatename: str, context: Context, doctree: nodes.document | None
) -> None:
    for entry in _citations(app.env) if doctree else ():
        fields = entry.entry.fields
        address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url")
        if address:
            page = app.builder.get_relative_uri(pagename, entry.bibliography_key.docname)
            link = f' href="{page}#{entry.citation_id}"'
            marked = f'{link} data-address="{escape(address)}"'
            context["body"] = context["body"].replace(link, marked)


def setup(app: Sphinx) -> None:
    """Register the labels after sphinxcontrib-bibtex has placed its entries."""
    app.connect("env-updated", _label_entries, priority=900)
    app.connect("html-page-context", _give_addresses)

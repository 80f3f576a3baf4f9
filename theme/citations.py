"""Let a text link to an entry of the references by its key: {ref}`Shannon (1948) <shannon1948>`.

The roles of sphinxcontrib-bibtex show their key in JupyterLab; a `ref` with a text of its own reads
well in both places. Such a link also carries the address of the work, for paper.
"""

from html import escape


def _label_entries(app, env):
    standard = env.get_domain("std")
    for entry in env.get_domain("cite").citations:
        place = (entry.bibliography_key.docname, entry.citation_id)
        standard.anonlabels[entry.key] = place
        standard.labels[entry.key] = (*place, entry.key)


def _give_addresses(app, pagename, templatename, context, doctree):
    for entry in app.env.get_domain("cite").citations if doctree else ():
        fields = entry.entry.fields
        address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url")
        if address:
            page = app.builder.get_relative_uri(pagename, entry.bibliography_key.docname)
            link = f' href="{page}#{entry.citation_id}"'
            marked = f'{link} data-address="{escape(address)}"'
            context["body"] = context["body"].replace(link, marked)


def setup(app):
    """Register the labels after sphinxcontrib-bibtex has placed its entries."""
    app.connect("env-updated", _label_entries, priority=900)
    app.connect("html-page-context", _give_addresses)

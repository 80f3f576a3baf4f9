"""Let a text link to an entry of the references by its key: {ref}`Shannon (1948) <shannon1948>`.

The roles of sphinxcontrib-bibtex show their key in JupyterLab; a `ref` with a text of its own reads
well in both places.
"""


def _label_entries(app, env):
    standard = env.get_domain("std")
    for entry in env.get_domain("cite").citations:
        place = (entry.bibliography_key.docname, entry.citation_id)
        standard.anonlabels[entry.key] = place
        standard.labels[entry.key] = (*place, entry.key)


def setup(app):
    """Register the labels after sphinxcontrib-bibtex has placed its entries."""
    app.connect("env-updated", _label_entries, priority=900)

"""Python in the reader's browser, from the site's own host: what it is made of, and its laying out.

sources   the files from elsewhere: pinned, fetched from a source that can be replaced, cached
editor    CodeMirror's modules, as a browser reads them
layout    the folder `python/` of the site
lab       the folder `live/`: JupyterLite, over the same Python
beside    what stands on JupyterLite's pages besides: a style, a module, settings
host      serves a folder so that a running cell can be interrupted: `make serve LIVE=1`
inside    what runs in the reader's browser, in Python
page      what runs there in JavaScript: the button, the editors, the worker

`make book LIVE=1` builds the site with it; theme/doors.py puts button and links on the pages.
"""

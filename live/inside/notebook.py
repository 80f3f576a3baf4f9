"""What JupyterLite's Python does first; IPython runs this file in the notebook's own names."""

get_ipython().Completer.use_jedi = False  # type: ignore[name-defined]  # noqa: F821

"""What JupyterLite's Python does first: IPython runs this file among the notebook's names."""

from live.inside.jupyter import begin

begin(get_ipython())  # type: ignore[name-defined]  # noqa: F821
del begin

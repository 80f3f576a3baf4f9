"""Let JupyterLab take the book's styles: custom.css, and the colours that it imports."""

from pathlib import Path

HERE = Path(__file__).parent
STYLES = [HERE / "custom", HERE.parents[1] / "explorers" / "shared"]

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.LabApp.custom_css = True
c.ServerApp.tornado_settings = {"static_custom_path": [str(folder) for folder in STYLES]}

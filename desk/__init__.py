"""What `make lab` opens: a copy of the book's pages to write on, as JupyterLab shows them best."""

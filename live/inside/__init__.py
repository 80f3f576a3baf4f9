"""What runs in the reader's browser, in Python: cells, their outputs, explorers and controls.

It stands alone there, beside what a chapter imports: nothing of the other rooms is called here. The
page's side is `live/page/`; what goes between the two are messages, as JSON (messages.py).
"""

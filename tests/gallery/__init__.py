"""Every view of Baton in Slack, posted by the bot's own renderers and photographed on the workspace page.

`python -m tests.gallery` writes docs/gallery; `python -m tests.gallery card-pending chart` only what begins so.
"""

"""The dashboard as web pages: one layout for the static site and for the live server."""

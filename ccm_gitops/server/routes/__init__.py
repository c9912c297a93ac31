"""The routes, a module a noun: look, decide by what is there, answer."""

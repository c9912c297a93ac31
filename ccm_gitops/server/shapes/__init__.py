"""The bodies that go in and out, as models: camelCase in JSON, checked strictly on the way in."""

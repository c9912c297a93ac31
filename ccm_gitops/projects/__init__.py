"""Projects: which repositories and folders there are, and how each is opened."""

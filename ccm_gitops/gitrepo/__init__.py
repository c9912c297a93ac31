"""Git without a checkout and without trust: objects, refs, clones and pushes, by plumbing alone."""

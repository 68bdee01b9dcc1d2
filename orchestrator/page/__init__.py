"""A look at a lab as one page for a browser: map, matrix of sites, findings, ways, configuration. Pure."""

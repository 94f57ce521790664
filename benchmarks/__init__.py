"""One file a claim: the work, the machine's limit, our figure, the rival's in the same run, and their ratio."""

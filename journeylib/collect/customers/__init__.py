"""Who the rows are about: one customer behind many ids, the account, what the sources know in common."""

"""What a cell means: amounts, dates, addresses, conditions on it, and what is to know before it is trusted."""

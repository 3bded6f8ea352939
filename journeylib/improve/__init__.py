"""From gaps to actions: what is at stake, what people decided, and what to do first."""

"""Canonical events as the prepared log and its journeys."""

"""Frames of many rows: worked out once per distinct cell, put in order, stacked, without holding anything twice."""

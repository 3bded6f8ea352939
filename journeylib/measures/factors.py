"""Non-negative matrix factorisation: texts × terms as a few topics, small and exact (Lee & Seung 2001)."""

from __future__ import annotations

import numpy as np

ROUNDS = 50
#: A matrix of no more cells is quicker as it is than as a list of its filled cells.
_DENSE = 1_000_000
_TINY = 1e-12


def factorise(weights, n_topics: int, rounds: int = ROUNDS) -> tuple[np.ndarray, np.ndarray]:
    """W and H, both non-negative, with W H near the weights in squared error; the same for the same input, without chance.

    Multiplicative updates H ← H ∘ (WᵀX) / (WᵀWH), W ← W ∘ (XHᵀ) / (WHHᵀ), which never make the error larger, from the
    non-negative double SVD of Boutsidis & Gallopoulos 2008 with its zeros filled by the mean.

    Parameters
    ----------
    weights : texts × terms, sparse or dense, nothing negative.

    Returns
    -------
    W : texts × topics. H : topics × terms.
    """
    weights = weights.toarray() if hasattr(weights, "toarray") and weights.shape[0] * weights.shape[1] <= _DENSE else weights
    w, h = _starting_point(weights, n_topics)
    for _ in range(rounds):
        h *= (weights.T @ w).T / (w.T @ w @ h + _TINY)
        w *= (weights @ h.T) / (w @ (h @ h.T) + _TINY)
    return w, h


def _starting_point(weights, n_topics):
    left, size, right = _leading_vectors(weights, n_topics)
    w, h = np.zeros((left.shape[0], n_topics)), np.zeros((n_topics, right.shape[0]))
    for place in range(n_topics):
        u, v = left[:, place], right[:, place]
        sides = [(np.maximum(sign * u, 0), np.maximum(sign * v, 0)) for sign in (1, -1)]
        u, v = max(sides, key=lambda side: np.linalg.norm(side[0]) * np.linalg.norm(side[1]))
        length_u, length_v = np.linalg.norm(u) or 1, np.linalg.norm(v) or 1
        scale = np.sqrt(size[place] * length_u * length_v)
        w[:, place], h[place] = scale * u / length_u, scale * v / length_v
    mean = weights.sum() / (weights.shape[0] * weights.shape[1])
    return np.where(w > 0, w, mean / 100), np.where(h > 0, h, mean / 100)


def _leading_vectors(weights, n):
    """The first singular vectors, by the eigenvectors of terms × terms."""
    inner = weights.T @ weights
    inner = inner.toarray() if hasattr(inner, "toarray") else inner
    values, vectors = np.linalg.eigh(inner)
    order = np.argsort(values)[::-1][:n]
    size, right = np.sqrt(np.maximum(values[order], 0)), vectors[:, order]
    return np.asarray(weights @ right) / np.where(size > 0, size, 1), size, right

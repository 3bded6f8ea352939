"""One customer behind many ids: ids that stand in one row are one person (union-find), e-mail addresses in small letters.

An identity is named by the first of its labels in alphabetical order, so it depends on the raw content alone, never on the order
of files or on the salt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

#: Id spaces of which a person may rightly have several.
MANY = frozenset(("email", "ga_client", "trustpilot_user"))


@dataclass(frozen=True)
class Identities:
    """Label → identity for one kind of unit (persons or accounts).

    Attributes
    ----------
    root : Series, label → the identity's name.
    n : identities. n_linked : those known by two labels or more. n_in_one_source, n_in_several : by the sources that know them.
    n_doubtful : those with two record ids of one system: perhaps two people behind one address, perhaps one person twice.
    """

    root: pd.Series
    n: int
    n_linked: int
    n_in_one_source: int
    n_in_several: int
    n_doubtful: int

    def of(self, labels: pd.Series) -> pd.Series:
        """Each label's identity; missing stays missing, an unknown label is its own."""
        codes, distinct = pd.factorize(labels)
        known = self.root.reindex(distinct)
        named = known.where(known.notna(), pd.Series(distinct, index=distinct, dtype="str")).to_list()
        return pd.Series(pd.array([*named, None], dtype="str").take(codes), index=labels.index)


def resolve(links: Iterable[tuple[str, pd.DataFrame]]) -> Identities:
    """Identities from the links of all sources.

    Parameters
    ----------
    links : (source name, frame of `a`, `b`): labels that stood in one row; a label known alone is linked to itself.
    """
    frames = [frame.assign(source=name) for name, frame in links if len(frame)]
    if not frames:
        return Identities(pd.Series(dtype="str"), 0, 0, 0, 0, 0)
    pairs = pd.concat(frames, ignore_index=True)
    labels = pd.Index(np.sort(pd.unique(pd.concat([pairs["a"], pairs["b"]]).to_numpy(dtype=object))))
    a, b = labels.get_indexer(pairs["a"]), labels.get_indexer(pairs["b"])
    graph = coo_matrix((np.ones(len(a), dtype="int8"), (a, b)), shape=(len(labels), len(labels)))
    n, group = connected_components(graph, directed=False)
    first = np.full(n, len(labels))
    np.minimum.at(first, group, np.arange(len(labels)))
    root = pd.Series(labels.to_numpy()[first[group]], index=labels, dtype="str")
    n_sources = pd.DataFrame({"group": group[a], "source": pairs["source"]}).drop_duplicates()["group"].value_counts()
    sizes = np.bincount(group)
    return Identities(root, int(n), int((sizes > 1).sum()), int((n_sources == 1).sum()), int((n_sources > 1).sum()), _n_doubtful(labels, group))


def _n_doubtful(labels, group) -> int:
    spaces = pd.Series([label.partition(":")[0] for label in labels])
    counts = pd.DataFrame({"group": group, "space": spaces})[~spaces.isin(MANY).to_numpy()].value_counts()
    return int(counts[counts > 1].index.get_level_values("group").nunique())

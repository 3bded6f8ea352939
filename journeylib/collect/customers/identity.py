"""One customer behind many ids: ids that stand in one row are one person (union-find), e-mail addresses in small letters.

An identity is named by the first of its labels in alphabetical order, so it depends on the raw content alone, never on the order
of files or on the salt. A mailbox several people share (`info@…`) is an identity of its own: what stands beside it is counted as
doubtful, and joins nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from journeylib.collect.frames.distinct import are_among, text_of_each
from journeylib.collect.frames.ordering import alphabet_of
from journeylib.collect.values.addresses import is_shared_mailbox

#: Id spaces that name a device or a visitor, and nobody until another source does.
ANONYMOUS = frozenset(("ga_client", "snowplow_visitor", "matomo_visitor"))
#: Id spaces of which one person or account may rightly have several.
MANY = ANONYMOUS | {"email", "account", "trustpilot_user", "qualtrics_response", "surveymonkey_respondent"}
#: Why an identity is doubtful: an address several people share; one address on two records of a system; two records joined otherwise.
DOUBTS = ("shared_mailbox", "same_address", "several_records")


@dataclass(frozen=True)
class Identities:
    """Label → identity for one kind of unit (persons or accounts), as codes: an identity is its place among `names`.

    Attributes
    ----------
    labels : every label, in the order of the alphabet. group : identity of each. space : the id space of each.
    names : the name of each identity, in the order of the alphabet.
    sources : names of the sources. seen : identities × sources, whether the source knows the identity.
    doubts : one of `DOUBTS` → identities that may be two people behind one address, or one person recorded twice.
    """

    labels: pd.Index
    group: np.ndarray
    space: np.ndarray
    names: pd.Index
    sources: tuple[str, ...]
    seen: np.ndarray
    doubts: dict[str, np.ndarray]

    @property
    def n(self) -> int:
        """Identities."""
        return len(self.names)

    @cached_property
    def n_sources(self) -> np.ndarray:
        """How many sources know each identity."""
        return self.seen.sum(axis=1)

    @property
    def n_linked(self) -> int:
        """Those known by two labels or more."""
        return int((np.bincount(self.group, minlength=self.n) > 1).sum())

    @property
    def n_in_one_source(self) -> int:
        """Those a single source knows."""
        return int((self.n_sources == 1).sum())

    @property
    def n_in_several(self) -> int:
        """Those two sources or more know."""
        return int((self.n_sources > 1).sum())

    @cached_property
    def is_doubtful(self) -> np.ndarray:
        """Of whom it is not sure that they are one."""
        found = np.zeros(self.n, dtype=bool)
        for identities in self.doubts.values():
            found[identities] = True
        return found

    @property
    def n_doubtful(self) -> int:
        """Those of whom it is not sure that they are one."""
        return int(self.is_doubtful.sum())

    @cached_property
    def is_nameless(self) -> np.ndarray:
        """Of whom only devices are known."""
        named = ~np.isin(self.space, list(ANONYMOUS))
        return np.bincount(self.group[named], minlength=self.n) == 0

    def codes(self, names: Collection[str]) -> np.ndarray:
        """Places of the named identities, without those nobody knows."""
        return np.flatnonzero(are_among(self.names, names))

    def of(self, labels: pd.Series) -> pd.Series:
        """Each label's identity; missing stays missing, an unknown label is its own."""
        return text_of_each(labels, ("identity", id(self)), self._of_distinct) if len(self.renamed) else labels

    def _of_distinct(self, labels) -> pd.Series:
        named = pd.Series(labels, dtype="str")
        has_other = named.isin(self.renamed.index)
        named[has_other] = self.renamed.reindex(named[has_other]).to_numpy()
        return named

    @cached_property
    def renamed(self) -> pd.Series:
        """Label → identity of those labels alone that go by another name than their own."""
        name = self.names[self.group]
        other = name != self.labels
        return pd.Series(name[other], index=pd.Index(self.labels[other], dtype="str"), dtype="str")


def resolve(links: Iterable[tuple[str, pd.DataFrame]]) -> Identities:
    """Identities from the links of all sources.

    Parameters
    ----------
    links : (source name, frame of `a`, `b`): labels that stood in one row; a label known alone is linked to itself.
    """
    links = [(name, frame) for name, frame in links if len(frame)]
    if not links:
        nobody = pd.Index([], dtype="str")
        return Identities(nobody, np.array([], dtype="int64"), np.array([], dtype=object), nobody, (), np.zeros((0, 0), dtype=bool), {})
    labels, a, b = _coded(links)
    space = _spaces(labels)
    is_shared = np.zeros(len(labels), dtype=bool)
    emails = np.flatnonzero(space == "email")
    is_shared[emails] = [is_shared_mailbox(label) for label in labels[emails]]
    refused = (a != b) & (is_shared[a] | is_shared[b])
    group, first = _groups(a[~refused], b[~refused], len(labels))
    sources, seen = _seen(links, group, a, b, len(first))
    doubts = _doubts(space, group, np.concatenate([a[refused & is_shared[a]], b[refused & is_shared[b]]]), a[~refused], b[~refused])
    return Identities(labels, group, space, labels[first], sources, seen, doubts)


def _coded(links) -> tuple[pd.Index, np.ndarray, np.ndarray]:
    """All labels in the order of the alphabet, and both ends of every link as places among them."""
    are_alone = all(frame["a"].equals(frame["b"]) for _, frame in links)
    codes, distinct = pd.factorize(pd.concat([frame[end].astype("str") for end in ("a" if are_alone else "ab") for _, frame in links], ignore_index=True))
    place = alphabet_of(pd.Index(distinct))[:-1].astype("int64")
    ends = np.split(place[codes], 1 if are_alone else 2)
    return pd.Index(distinct).take(np.argsort(place)), ends[0], ends[-1]


def _spaces(labels) -> np.ndarray:
    """The id space of each label: what stands before its first colon."""
    first = pc.list_element(pc.split_pattern(pa.array(labels, pa.large_string()), ":", max_splits=1), 0).dictionary_encode()
    return np.array(first.dictionary.to_pylist(), dtype=object)[first.indices.to_numpy()]


def _groups(a, b, n) -> tuple[np.ndarray, np.ndarray]:
    """The identity of each label, and the first label of each identity; identities in the order of their first labels."""
    graph = coo_matrix((np.ones(len(a), dtype="int8"), (a, b)), shape=(n, n))
    n_groups, group = connected_components(graph, directed=False)
    first = np.full(n_groups, n)
    np.minimum.at(first, group, np.arange(n))
    order = np.argsort(first)
    place = np.empty(n_groups, dtype="int64")
    place[order] = np.arange(n_groups)
    return place[group], first[order]


def _seen(links, group, a, b, n) -> tuple[tuple[str, ...], np.ndarray]:
    sources = tuple(sorted({name for name, _ in links}))
    column = np.repeat([sources.index(name) for name, _ in links], [len(frame) for _, frame in links])
    seen = np.zeros((n, len(sources)), dtype=bool)
    seen[group[a], column] = True
    seen[group[b], column] = True
    return sources, seen


# --- who may not be one ---------------------------------------------------------------------------------------------


def _doubts(space, group, shared, a, b) -> dict[str, np.ndarray]:
    """Shared mailboxes beside which another id stands, and identities with two records of one system, by one address or otherwise."""
    spaces, distinct = pd.factorize(space)
    is_record = ~np.isin(distinct.astype(str), list(MANY))[spaces]
    several = _repeated(group[is_record], spaces[is_record])
    address = np.intersect1d(several, _of_one_address(space == "email", group, spaces, is_record, a, b))
    found = dict(zip(DOUBTS, (np.unique(group[shared]), address, np.setdiff1d(several, address)), strict=True))
    return {kind: identities for kind, identities in found.items() if len(identities)}


def _repeated(what, space) -> np.ndarray:
    """What stands with one space twice."""
    n_spaces = space.max(initial=0) + 1
    found, counts = np.unique(what * n_spaces + space, return_counts=True)
    return np.unique(found[counts > 1] // n_spaces)


def _of_one_address(is_email, group, spaces, is_record, a, b) -> np.ndarray:
    """Groups in which one e-mail address stands beside two records of one system."""
    one, other = np.concatenate([a, b]), np.concatenate([b, a])
    beside = is_email[one] & is_record[other]
    pairs = np.unique(one[beside] * len(spaces) + other[beside])
    address, record = pairs // len(spaces), pairs % len(spaces)
    return np.unique(group[_repeated(address, spaces[record])])

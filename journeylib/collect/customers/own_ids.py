"""The client's own ids of people known by pseudonym: made anew from the raw files with the client's salt, and kept nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.customers.identity import ANONYMOUS, resolve
from journeylib.collect.databases.answers import ask_servers
from journeylib.collect.deliveries import deliver
from journeylib.collect.privacy import find_salt, pseudonyms

_PEOPLE = "c_"


def own_ids_of(client: Client, wanted: pd.Series) -> pd.Series:
    """Pseudonym → the ids by which the client's systems know the person (`email:…`, `hubspot_contact:…`), separated by blanks.

    Ids of devices are left out: nobody is reached by them.

    Raises
    ------
    SourceError
        A source is missing, or cannot be read.
    """
    answers = ask_servers(client)
    people = resolve((delivery.source, delivery.person_links) for name in client.sources for delivery in deliver(client, name, answers))
    named = pseudonyms(pd.Series(people.names, dtype="str"), find_salt(client), _PEOPLE)
    here = np.flatnonzero(named.isin(set(wanted))[people.group].to_numpy() & ~np.isin(people.space, list(ANONYMOUS)))
    labels = pd.Series(people.labels[here], dtype="str").groupby(named.to_numpy()[people.group[here]]).agg(lambda found: " ".join(sorted(found)))
    return labels.reindex(wanted.unique())

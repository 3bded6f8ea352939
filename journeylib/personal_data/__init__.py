"""Which stretches of a text are personal data, and the text without them. The one place that knows what personal data look like.

A *finder* takes a text and gives the places of one kind of personal data in it: `contacts` (e-mail, telephone, web addresses
that carry an identity), `numbers` (personal numbers, cards, accounts), `places` (street addresses), `people` (names after a
greeting, a sign-off or a title). Names of the people a client delivered are found by `names`. What is found is masked in free
text, refused in what people write for a report, and stops the delivery of a finished one.
"""

from __future__ import annotations

from journeylib.personal_data.masking import KINDS, MASK, find_personal_data, mask, mask_certain, mask_distinct, personal_data_in
from journeylib.personal_data.names import Names

__all__ = ["KINDS", "MASK", "Names", "find_personal_data", "mask", "mask_certain", "mask_distinct", "personal_data_in"]

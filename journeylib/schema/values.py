"""The closed lists: what a column may hold, spelt once."""

from __future__ import annotations

#: The nine atoms every stage model groups (mission §2.1), in order. Codes in the prepared log are positions here.
ATOMS = (
    "a1_problem", "a2_brand", "a3_evaluate", "a4_decide", "a5_reassure",
    "a6_onboard", "a7_use", "a8_repeat", "a9_advocate",
)  # fmt: skip
OUTCOMES = ("none", "won", "lost")
INITIATORS = ("customer", "company", "third")
#: A journey at the data cut. `dormant`: silent for longer than the client's limit where silence is not declared a loss.
STATES = ("won", "lost", "open", "dormant")
#: How a thing is known (practice C20).
KINDS = ("observed", "stated", "inferred", "staff", "assumed")
#: What a voice is about; each is a row of the map or a reason for something on it.
VOICE_ROWS = (
    "need", "question", "problem", "emotion", "thought", "driver", "expectation",
    "info_source", "action", "touchpoint", "objection", "reason", "company", "content",
)  # fmt: skip
GAP_STATUSES = ("found", "uncertain", "not_found", "not_checkable")
SEMANTICS = ("in_order", "any", "at_least")
#: What somebody who was asked is to the company (M025): those who left and those who never bought see what customers cannot.
RELATIONS = ("customer", "lost", "never")

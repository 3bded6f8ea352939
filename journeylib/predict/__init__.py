"""Who is about to buy, who is about to leave, what is bought next: predicted, or said that it cannot be (practice C10, M104, M105).

`predict_customers` asks all three of a client's log, `predict_target` one of them; `lists` makes a list of whom to contact of a prediction
that holds, with some left alone by lot; `next_offer` what buyers of one offer buy next. A prediction is no reason why: risk is not the same as being open to a call.
"""

from __future__ import annotations

from journeylib.predict.chances import Chances, Rows, predict_chances
from journeylib.predict.leaks import leaking_columns
from journeylib.predict.outcomes import TARGETS
from journeylib.predict.predicted import Predicted, predict_customers
from journeylib.predict.targets import Prediction, predict_target

__all__ = ["TARGETS", "Chances", "Predicted", "Prediction", "Rows", "leaking_columns", "predict_chances", "predict_customers", "predict_target"]

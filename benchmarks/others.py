"""The same question put to another library on the same raw file, in a python that has it: `others.py LIBRARY QUESTION RAW.parquet`.

Neither library is a dependency: pm4py is under the AGPL, retentioneering brings much with it. Prints processor seconds from opening the
file to the answer, and the most memory; nothing where the library is not installed.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import time

#: The purchase, as the plain query of `measures.py` asks it.
FUNNEL = ("page_view", "price_view", "order")
COLUMNS = ["customer_id", "occurred_at", "touchpoint"]


def retentioneering(question: str, raw: str):
    import pandas as pd

    sys.modules["posthog"] = None  # it reports what is done with it; here it reports nothing
    from retentioneering import Eventstream
    from retentioneering.tools.transition_matrix import TransitionMatrix

    before = time.process_time()
    frame = pd.read_parquet(raw, columns=COLUMNS).dropna().set_axis(["user_id", "timestamp", "event"], axis=1)
    stream = Eventstream(frame.assign(timestamp=frame["timestamp"].dt.tz_localize(None)))
    if question == "transitions":
        [TransitionMatrix(stream).fit(values) for values in ("count", "unique_paths", "time_median")]
    else:
        stream.funnel_data(steps=list(FUNNEL))
    return time.process_time() - before


def pm4py(question: str, raw: str):
    import pandas as pd
    import pm4py as library

    if question != "transitions":
        return None
    before = time.process_time()
    frame = pd.read_parquet(raw, columns=COLUMNS).dropna().sort_values(["customer_id", "occurred_at"], kind="stable")
    library.discover_performance_dfg(frame, case_id_key="customer_id", activity_key="touchpoint", timestamp_key="occurred_at")
    library.discover_dfg(frame, case_id_key="customer_id", activity_key="touchpoint", timestamp_key="occurred_at")
    return time.process_time() - before


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        seconds = {"retentioneering": retentioneering, "pm4py": pm4py}[sys.argv[1]](sys.argv[2], sys.argv[3])
    print(json.dumps({"said": None, "seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))

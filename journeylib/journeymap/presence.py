"""Where customers look and the company is not to be found, as a mark in the row of the channels (practice E, M074, G21)."""

from __future__ import annotations

from journeylib.journeymap.cell_rows import Materials, Record

FIRST_ABSENT = 30
N_ABSENT = 3


def absent_cells(materials: Materials, stage: str) -> list[dict]:
    """Places of the register where customers look in this stage and the company is not present."""
    places = materials.registers.get("presence")
    if places is None:
        return []
    atoms = list(materials.model.stage(stage).atoms)
    here = (places["stage"].fillna("") == stage) | (places["stage"].isna() & places["atom"].isin(atoms))
    if materials.persona:
        here &= places["persona"].isna() | (places["persona"] == materials.persona)
    absent = places[here & places["is_present"].eq(False).fillna(False)].sort_values("presence_id")
    record = Record("channels", stage, materials.persona, materials.client.as_of, "staff", ",".join(dict.fromkeys(absent["source"])), method="register")
    names = dict.fromkeys(absent["place"])
    return [record.cell(FIRST_ABSENT + place, "absent", label=str(name)) for place, name in enumerate(list(names)[:N_ABSENT])]

"""How a client's stages would fall in another stage model, in words: what stays as it is, what is put together, divided, or no longer shown."""

from __future__ import annotations

from journeylib.stages.conversion import say_parts, shared_steps
from journeylib.stages.model import Stage, StageModel
from journeylib.wording import Words


def say_correspondence(first: StageModel, second: StageModel, words: Words) -> list[str]:
    """One sentence for each stage of the second model, what of the first it does not show, and the steps that give the same share in both.

    Stages correspond through the atoms they group: events carry atoms, so whatever is divided or put together is counted anew and exactly.
    """
    said = [_say_stage(stage, first, second, words) for stage in second.in_scope]
    unseen = {atom for stage in first.in_scope for atom in stage.atoms if second.stage_id_of_atom(atom) is None}
    if unseen:
        said.append(words.say("stages.other.unseen", parts=say_parts(unseen, first, words)))
    steps = [words.say("stages.other.step", before=words.label(first.stage(a).label), after=words.label(first.stage(b).label)) for (a, b), _ in shared_steps(first, second)]
    return [*said, words.say("stages.other.same_steps", steps=words.list(steps))] if steps else said


def _say_stage(stage: Stage, first, second, words) -> str:
    known = {atom for atom in stage.atoms if first.stage_id_of_atom(atom)}
    origins = {first.stage_id_of_atom(atom) for atom in known}
    is_whole = all(set(first.stage(name).atoms) <= known for name in origins)
    kind = "new" if not origins else "merged" if len(origins) > 1 else "part" if not is_whole else "same" if known == set(stage.atoms) else "wider"
    kind = "mixed" if kind == "merged" and not is_whole else kind
    return words.say(f"stages.other.{kind}", stage=words.label(stage.label), **({"parts": say_parts(known, first, words)} if origins else {}))

"""Stage models: how a client's journey is divided, as a grouping of the nine atoms (mission §2).

Events carry atoms, never stages; a model only groups them, so another model recounts nothing wrongly.
"""

from __future__ import annotations

from dataclasses import replace

from journeylib import knowledge
from journeylib.client import Client
from journeylib.errors import ParameterError, nearest
from journeylib.stages.conversion import Conversion, Loss, convert, count_stages, shared_steps
from journeylib.stages.model import Stage, StageModel
from journeylib.stages.reading import LANGUAGES, Mistakes, read_languages, read_model

__all__ = ["Conversion", "Loss", "Stage", "StageModel", "convert", "count_stages", "in_model", "load_stage_model", "purchase_journey", "say_notes",
           "shared_steps", "shipped_models", "stage_mistakes"]  # fmt: skip

_BUYING = {"a3_evaluate", "a4_decide"}


def shipped_models() -> tuple[str, ...]:
    """Names of the stage models that come with the library."""
    return tuple(knowledge.load("stage_models")["models"])


def shipped_stages() -> tuple[str, ...]:
    """Ids of the stages of all models that come with the library, each once."""
    models = knowledge.load("stage_models")["models"].values()
    lists = [each["stages"] for model in models for each in model.get("anchors", {"": model}).values()]
    return tuple(dict.fromkeys(stage["id"] for stages in lists for stage in stages))


def load_stage_model(client: Client) -> StageModel:
    """The client's stage model, by name or the client's own, with anchor, scope and labels applied.

    Raises
    ------
    ParameterError
        One line a mistake: place, got, expected, nearest valid name.
    """
    model, mistakes = _build(client)
    if mistakes:
        raise ParameterError("\n".join(f"{'.'.join(map(str, at))}: {message}" for at, message in mistakes))
    return model


def in_model(client: Client, name: str) -> Client:
    """The client with a shipped stage model in place of its own, whole and under its shipped labels."""
    has_anchors = "anchors" in knowledge.load("stage_models")["models"][name]
    plain = {field: Client.model_fields[field].default for field in ("labels", "scope", *(() if has_anchors else ("anchor",)))}
    return client.model_copy(update={"stage_model": name} | plain)


def stage_mistakes(client: Client) -> Mistakes:
    """Every mistake in the client's stage model, scope and labels: (place in the parameters, what is wrong)."""
    return _build(client)[1]


def _build(client: Client) -> tuple[StageModel | None, Mistakes]:
    written, mistakes = _written(client)
    if mistakes:
        return None, mistakes
    values, mistakes = read_model(written, client.language, ("stage_model",))
    if mistakes:
        return None, mistakes
    stages = _with_exits([Stage(**stage) for stage in values["stages"]])
    stages, label_mistakes = _relabelled(stages, client)
    stages, scope_mistakes = _scoped(stages, client)
    mistakes = label_mistakes + scope_mistakes
    model_id = client.stage_model if isinstance(client.stage_model, str) else str(written.get("id", "own"))
    model = StageModel(model_id, values["name"], stages, loops=values["loops"] and stages[0].in_scope and stages[-1].in_scope)
    return replace(model, notes=_notes(model)), mistakes


def _written(client) -> tuple[dict, Mistakes]:
    """The model as written: the client's own, or the shipped one under the chosen anchor."""
    given, models = client.stage_model, knowledge.load("stage_models")["models"]
    if isinstance(given, dict):
        return given, _anchor_mistakes(client, {})
    if given not in models:
        hint = nearest(given, models)
        return {}, [(("stage_model",), f"no stage model {given!r}{hint}; known: {', '.join(models)}, or a model of your own")]
    shipped = models[given]
    return shipped.get("anchors", {}).get(client.anchor, shipped), _anchor_mistakes(client, shipped)


def _anchor_mistakes(client, shipped) -> Mistakes:
    default = Client.model_fields["anchor"].default
    if client.anchor == default or "anchors" in shipped:
        return []
    with_anchor = [name for name, model in knowledge.load("stage_models")["models"].items() if "anchors" in model]
    return [(("anchor",), f"{client.anchor!r} is a choice of {', '.join(with_anchor)}; take it out, or choose that stage model")]


def _with_exits(stages: list[Stage]) -> tuple[Stage, ...]:
    """Without a rule of its own a stage is left by entering the next; the last one is not left."""
    following = [*stages[1:], None]
    return tuple(stage if stage.exit or after is None else replace(stage, exit=after.entry)
                 for stage, after in zip(stages, following, strict=True))  # fmt: skip


def _relabelled(stages, client) -> tuple[tuple[Stage, ...], Mistakes]:
    mistakes: Mistakes = []
    ids = [stage.id for stage in stages]
    for name in client.labels:
        if name not in ids:
            mistakes.append((("labels", name), f"no such stage{nearest(name, ids)}; stages: {', '.join(ids)}"))
    return tuple(_relabel(stage, client, mistakes) for stage in stages), mistakes


def _relabel(stage, client, mistakes):
    own = client.labels.get(stage.id)
    if own is None:
        return stage
    own = {client.language: own} if isinstance(own, str) else read_languages(own, ("labels", stage.id), mistakes)
    label = {language: own.get(language, stage.label[language]) for language in LANGUAGES}
    return replace(stage, label=label, also=tuple(sorted(set(stage.label.values()) - set(label.values()))))


def _scoped(stages, client) -> tuple[tuple[Stage, ...], Mistakes]:
    ids = [stage.id for stage in stages]
    mistakes: Mistakes = [
        (("scope", key), f"no such stage {name!r}{nearest(name, ids)}; stages: {', '.join(ids)}")
        for key in ("from_stage", "to_stage")
        if (name := getattr(client.scope, key)) is not None and name not in ids
    ]
    if mistakes:
        return stages, mistakes
    first = ids.index(client.scope.from_stage or ids[0])
    last = ids.index(client.scope.to_stage or ids[-1])
    if first > last:
        return stages, [(("scope",), f"begins at {ids[first]!r}, which comes after its end, {ids[last]!r}; order: {', '.join(ids)}")]
    return tuple(replace(stage, in_scope=first <= i <= last) for i, stage in enumerate(stages)), []


def _notes(model) -> tuple[str, ...]:
    """Keys (messages/stages.yml) of what the reader must know about the chosen model and scope."""
    keys = {
        "stages.no_after_purchase": not any(stage.in_scope for stage in model.with_what_follows),
        "stages.no_purchase": model.purchase_position is None,
        "stages.phases_without_stage": bool(model.phases_without_stage),
        "stages.stages_without_phase": bool(model.stages_without_phase),
    }
    return tuple(key for key, holds in keys.items() if holds)


def purchase_journey(model: StageModel) -> StageModel:
    """The same model narrowed to evaluation and decision (M003): a view, its numbers are the full journey's for those stages.

    Raises
    ------
    ParameterError
        The model has neither evaluation nor decision in scope.
    """
    inside = [i for i, stage in enumerate(model.stages) if stage.in_scope and _BUYING & set(stage.atoms)]
    if not inside:
        raise ParameterError(f"Stage model {model.id!r} has no purchase journey: no stage in scope holds {' or '.join(sorted(_BUYING))}.")
    stages = tuple(replace(stage, in_scope=inside[0] <= i <= inside[-1]) for i, stage in enumerate(model.stages))
    narrowed = replace(model, stages=stages, loops=False)
    return replace(narrowed, notes=_notes(narrowed))


def say_notes(model: StageModel, words) -> list[str]:
    """What the reader must know of the chosen stages and scope, one sentence each, in the report's language."""
    phases = knowledge.load("process")["phases"]
    named = {
        "phases": words.list([words.label(phases[name]["label"]) for name in model.phases_without_stage]),
        "stages": words.list([words.label(model.stage(name).label) for name in model.stages_without_phase]),
    }
    return [words.say(key, **named) for key in model.notes]

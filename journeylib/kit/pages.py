"""The interview guide and the survey as Markdown, to read aloud from or to paste into a survey tool."""

from __future__ import annotations

from journeylib.client import Client
from journeylib.kit.plan import Names
from journeylib.kit.questions import interview_guide, survey_questions
from journeylib.presets import starter_texts
from journeylib.stages import StageModel
from journeylib.wording import Words


def guide_page(client: Client, model: StageModel, words: Words, note: str) -> str:
    """The interview guide, a heading a stage; under it what is usually hard there, as an example to start from (M058)."""
    lines = [f"# {words.say('kit.pages.guide', client=client.name)}", "", note, ""]
    for place, (stage, questions) in enumerate(interview_guide(model, words, client.market)):
        heading = words.label(stage.label) if stage else words.say("kit.pages.opening" if place == 0 else "kit.pages.closing")
        lines += [f"## {heading}", "", *(_example(stage, client.market, words) if stage else ()), *(f"- {question}" for question in questions), ""]
    return "\n".join(lines)


def _example(stage, market, words):
    """Challenge, remedy and a story of the market, marked as made up."""
    texts = starter_texts(stage.atoms, market, words.language)
    lines = [f"> *{words.say('kit.pages.example', sentence=texts[0]['mark'])}*"]
    for text in texts:
        lines += [f"> - {words.say('kit.pages.challenge', challenge=text['challenge'], remedy=text['remedy'])}",
                  *(f">   {text[kind]}" for kind in ("b2b", "b2c") if kind in text)]  # fmt: skip
    return [*lines, ""]


def survey_page(client: Client, model: StageModel, words: Words, names: Names, note: str) -> str:
    """The survey's questions with their scales, a heading a stage, and the needs last."""
    lines = [f"# {words.say('kit.pages.survey', client=client.name)}", "", note, ""]
    questions = survey_questions(model, names.needs, words)
    parts = [(words.label(stage.label), [q for q in questions if q.need is None and q.stage == stage.id]) for stage in model.in_scope]
    parts.append((words.say("kit.pages.needs"), [q for q in questions if q.need is not None]))
    for heading, asked in parts:
        lines += [f"## {heading}", "", *(f"- {question.header} [{_scale(question, words)}]" for question in asked), ""]
    return "\n".join(lines)


def _scale(question, words):
    return words.say("kit.pages.scale", lo=question.scale[0], hi=question.scale[1]) if question.scale else words.say("kit.pages.free_text")

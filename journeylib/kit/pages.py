"""The interview guide and the survey as Markdown, to read aloud from or to paste into a survey tool."""

from __future__ import annotations

from journeylib.client import Client
from journeylib.kit.plan import Names
from journeylib.kit.questions import interview_guide, survey_questions
from journeylib.stages import StageModel
from journeylib.wording import Words


def guide_page(client: Client, model: StageModel, words: Words, note: str) -> str:
    """The interview guide, a heading a stage."""
    lines = [f"# {words.say('kit.pages.guide', client=client.name)}", "", note, ""]
    for place, (stage, questions) in enumerate(interview_guide(model, words)):
        heading = words.label(stage.label) if stage else words.say("kit.pages.opening" if place == 0 else "kit.pages.closing")
        lines += [f"## {heading}", "", *(f"- {question}" for question in questions), ""]
    return "\n".join(lines)


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

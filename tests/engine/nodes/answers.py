"""What the team's questions and answers say."""

from contracts.ids import AgentId
from contracts.run import Json, MessagePosted
from services.flow_executor.engine.facts import Prediction
from tests.engine.nodes.case import Case
from tests.engine.worlds import facts

TEXT: dict[str, Json] = {"en": "We open at nine.", "zh": "九点开门。"}
NODE = {"type": "predict_answer", "threshold": 0.5}


def _found(score: float, text: Json = "We open at nine.") -> Prediction:
    return Prediction(answer="opening", score=score, text=text)


def _read(score: float, text: Json = "We open at nine.") -> dict[str, Json]:
    return {"prediction": {"answer": "opening", "score": score, "text": text}}


CASES = (
    Case(
        says="what fits just well enough is said",
        node=NODE,
        world=facts(prediction=_found(0.5)),
        outcome="HAS_ANSWER",
        reads=_read(0.5),
        effects=[MessagePosted(k=1, author="robot", text="We open at nine.")],
    ),
    Case(
        says="in the visitor's language, in an agent's name",
        node={**NODE, "as": "a1"},
        world=facts(prediction=_found(0.9, TEXT), locale="zh-CN"),
        outcome="HAS_ANSWER",
        reads={**_read(0.9, TEXT), "locale": "zh-CN"},
        effects=[MessagePosted(k=1, author=AgentId("a1"), text="九点开门。")],
    ),
    Case(
        says="braces in an answer are just that",
        node=NODE,
        world=facts(prediction=_found(0.9, "{{message_body}}")),
        outcome="HAS_ANSWER",
        reads=_read(0.9, "{{message_body}}"),
        effects=[MessagePosted(k=1, author="robot", text="{{message_body}}")],
    ),
    Case(
        says="what fits less well is not said",
        node=NODE,
        world=facts(prediction=_found(0.499)),
        outcome="NO_ANSWER",
        reads=_read(0.499),
    ),
    Case(says="nothing fits at all", node=NODE, outcome="NO_ANSWER", reads={"prediction": None}),
    Case(
        says="an answer that says nothing",
        node=NODE,
        world=facts(prediction=_found(0.9, " ")),
        outcome="FAILED",
        reads=_read(0.9, " "),
        code="empty_text",
        detail="answer opening says nothing in the visitor's language",
    ),
)

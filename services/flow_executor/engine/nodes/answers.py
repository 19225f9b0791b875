"""The robot answers from the team's questions and answers."""

from typing import Annotated

from msgspec import Meta

from contracts.run import MessagePosted
from services.flow_executor.engine.facts import Look
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Result
from services.flow_executor.engine.nodes.messages import ROBOT, Speaker
from services.flow_executor.engine.texts import plain


class PredictAnswer(NodeConfig, frozen=True, kw_only=True, rename={"author": "as"}):
    """What fits the visitor's last message well enough is said."""

    threshold: Annotated[float, Meta(gt=0, le=1, description="a number above 0, at most 1")] = 0.5
    """How well a question must fit: 1 is the same words."""
    author: Speaker = ROBOT


def _predict(config: PredictAnswer, look: Look) -> Result:
    prediction = look.prediction()
    if prediction is None or prediction.score < config.threshold:
        return Done("NO_ANSWER")
    text = plain(prediction.text, look)
    if not text.strip():
        return Failure("empty_text", f"answer {prediction.answer} says nothing in the visitor's language")
    return Done("HAS_ANSWER", (MessagePosted(k=1, author=config.author, text=text),))


TYPES = (
    NodeType(
        name="predict_answer",
        zh="预测答案",
        en="Predict the answer",
        icon="bulb",
        config=PredictAnswer,
        outcomes=("HAS_ANSWER", "NO_ANSWER", "FAILED"),
        reads=("prediction",),
        refers={"as": "agent"},
        triggers=("message_sent",),
        decide=_predict,
    ),
)

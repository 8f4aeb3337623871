"""An answer in Slack: the words, and under them where each number comes from."""

from collections.abc import Iterator

from bot.blocks import Block, Message, context, picture, section, shorten
from bot.digest import pieces
from bot.feedback import feedback
from bot.markdown import markdown
from bot.words import day, escape, outside
from domain.case import Answer, Citation


def answer(given: Answer, asked_by: str = "", answer_id: str = "", drawn: str = "") -> Message:
    """An answer with its citations; `asked_by` (a name) quotes the question for those who did not hear it.

    With an `answer_id` people can say whether it helped; `drawn` is the Slack file of its chart.
    """
    blocks: list[Block] = []
    if asked_by:
        blocks.append(context(f"*{asked_by}* asked: “{outside(given.question, 500)}”"))
    blocks += [section(piece) for piece in pieces(_words(given))]
    blocks += closing(given, answer_id, drawn)
    return Message(text=outside(given.text.replace("*", ""), 600) or "I have no answer.", blocks=tuple(blocks))


def streamed(given: Answer) -> Iterator[str]:
    """Its words in Markdown as they are read: what it says first, and then the rest."""
    first, line, rest = _words(given).partition("\n")
    whole = markdown(first + line + rest)
    begins = len(whole.partition("\n")[0]) + len(line)
    yield whole[:begins]
    if whole[begins:].strip():
        yield whole[begins:]


def closing(given: Answer, answer_id: str = "", drawn: str = "") -> tuple[Block, ...]:
    """What stands under its words: the chart, the sources, and whether it helped."""
    blocks: list[Block] = []
    if drawn and given.chart:
        blocks.append(picture(drawn, given.chart.alt))
    if given.citations:
        cited = [_citation(one) for one in given.citations[:4]]
        rest = [f"and {len(given.citations) - 4} more sources"] if len(given.citations) > 4 else []
        blocks.append(context("\n".join([*cited, *rest])))
    if answer_id:
        blocks.append(feedback(answer_id))
    return tuple(blocks)


def _words(given: Answer) -> str:
    return shorten(escape(given.text).strip() or "I have no answer.", 8000)


def _citation(cited: Citation) -> str:
    window = ""
    if cited.window:
        first, last = cited.window
        window = f", {day(first)}" if first == last else f", {day(first, last)} to {day(last)}"
    chosen = f", {outside(cited.filter, 120)}" if cited.filter.strip() else ""
    return f"Source: {outside(cited.table, 60)}{window}{chosen}"

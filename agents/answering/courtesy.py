"""What people put around a question out of courtesy, or to say why they ask: peeled off before it is read."""

import re
from typing import Final

_SPLIT: Final = re.compile(r"(?<=[a-z)'’][.!?;])\s+")
_ALONE: Final = re.compile(
    r"^(?:(?:ok|okay|so|well|right|and|oh|ah|hey|hi|hello|hallo|moin|dear|good (?:morning|afternoon|evening|day)"
    r"|guten (?:morgen|tag)|morning|afternoon|evening|happy (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"(?:[\w ,'’]{0,24}|[^?]*\bhope\b[^?]*)|(?:many |so |and )*(?:thanks|thank you|thx|ta|cheers|danke|sorry"
    r"|apologies|excuse me"
    r"|much appreciated|kind regards|best regards|regards|cheers)\b.*"
    r"|(?:just (?:a |one )?)?(?:quick|short|small|one|another|last|simple|silly|stupid|dumb)(?: \w+)? question"
    r"|i hope .*|hope (?:you|all|everything) .*|no (?:rush|hurry|worries)\b.*|whenever you (?:can|have).*"
    r"|(?:that would|it would|thatd) be (?:great|lovely|wonderful|helpful|super|fantastic).*"
    r"|(?:just )?the (?:number|figure)(?: is enough| will do)?|numbers? only)[.!?]*$"
)
"""Sentences that ask nothing."""
_WHY_ASKED: Final = (
    r"(?:before|for|ahead of|in preparation for|as input for|in|after|during) (?:our|my|the|a|an|this|todays|tomorrows"
    r"|mondays) "
    r"(?:[\w-]+ ){0,3}?(?:call|meeting|report|deck|review|presentation|slides?|client|board|newsletter|standup|stand-up"
    r"|check-in|catch-up|briefing|workshop|sync|planning|reporting)\b[^,:]{0,40}?(?:[,:]|(?= (?:we|i|could|can|would"
    r"|please)\b))"
)
_CAN_YOU: Final = (
    r"(?:can|could|would|will|may|might|do|did|please)[, ](?:you |u |i |we |ya )?(?:possibly |please |perhaps |kindly "
    r"|maybe |just |quickly |also |happen to |be able to |be so kind as to |be so kind and |mind "
    r"|ask you to |ask you |ask )*"
)
_TELL: Final = (
    r"(?:tell|give|show|telling|giving|showing|let|letting|send|get|pull|remind|walk|take|share with|talk) "
    r"(?:me|us)(?: know| have| see| up| through)?(?: again| quickly| please)?"
)
_KNOW: Final = r"(?:know|say|see|check|find out|learn|understand|look up|advise|confirm|explain to (?:me|us)|pull up)"
_WISH: Final = (
    r"(?:i|we|my (?:client|boss|team)|our (?:client|board|team)|the (?:client|board|team))(?:['’]d| would| ?am|['’]m"
    r"| was| were| just)? ?"
    r"(?:just )?(?:like|love|want|wanted|need|needed|wondering|curious|interested|keen|trying|asking(?: myself)?|wonder"
    r"|hoping)\b"
    r"(?: to)?(?: (?:know|see|understand|hear|learn|check|find out|get|have|ask|look at|about|in))?"
)
_FRAMES: Final = tuple(
    re.compile(rf"^(?:{frame})[\s,:–—-]*")
    for frame in (
        r"(?:hi|he+y+|hello|hallo|moin|dear|yo|morning|good (?:morning|afternoon|evening))(?: (?:baton|there|all|team|"
        r"everyone|everybody|folks))?(?=[\s,!])[,! ]*",
        r"(?:so|ok|okay|well|right|now|oh|um|hmm|also|and|but|just|please|pls|kindly|gimme|lemme see|quick one"
        r"|quick q|haha|omg|hahaha|like|ok so|one more thing"
        r"|quick question|one question|question|just to double-check|to double-check|double-checking|fyi|btw|out of"
        r" curiosity|just checking|once again"
        r"|once more|baton)\b(?! (?:for|on|of|to|wait|is|are|has|have|may|can|do|does|in|by|over"
        r"|about)\b)",
        r"(?:sorry|apologies|excuse me)\b[^,.?]{0,50}?(?:,|\bbut\b)(?: but\b)?",
        r"if (?:it|that)(?: i|['’])?s(?:n['’]?t| not)? (?:too much|possible|not|no|ok|okay|a)\b[^,]{0,30},",
        r"if (?:you|i|we) (?:can|could|may|might|have|dont|don['’]t)\b[^,]{0,40},",
        r"thanks?(?: you)?(?: so much| very much| a lot)?(?: for [^,.!?]{1,40})?[,.!]",
        r"(?:i|we) (?:do not|dont|don't|hate to|know|understand|realise|realize)\b[^,.?]{3,70}, but\b",
        r"when(?:ever)? you (?:have|get|find|can)\b[^,.?]{0,30},",
        r"(?:apologies|sorry|forgive me)\b[^:.?]{0,60}:",
        r"(?:many |so many )?thanks in advance for (?:telling|showing|giving|letting) (?:me|us)(?: know)?",
        r"(?:i|we)(?:'d| would|'m| am| are)? (?:really |very )?(?:be )?(?:very |really |most )?(?:appreciate|grateful"
        r"|thankful|glad|happy|obliged)(?: it)?\b(?: (?:if you (?:could|would|can)|for|to))?"
        rf"(?: {_KNOW}| {_TELL}| get| have| see)?(?: (?:whether|if)\b)?",
        r"it (?:would|will|'d) (?:really )?(?:help|be (?:good|great|helpful|useful|nice|interesting))(?: (?:me|us))?"
        rf"(?: a lot| greatly)?(?: to)?(?: {_KNOW}| get| have| see)?(?: (?:whether|if)\b)?",
        r"(?:would|do) you mind(?= \w+ing\b)",
        r"(?:am i|are we) (?:right|correct)(?: (?:in (?:thinking|assuming|saying)|to (?:think|assume)))?(?: that)?",
        r"(?:can|could|may|might) (?:i|we) (?:trouble|bother|ask|get|have|see)(?: you)?(?: for)?",
        _WHY_ASKED,
        r"(?:is it|would it be|might it be) possible (?:to|for you to)"
        rf"(?: (?:{_KNOW}|{_TELL}|get|have|show|tell|give))?",
        rf"{_CAN_YOU}(?:{_TELL}|{_KNOW}|show|display|(?=(?:compare|list|explain|summari[sz]e)\b))(?: (?:whether|if"
        rf"|how it is that))?",
        rf"{_CAN_YOU[:-1]}+(?=(?:what|which|how|who|when|why|where)\b)",
        rf"{_TELL}\b(?: (?:about )?(?:whether|if)\b)?",
        rf"{_WISH}(?: (?:whether|if)\b)?(?: (?:you|someone|anybody|anyone) (?:could|can|might|would)\b)?",
        r"(?:any|do you have any|have you got any) (?:idea|clue|chance)(?: of)?\b(?: (?:whether|if)\b)?",
        r"(?:do|did) you (?:happen to )?know\b(?: (?:whether|if)\b)?",
        r"(?:whats|what['’]s|what is) your (?:take|view) on",
        r"(?:fancy|mind) (?:telling|showing|giving|letting) (?:me|us)(?: know)?",
        r"(?:let['’]?s|lets) (?:see|look at|have a look at|talk about)",
        r"(?:remind me|tell me|refresh my memory|be honest|honestly|seriously)[,:]?",
        r"(?:whether|if) (?=(?:there|it|we|you|any)\b)",
    )
)
"""What may stand before a question, each peeled off as often as it comes."""
_TAILS: Final = re.compile(
    r"[\s,;–—-]*\b(?:(?:please|pls|plz|thanks|thank you|thx|ta|cheers|danke|bitte)(?: (?:so much|very much|a lot|in"
    r" advance|mate|all|again))*|if (?:you|that|its|it['’]s|possible|i)\b[^,]{0,30}(?:can|could|know|possible|ok|okay"
    r"|may|dont mind|don['’]t mind)|(?:just )?the (?:number|figure) (?:please|is enough|will do)|just the number"
    r"|rn|do you (?:know|think|reckon)|would you say|for (?:my|our|the) (?:[\w-]+ ){0,2}(?:report|deck|slides?|meeting"
    r"|call|presentation|review)|mate|then|though|anyway|lol|asap|roughly|exactly)[\s.!?]*$"
)


def bare(text: str) -> str:
    """The question without greetings, thanks, excuses and polite frames; all of it where nothing else is left."""
    # apostrophes as people type them, and signs of a pasted line
    said = re.sub(r"[’`´]", "'", text.casefold()).strip(" \t\n-–—•*>")
    parts = [one for one in _SPLIT.split(said) if not _ALONE.match(one.strip())]
    left = _unframed(" ".join(parts).strip() or said)
    return left or said


def _unframed(text: str) -> str:
    before = None
    while before != text:
        before = text
        for frame in _FRAMES:
            text = _unless_nothing(frame.sub("", text, count=1), text)
        text = _unless_nothing(_TAILS.sub("", text, count=1), text)
    return text


def _unless_nothing(left: str, text: str) -> str:
    """The text with less, unless too little is left to be a question."""
    return left.strip() if len(left.strip(" ?!.,")) > 2 else text

"""Hypotheses in a Lean statement as Lean prints it, and the laws of a structure as its source has them."""

import re

_OPEN, _CLOSE = "([{⟨", ")]}⟩"
_BINDER = re.compile(r"[∀∃]|fun\b")


def short(text):
    """The text on one line, names without the library's namespace."""
    return re.sub(r"\s+", " ", text).replace("RLHF.", "").strip()


def hypotheses(statement):
    """Everything that stands before an arrow of a statement in front or inside its conclusion, at any depth."""
    text = _unwrapped(short(statement))
    if text[:1] in ("∀", "∃"):
        return hypotheses(text[_first(text, ",") + 1 :])
    reach = next((i for i in _top(text) if _BINDER.match(text, i)), len(text))  # a binder takes all that follows it
    arrow = _first(text, "→")
    if arrow < reach:
        return [_unwrapped(text[:arrow]), *hypotheses(text[arrow + 1 :])]
    conjunction = _first(text, "∧")
    if conjunction < reach:
        return hypotheses(text[:conjunction]) + hypotheses(text[conjunction + 1 :])
    return []


def _top(text):
    """Places outside all brackets."""
    depth = 0
    for i, letter in enumerate(text):
        depth -= letter in _CLOSE
        if depth == 0:
            yield i
        depth += letter in _OPEN


def _first(text, letter):
    return next((i for i in _top(text) if text[i] == letter), len(text))


def _unwrapped(text):
    text = text.strip()
    while text.startswith("(") and next(i for i in _top(text) if text[i] == ")") == len(text) - 1:
        text = text[1:-1].strip()
    return text


def laws(source, structure):
    """What a structure or class extends, then its fields as `name : type`."""
    pattern = rf"^(?:structure|class) {re.escape(structure)}\b(.*?)where\n((?:  [^\n]*\n)+)"
    head, body = re.search(pattern, re.sub(r" */--.*?-/\n", "", source, flags=re.S), re.M | re.S).groups()
    _, _, extended = head.partition("extends ")
    fields = re.findall(r"^  (?! )(.*(?:\n   .*)*)", body, re.M)
    return [short(law) for law in (*(extended.split(",") if extended else ()), *fields)]


def meaning(source, definition):
    """The right side of a definition of a predicate."""
    found = re.search(rf"^(?:def|abbrev) {re.escape(definition)}\b.*?:= *(.*?)\n\n", source, re.M | re.S)
    return short(found[1])

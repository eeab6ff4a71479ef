"""What may stand in a source of the library: nothing that runs code while it is elaborated, and no look-alikes."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from rlhf_proofs.lean.library import Library, Module, imports_of

__all__ = ["LETTERS", "code_of", "refusals"]

# Every character outside ASCII that the library may use; none of them looks like a letter of ASCII but α and ρ, κ, η,
# γ, ω, τ, which names of declarations may not contain either (see `gates`).
LETTERS = frozenset("αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ₀₁₂₃₄₅₆₇₈₉⁻¹²³·×∀∃∧∨¬→←↔↦≠≤≥≈∈∉∑∏∘∣⊢⟨⟩▸▹√∞ℓ")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_COMMANDS = _set("""
    abbrev attribute class def end example export import inductive instance module mutual namespace noncomputable omit
    open private protected public section set_option structure theorem universe variable include local scoped @
""")
# They run code of the source, load code, make syntax mean something else, or hand the kernel what it has not seen.
_WORDS = _set("""
    run_cmd run_elab run_meta run_tac by_elab eval_expr initialize builtin_initialize init builtin_init init_quot
    elab elab_rules elab_term command_elab term_elab tactic builtin_command_elab macro macro_rules syntax
    declare_syntax_cat notation notation3 infix infixl infixr prefix postfix mixfix binder_predicate app_unexpander
    simproc simproc_decl dsimproc dsimproc_decl builtin_simproc builtin_simproc_decl builtin_dsimproc simprocs
    register_option register_builtin_option register_simp_attr register_label_attr register_parser_alias
    declare_simp_like_tactic declare_config_elab add_decl_doc set_library_suggestions grind_pattern
    deriving unsafe opaque partial implemented_by extern csimp meta prelude include_str dbg_trace unif_hint
    default_instance unseal seal elabAsElim
    native native_decide ofReduceBool ofReduceNat reduceBool trustCompiler axiom sorry sorryAx admit
""")
_ATTRIBUTES = frozenset({"expose", "simp", "grind", "grind =", "grind →", "reducible"})
# The one pair of local instances; what follows must be the next command, not a third name.
_CASTS = re.compile(r" Lean\.Grind\.Semiring\.natCast Lean\.Grind\.Ring\.intCast[ ]*(?:\n[ ]*)*(?:\n(?=\S)|\Z)")
_OPTION = re.compile(r"linter\.\w+|maxHeartbeats|maxRecDepth|pp\.\w+")
_OPEN = ("Lean.Grind",)
# In the files of headline theorems, nothing but theorems about what other files define.
_NOT_IN_HEADLINES = _set("""
    instance def abbrev class structure inductive local scoped set_option export letI haveI inferInstanceAs
""")

_WORD = re.compile(r"[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")


def refusals(library: Library) -> tuple[str, ...]:
    """Return what the sources contain that they may not, each as ``file:line: reason``; Lean is not asked.

    Commands and words that run code while a source is elaborated, or that change what the text of others means, are
    refused; so are imports from outside the library, options and attributes outside a list, and every character that
    is neither ASCII nor in `LETTERS`. Comments and strings do not count.
    """
    known = {m.name for m in library.modules}
    return tuple(
        f"{module.name.replace('.', '/')}.lean:{line}: {reason}"
        for module in library.modules
        for line, reason in sorted(set(_faults(module, known, library.root)))
    )


def _faults(module: Module, known: AbstractSet[str], root: str) -> Iterator[tuple[int, str]]:
    code, unread = code_of(module.source)
    yield from ((_line(code, at), reason) for at, reason in unread)
    for position, character in enumerate(code):
        if character > "~" and character not in LETTERS:
            yield (
                _line(code, position),
                f"the character {character!r} (U+{ord(character):04X}) is not among those in use",
            )
    yield from ((1, f"imports {name} from outside the library") for name in imports_of(code) if name not in known)
    for finder in (_commands, _words, _hashes, _attributes, _options, _opens):
        yield from ((_line(code, at), reason) for at, reason in finder(code))
    if is_headline_file(module.name, root):
        yield from ((_line(code, at), reason) for at, reason in _headline_words(code))


def is_headline_file(module: str, root: str) -> bool:
    """Whether a module holds headline theorems: ``Main`` of the library or of a paper, and what is below it."""
    return re.match(rf"{re.escape(root)}(\.Papers\.\w+)?\.Main(\.|$)", module) is not None


def _line(code: str, position: int) -> int:
    return code.count("\n", 0, position) + 1


Found = Iterator[tuple[int, str]]


def _commands(code: str) -> Found:
    """Words at the beginning of a line that open no command of the list."""
    for found in re.finditer(r"^(?:[#@]|[^\W\d]\w*)", code, re.MULTILINE):
        if found.group() not in _COMMANDS:
            yield found.start(), f"the command {found.group()} is not among those that a source may use"


def _words(code: str) -> Found:
    for found in _WORD.finditer(code):
        if banned := _WORDS.intersection(found.group().split(".")):
            yield found.start(), f"{min(banned)} is not allowed in a source"


def _hashes(code: str) -> Found:
    yield from ((f.start(), f"{f.group()} is not allowed in a source") for f in re.finditer(r"#[^\W\d][\w!]*", code))


def _attributes(code: str) -> Found:
    for found in re.finditer(r"@\[([^\]]*)\]|\battribute\b\s*\[([^\]]*)\]", code):
        names = [" ".join(a.split()) for a in (found.group(1) or found.group(2) or "").split(",")]
        if names == ["local instance"] and _CASTS.match(code, found.end()):
            continue
        yield from (
            (found.start(), f"the attribute {a} is not among those that a source may use")
            for a in names
            if a not in _ATTRIBUTES
        )
    for found in re.finditer(r"\battribute\b(?!\s*\[)", code):
        yield found.start(), "an attribute without a list"


def _options(code: str) -> Found:
    for found in re.finditer(r"\bset_option\b\s*(\S*)", code):
        if not _OPTION.fullmatch(found.group(1)):
            yield found.start(), f"the option {found.group(1)} is not among those that a source may set"


def _opens(code: str) -> Found:
    """Names of core that are opened and are not among its few; what is the library's own is not looked at."""
    for found in re.finditer(r"\bopen\b(?=((?:\s+[\w.'!?]+)*))", code):
        for name in re.split(r"\bin\b", found.group(1))[0].split():
            if name in ("private", "scoped", "Lean") or (name.startswith("Lean.") and name not in _OPEN):
                yield found.start(), f"open {name} is not allowed in a source"


def _headline_words(code: str) -> Found:
    for found in _WORD.finditer(code):
        word, line = found.group(), code[code.rfind("\n", 0, found.start()) + 1 : found.start()]
        if word in _NOT_IN_HEADLINES and not line.startswith("attribute ["):
            yield found.start(), f"{word} is not allowed in a file of headline theorems"


def code_of(source: str) -> tuple[str, Sequence[tuple[int, str]]]:
    """Return a source with comments and the insides of strings blanked out, and what could not be read for certain.

    Lines and columns stay. Block comments nest. Only plain strings are read: raw and interpolated ones hold code or end
    in other ways, and a quotation mark in quotes would open a string that is none; these are reported.
    """
    kept: list[str] = []
    unread: list[tuple[int, str]] = []
    depth = position = 0
    pattern = re.compile(r'/-|-/|--[^\n]*|"')
    while found := pattern.search(source, position):
        start, token = found.start(), found.group()
        if depth and (token == '"' or token.startswith("--")):
            # In a comment there are no strings and no lines; `--/` ends it all the same.
            kept.append(_blank(source[position : start + 1]))
            position = start + 1
            continue
        kept.append(_blank(source[position:start]) if depth else source[position:start])
        position = found.end()
        if token == '"':
            position = _end_of_string(source, start)
            if start and re.match(r"[\w!#'«]", source[start - 1]):
                unread.append((start, "a string that is not a plain one"))
        elif token in ("/-", "-/"):
            depth = max(0, depth + (1 if token == "/-" else -1))
        kept.append(_blank(source[start:position]))
    kept.append(_blank(source[position:]) if depth else source[position:])
    return "".join(kept), unread


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _end_of_string(source: str, start: int) -> int:
    found = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL).match(source, start)
    return found.end() if found else len(source)

"""What a text does to its reader: forbid, instruct, give a command to type."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ccm_gitops.context.document import Block, Document
from ccm_gitops.context.tokens import count_tokens

# The words that other languages forbid with; their texts are judged by nothing else.
_FOREIGN = (
    r"不要|不得|不能|不可|禁止|必须|必須|务必|切勿|严禁|绝不|ないで|してはいけ|べからず"
    r"|금지|반드시|하지\s?마|절대|никогда|нельзя|запрещ|обязательно"
    r"|\b(?:niemals|nie|nicht|jamais|ne pas|interdit|nunca|jamás|prohibido|proibido|mai|vietato)\b"
)
_BOUNDARY = (
    r"\b(?:depends? only on|only depends? on|allowed (?:\w+ )?(?:deps|dependencies|imports))\b"
)
_PROHIBITION = re.compile(
    r"\b(?:must|mustn['’]t|should(?:n['’]t)?|forbidden|prohibited|not allowed|hard rule"
    r"|non-negotiable|under no circumstances|mandatory|read this)\b"
    r"|\b(?:never|always|do not|don['’]t|avoid)\b"
    r"|(?:\b(?:you|we|agents?|claude)\s+(?:can(?:not|['’]t)|does(?: not|n['’]t)))\b"
    r"|\b(?:important|critical|warning|caution)\b\W*:|[(,] ?not (?:an? |the |for )?[\w`'’./-]+\)"
    r"|\bunless\b.{0,60}\b(?:explicitly|approv\w+|asks?|asked|told|requested)\b"
    r"|\b(?:deprecated|destructive(?!-)|irreversibl\w+|data loss|cannot be undone)\b"
    rf"|{_BOUNDARY}|{_FOREIGN}",
    re.IGNORECASE,
)
_LOUD = re.compile(
    r"\b(?:IMPORTANT|CRITICAL|WARNING|CAUTION)\b|\b(?:NOT|CANNOT|ONLY)\b(?=\W*[\s`][a-z`*\"])"
    r"|^\W*(?:[Nn]o|[Oo]nly)\b(?!\W*$)|^\W*[⚠🚨🚫⛔❌]",
    re.MULTILINE,
)
# A sign before what is missing tells how far things are.
_PROGRESS = re.compile(
    r"^\W*[⚠❌].*\b(?:not (?:\w+ed|started|yet)|missing|incomplete|planned|todo|pending|unsupported"
    r"|no)\b|\b[Nn]o (?:existing|such|longer)\b|^\W*[Nn]o\b.*\b(?:yet|exists?|needed|required)\b",
    re.IGNORECASE,
)
_PLAINEST = re.compile(
    r"\b(?:never(?!\s*[\])}>,;|])|(?:must|should)(?: not|n['’]t)|do not|don['’]t|avoid|forbidden"
    r"|prohibited|not allowed|hard rule|under no circumstances)\b"
    r"|\b(?:important|critical|warning|caution)\b\W*:"
    rf"|{_BOUNDARY}|{_FOREIGN}",
    re.IGNORECASE,
)
# What a thing never or always does is a fact: `the cache never expires`. What it never touches,
# imports or defines is how it has to be built.
_DEEDS = (
    r"(?:appears|blocks|changes|comes|crashes|double-\w+|echoes|ends|exceeds|expires|fails|fires"
    r"|gets|goes|grows|happens|has|loses|matches|moves|needs|occurs|raises|reaches|repeats|resolves"
    r"|retries|returns|shows|sorts|starts|stops|throws|times|waits|wins)"
)
_FACT = re.compile(
    r"\b(?:was|were|has|have|had)\s+(?:never|always)\b"
    rf"|(?:(?<=[a-z`)] )|(?<=[(,;—–-])\s?)(?:never|always)\s+{_DEEDS}\b"
    r"|\balways (?:`?true\b|active|available|enabled)\b|\byou should (?:now )?see\b"
    r"|(?:\b(?:is|are|gets?) \w+ed|\w+ed by|: [A-Z][a-z]+s)\b"
    r"(?:(?!must|never|not)[^.;:\n]){0,60}\bto avoid\b"
    r"|\b(?i:blocks|catches|denies|detects|prevents|refuses|rejects) destructive\b"
    r"|\bcurrently do(?:es)? not\b|(?<=[a-z] )always(?=\W*$)"
    r"|\bI (?:do not|don['’]t)\b|(?<=[a-z] )(?:do not|don['’]t)(?=[,.;)])"
    r"|(?<=[a-z] )(?:do not|don['’]t)\s+(?:need|require|exist|have|support|affect|match|return"
    r"|protect|know|matter|mean|persist|survive|expire|apply|appear)\b"
    r"|:\s*\**(?:[Nn]ever|[Aa]lways)\W*$"
)
_DIRECTIVE = re.compile(
    r"^[^\w\n]*(?:\d+[.)]\W+)?(?:use|run|add|keep|follow|write|check|update|create|verify|test|read|remember|put|set"
    r"|call|wrap|return|throw|import|define|name|place|commit|ask|stop|start|no|not|include"
    r"|implement|validate|handle|document|install|configure|register|edit|change|move|pass|leave"
    r"|look|see|treat|consider|review|apply)\b(?!\w*`?\()"
    r"|\b(?:should|shall|need(?:s|ed)? to|ha(?:s|ve) to|required?|ensure|make sure|prefer|avoid"
    r"|only|recommended|mandatory|instead of|rather than)\b",
    re.IGNORECASE | re.MULTILINE,
)
# An item that begins so says how to work; several of them are conventions, whatever their title.
_IMPERATIVE = re.compile(
    r"^(?:[-*+]|\d+[.)])\s+(?:[*_\"“✅❌]*\s*(?:use|prefer|keep|follow|write|avoid|add|ensure|make|always|never|do"
    r"|don['’]t|put|place|name|import|export|return|handle|validate|wrap|test|run|check|update|store"
    r"|set|include|limit|split|group|mark|treat|define|declare|implement|document|log|throw|extract"
    r"|reuse|call|read|minimi[sz]e|choose|apply|respect|leave|favou?r|maintain|consider|stick|be"
    r"|commit|ask|no|only|all|every|each|must|should|organi[sz]e|structure|separate|create|build"
    r"|remove|review|verify|confirm|design|break|escape|saniti[sz]e|cache|render|format|require"
    r"|match|mirror|aim|start|try|raise|catch|annotate|describe|give|let|stay|think|benchmark"
    r"|profile|monitor|measure|track|debug|inspect|enable|disable|optimi[sz]e|compare|identify|focus"
    r"|watch|look|install|replace|pass|move|edit|register|configure|expose|select|open|close)\b"
    r"|.*\b(?:should|must|prefer(?:red)?|always|never|avoid|max(?:imum)?)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_NAMED_ITEM = re.compile(r"^[-*+]\s+[*_]*`[^`\n]+`[*_]*\s*(?:\([^)\n]*\)\s*)?[-–—:]", re.MULTILINE)
_TOP_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s", re.MULTILINE)
# A sentence that begins so is a rule; words that are as often nouns (`test`, `log`) are not here.
_GUIDES = re.compile(
    r"^[^\w\n]*(?:(?:(?:when|before|after|if|for|to)\b[^,:.]*,|\*\*[^*\n]+\*\*:?)\s*)?(?:please\s+)?"
    r"(?:use|run|follow|prefer|keep|ensure|make sure|always|never|add|remember|update|avoid|put"
    r"|read|check|create|choose|verify|include|implement|write|edit|register|reuse|pick|treat|define"
    r")\b|\b(?:always|prefer|ensure|make sure|(?:is|are) (?:required|expected))\b",
    re.MULTILINE | re.IGNORECASE,
)
# A comment in code that says how such code is written, and not what the next line does.
_ADVICE = re.compile(
    r"(?:^[ \t]*|[ \t])(?:#|//|--|/?\*+|<!--)[ \t]*"
    r"(?:\W{0,9}(?:always|never|use|prefer|avoid|do not|don['’]t|ensure|make sure|good|bad"
    r"|wrong|right|correct|incorrect)\b"
    r"|[✅❌])",
    re.IGNORECASE | re.MULTILINE,
)
# What plainly directs: always, on an occasion, or by saying how all of a kind is.
_NAMED = r"^[^\w\n]*(?:\d+[.)]\W+)?(?:\*\*[^*\n]+\*\*:?\W+)?"
_WHEN = r"(?:when|whenever|before|after|if)\b[^,:.\n]{3,90}[,:]\W*(?:please\s+|always\s+)?"
_DIRECTS = re.compile(
    rf"{_NAMED}(?:{_WHEN})?(?:please\s+|you (?:should|must)\s+)?(?:use|follow|prefer|keep|ensure"
    r"|make sure|always|never|avoid|remember|treat)\b(?!\w*`?\()"
    rf"|{_NAMED}{_WHEN}(?:add|update|run|check|create|consider|call|choose|verify|include|implement"
    r"|write|edit|set|put|register|reuse|pick|read|document|test|ask|do|start|stop|bump|regenerate)\b"
    rf"|{_NAMED}(?:all|every|each)\b[^.\n]*\b(?:lives?|goes|go|belongs?|stored|has its own|needs"
    r"|requires)\b|\blives? in\b[^.\n]*\bonly\b|\brules?[*_]*:[*_ ]*$"
    rf"|{_NAMED}(?:read|check|consult|review)\b[^.\n]*\bbefore\b"
    rf"|{_NAMED}when (?:not )?to\b"
    # `Route it here rather than there.`; what a thing does ends in an s.
    rf"|(?:{_NAMED}|[.;] )(?!(?:an?|the|it|this|that|in|on|for|with|from|by|to|at|as|so|but|and|or"
    r"|all|each|when|if|we|they|you|there|data|one|no|not|both|use)\b)(?-i:[A-Z])\w*(?<!s) "
    r"(?:[^.;\n]|\.(?! ))*\b(?:rather than|instead of)\b"
    r"|\b(?:in progress|next phase|not yet (?:implemented|supported|done)|work in progress)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LOUDLY = re.compile(r"\b[A-Z]{4,}LY\b")
_LONGEST_GUIDE = 100  # tokens; a longer paragraph explains
# What has still to be done: an empty box, a fault to mend, a row that waits.
_OPEN = re.compile(
    r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[ \]|(?:\*\*[^*\n]+\*\*)?\W*fix(?:ing)? \w)|[⏳🚧🔲]"
    r"|^\s*\|.*\|[\s*_]*(?:pending|todo|to do|in progress|not started|open)[\s*_]*(?:\||$)",
    re.IGNORECASE | re.MULTILINE,
)
_TOOLS = (
    r"(?:npm|npx|pnpm|yarn|bun|bunx|deno|node|make|just|task|cargo|rustup|go|zig|python3?|pip|pipx"
    r"|uvx?|poetry|hatch|tox|nox|pytest|ruff|mypy|black|docker|docker-compose|podman|kubectl|helm"
    r"|git|gh|brew|apt|apt-get|gradle|mvn|dotnet|swift|xcodebuild|xcrun|bundle|rake|rails|ruby|gem"
    r"|php|composer|mix|terraform|ansible|wrangler|turbo|nx|vite|tsc|eslint|prettier|biome|curl|ssh"
    r"|sh|bash|sudo|cd|export|source|cp|mv|rm|mkdir|chmod|tail|grep|cat|ls)"
)
_ASSIGNMENTS = r"(?:\w+=\S* )*"
_COMMAND_SPAN = re.compile(rf"`(?:\$ )?{_ASSIGNMENTS}(?:{_TOOLS} [^`]+|\./[\w./-]+(?: [^`]*)?)`")
_COMMAND_LINE = re.compile(rf"^\s*(?:[$>] )?{_ASSIGNMENTS}(?:{_TOOLS}\s+\S|\./\S)", re.MULTILINE)
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*\{?\.?([\w-]*)")
_SHELLS = frozenset(
    {"bash", "sh", "shell", "zsh", "fish", "console", "terminal", "powershell", "pwsh", "ps1"}
    | {"cmd", "bat", "batch", "makefile", "justfile", "shell-session", "shellsession"}
)
_MILESTONE = re.compile(r"\bv\d+(?:\.\d+)*\b|\b(?:phase|milestone|sprint)\s+\d+\b", re.IGNORECASE)
_PROSE = frozenset({"text", "txt", "md", "markdown", "plaintext", "xml", "diff", "gitcommit"})
_STEP_LINE = re.compile(r"\s*(?:\d+[.)]|[-*•☐□])\s+\S|\s*[A-Z][\w' ]+[.?!:]\s*$")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    {"the", "a", "an", "to", "of", "and", "in", "is", "for", "with", "on", "this", "that", "or"}
    | {"are", "be", "as", "it", "from", "by", "all", "when", "if", "at"}
)


def forbids(line: str, *, in_code: bool = False) -> bool:
    """Whether a line binds its reader: a prohibition, or a warning; not what a thing never does.

    In code, where `must` is in many a message, only the plainest words do.
    """
    if in_code:
        return bool(_PLAINEST.search(line))
    is_loud = _LOUD.search(line) and not _PROGRESS.search(line)
    return bool(is_loud or _PROHIBITION.search(_FACT.sub("", line)))


def prohibits(line: str) -> bool:
    """Whether a line plainly forbids something, or says how important it is."""
    return bool(_PLAINEST.search(_FACT.sub("", line)))


def language_of(block: Block) -> str | None:
    """The language that a fence names, in lower case; empty where it names none, None of others."""
    fence = _FENCE.match(block.text)
    return fence[1].lower() if fence else None


def is_shell(block: Block) -> bool:
    """Whether a block is code that is typed into a terminal."""
    if block.kind != "code":
        return False
    language = language_of(block)
    return language in _SHELLS or (not language and bool(_COMMAND_LINE.search(block.text)))


def is_example(block: Block) -> bool:
    """Whether a fence shows code or data, and not commands, sentences, steps or words to say."""
    language = language_of(block)
    lines = [line for line in block.text.splitlines()[1:-1] if line.strip()]
    if language is None or not lines or is_shell(block) or lines[0].startswith("</"):
        return False
    steps = sum(bool(_STEP_LINE.match(line)) for line in lines)
    is_prose = not language and (steps >= 2 or 4 * steps >= len(lines))
    return not is_prose and language not in _PROSE


def advises(block: Block) -> bool:
    """Whether the comments in a piece of code say how such code is written."""
    return block.kind == "code" and bool(_ADVICE.search(block.text))


def shows_command(blocks: Sequence[Block]) -> bool:
    """Whether prose has a command to type in it."""
    return any(_COMMAND_SPAN.search(block.text) for block in blocks if block.kind != "code")


def instructs(blocks: Sequence[Block]) -> bool:
    """Whether prose tells its reader to do something, or shows a command."""
    return any(
        _COMMAND_SPAN.search(block.text) or _DIRECTIVE.search(CODE_SPAN.sub("x", block.text))
        for block in blocks
        if block.kind not in {"code", "heading"}
    )


def is_convention(block: Block) -> bool:
    """Whether at least half of the items of a list, and more than one, tell how to work."""
    if block.kind != "list":
        return False
    told = len(_IMPERATIVE.findall(_FACT.sub("", block.text)))
    return told > 1 and 2 * told >= len(_TOP_ITEM.findall(block.text))


def directs(text: str) -> bool:
    """Whether a text plainly says how to work, on an occasion or always, or what is in progress."""
    return bool(_DIRECTS.search(text))


def item_binds(lines: Sequence[str], *, is_strict: bool) -> bool:
    """Whether the lines of a list's item forbid, warn, direct or have a command to type.

    Where it is not strict, an item that begins like an instruction is one.
    """
    return (
        any(map(forbids, lines))
        or directs("".join(lines))
        or any(_COMMAND_SPAN.search(line) or _FENCE.match(line) for line in lines)
        or not (is_strict or _IMPERATIVE.match(lines[0]) is None)
    )


def guides(block: Block) -> bool:
    """Whether a paragraph is short and tells its reader how to work."""
    if block.kind != "paragraph" or count_tokens(block.text) > _LONGEST_GUIDE:
        return False
    return bool(_GUIDES.search(block.text) or _LOUDLY.search(block.text))


def is_open(block: Block) -> bool:
    """Whether a list or a table says what has still to be done."""
    return block.kind in {"list", "table"} and bool(_OPEN.search(block.text))


def is_glossary(block: Block) -> bool:
    """Whether nearly all items of a list begin with a name in code, and then say what it is."""
    told = len(_NAMED_ITEM.findall(block.text)) if block.kind == "list" else 0
    return told > 2 and told >= 0.8 * len(_TOP_ITEM.findall(block.text))


def milestones(text: str) -> list[str]:
    """The versions and phases that a text names, as written."""
    return _MILESTONE.findall(text)


def is_english(document: Document) -> bool:
    """Whether the prose is English, the one language whose instructions are told from facts."""
    prose = " ".join(b.text for b in document.blocks if b.kind in {"paragraph", "list", "quote"})
    words = _WORD.findall(CODE_SPAN.sub(" ", prose).lower())
    common = sum(word in _ENGLISH for word in words)
    return common >= 0.06 * len(words) and sum(w.isascii() for w in words) >= 0.8 * len(words)

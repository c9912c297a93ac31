"""A year of weekly runs on files that grow: `python -m benchmarks.growth [KIND] [--weeks N]`.

Each week somebody adds to a context file, and the optimiser runs, with the files that it wrote
before around it. The same additions go to a second file that is never optimised. A row for each
kind and strategy: the tokens at the end without and with the optimiser, and at most; weeks over the
size from which a file is called bloated; commits; the smallest saving of one; what would be churn
(a second run that changes something, a pointer that is written anew, a document that loses a line);
weeks after which `restore --all` fails, or gives another text than the second file has (blank
lines aside).
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.corpus import CorpusTree
from ccm_gitops.context.archive import is_pointer
from ccm_gitops.context.document import Section, parse, split_lines
from ccm_gitops.context.loading import ContextFile
from ccm_gitops.context.optimize import Optimization, optimize
from ccm_gitops.context.restoring import all_entries, put_back
from ccm_gitops.context.tokens import count_tokens
from ccm_gitops.context.words import words
from ccm_gitops.errors import ContextError

_START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_FILE = "CLAUDE.md"
_BLOATED_LINES, _BLOATED_TOKENS = 300, 4000

_NOUNS = sorted(
    words(
        "order invoice basket voucher shipment parcel refund customer supplier tariff warehouse"
        " shelf label ledger payment reminder discount catalogue product variant stock delivery"
        " courier route session token webhook report digest import export archive mailbox template"
    )
)
_DOING = sorted(words("caches merges rounds splits signs queues retries filters sorts checks maps"))
_DONE = sorted(words("Added Fixed Moved Split Renamed Replaced Simplified Extended Measured"))
_PLACES = sorted(words("api core jobs web admin billing search storage mail sync"))


@dataclass
class Writer:
    """Sentences that differ: words drawn by a seed, and a number that is used once."""

    rng: random.Random
    number: int = 0

    def noun(self) -> str:
        """A thing of a shop."""
        return self.rng.choice(_NOUNS)

    def path(self) -> str:
        """A source file."""
        self.number += 1
        return f"src/{self.rng.choice(_PLACES)}/{self.noun()}_{self.noun()}{self.number}.ts"

    def fact(self) -> str:
        """What a part of the program does."""
        return (
            f"The {self.noun()} of a {self.noun()} {self.rng.choice(_DOING)} each {self.noun()} "
            f"by its {self.noun()} in `{self.path()}`."
        )

    def done(self) -> str:
        """What somebody did."""
        return f"{self.rng.choice(_DONE)} the {self.noun()} of a {self.noun()} in `{self.path()}`"

    def rule(self) -> str:
        """What an agent has to do."""
        start = self.rng.choice(("Never", "Always", "Do not", "You must", "Prefer to"))
        return f"{start} touch a {self.noun()} before its {self.noun()} is known ({self.path()})."


def sessions(text: str, week: int, writer: Writer) -> str:
    """A session log, newest last; the current status is written anew."""
    day = _START + timedelta(weeks=week)
    entries = "".join(f"- {writer.done()}\n" for _ in range(writer.rng.randint(3, 8)))
    title = f"{writer.rng.choice(_DONE)} the {writer.noun()}"
    log = f"### {day:%Y-%m-%d}: {title}\n\n{writer.fact()}\n\n{entries}"
    text = _below(text, "Session Log", log)
    return _replaced(text, "Current Status", f"Working on the {writer.noun()} of week {week}.\n")


def journal(text: str, week: int, writer: Writer) -> str:
    """A list of changes, each with its date."""
    day = _START + timedelta(weeks=week)
    entries = (f"- **{day:%Y-%m-%d}**: {writer.done()}\n" for _ in range(writer.rng.randint(3, 6)))
    return _below(text, "Recent Changes", "".join(entries))


def reference(text: str, week: int, writer: Writer) -> str:
    """An endpoint with its table and example; now and then a setting or a paragraph."""
    noun = f"{writer.noun()}s-{week}"
    rows = "".join(f"| `{writer.noun()}_{n}` | string | {writer.fact()} |\n" for n in range(4))
    fields = "".join(f'  "{writer.noun()}_{n}": "{writer.noun()}",\n' for n in range(5))
    example = f"```json\n{{\n{fields}}}\n```\n"
    table = f"| Field | Type | Meaning |\n| --- | --- | --- |\n{rows}"
    text = _below(text, "API Reference", f"### POST /{noun}\n\n{table}\n{example}")
    if week % 2 == 0:
        text = _below(text, "Data Model", f"{writer.fact()} {writer.fact()}\n")
    if week % 3 == 0:
        text = _below(text, "Configuration", f"- `SHOP_{noun.upper()}`: {writer.fact()}\n")
    return text


def rules(text: str, week: int, writer: Writer) -> str:
    """Conventions, one or two a week; now and then a section of them, or a command."""
    for _ in range(writer.rng.randint(1, 2)):
        text = _below(text, "Conventions", f"- {writer.rule()}\n")
    if week % 6 == 0:
        listed = "".join(f"- {writer.rule()}\n" for _ in range(4))
        text = _below(text, "Conventions", f"### Rules of the {writer.noun()} {week}\n\n{listed}")
    if week % 8 == 0:
        text = _below(text, "Commands", f"```bash\nnpm run {writer.noun()}:{week}\n```\n")
    return text


KINDS: Mapping[str, Callable[[str, int, Writer], str]] = {
    "sessions": sessions,
    "journal": journal,
    "reference": reference,
    "rules": rules,
}


@dataclass
class Year:
    """What became of a file that grew."""

    without: int = 0
    sizes: list[int] = field(default_factory=list)
    weeks_over: int = 0
    savings: list[int] = field(default_factory=list)
    too_small: int = 0
    churn: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    differ: list[int] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        """How many documents hold what moved."""
        return sum(path.startswith("docs/agents/") for path in self.files)

    def row(self) -> str:
        """One line of the table."""
        return (
            f"{self.without:6,} | {self.sizes[-1]:6,} | {max(self.sizes):6,} | "
            f"{self.weeks_over:4} | {len(self.savings):3} | {min(self.savings, default=0):5,} | "
            f"{self.too_small:2} | {len(self.churn):3} | {len(self.failed):3} | "
            f"{len(self.differ):3} | {self.documents:2}"
        )


def simulate(kind: str, strategy: str, *, weeks: int = 52, seed: int = 1) -> Year:
    """A year of one file; see the module."""
    year = Year(files={_FILE: _beginning(Writer(random.Random(seed)))})
    files = year.files
    writers = (Writer(random.Random(seed), 1000), Writer(random.Random(seed), 1000))
    grown = files[_FILE]
    for week in range(weeks):
        now = _START + timedelta(weeks=week)
        grown = KINDS[kind](grown, week, writers[0])
        files[_FILE] = KINDS[kind](files[_FILE], week, writers[1])
        made = _optimized(files, strategy, now)
        if made.files:
            _take(made, files, year, week)
            if _optimized(files, strategy, now).files:
                year.churn.append(f"week {week}: a second run changes something")
        year.sizes.append(count_tokens(files[_FILE]))
        lines = len(split_lines(files[_FILE]))
        year.weeks_over += lines > _BLOATED_LINES or year.sizes[-1] > _BLOATED_TOKENS
        _restored(files, grown, year, week)
    year.without = count_tokens(grown)
    return year


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS), metavar="KIND")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        "kind       strategy     | without | end | most | weeks over | commits | least saved | "
        "too small | churn | not restored | otherwise restored | documents"
    )
    for kind in options.kinds:
        for strategy in ("conservative", "moderate", "aggressive"):
            started = time.perf_counter()
            year = simulate(kind, strategy, weeks=options.weeks, seed=options.seed)
            seconds = time.perf_counter() - started
            print(f"{kind:10} {strategy:12} | {year.row()} | {seconds:.1f} s", flush=True)
            for what in (*year.churn, *year.failed):
                print(f"    {what}")


def _beginning(writer: Writer) -> str:
    facts = "\n\n".join(f"{writer.fact()} {writer.fact()}" for _ in range(6))
    listed = "".join(f"- {writer.rule()}\n" for _ in range(12))
    return f"""\
# Shop

A shop for tea, with a basket and a till.

## Current Status

Working on the first release.

## Commands

```bash
npm test
npm run build
```

## Conventions

{listed}
## Architecture

{facts}

## Data Model

{writer.fact()}

## Configuration

- `SHOP_PORT`: {writer.fact()}

## API Reference

All endpoints speak JSON.

## Recent Changes

- **2025-12-22**: {writer.done()}

## Session Log

### 2025-12-29: Begin

{writer.fact()}
"""


def _optimized(files: Mapping[str, str], strategy: str, now: datetime) -> Optimization:
    data = files[_FILE].encode()
    return optimize(ContextFile(_FILE, (), data), _tree(files), strategy=strategy, now=now)


def _tree(files: Mapping[str, str]) -> CorpusTree:
    return CorpusTree({path: text.encode() for path, text in files.items()}, frozenset(files))


def _take(made: Optimization, files: dict[str, str], year: Year, week: int) -> None:
    """Put the change into the tree, and note what is wrong with it."""
    year.savings.append(made.tokens_saved)
    year.too_small += made.tokens_saved < max(100, 0.03 * made.before.tokens)
    for path, data in made.files.items():
        old, new = split_lines(files.get(path, "")), set(split_lines(data.decode()))
        for line in old:
            was_pointer = path == _FILE and is_pointer(line)
            if line not in new and (was_pointer or path.startswith("docs/")):
                year.churn.append(f"week {week}: {path} loses {line.strip()[:90]}")
        files[path] = data.decode()


def _restored(files: Mapping[str, str], grown: str, year: Year, week: int) -> None:
    tree = _tree(files)
    try:
        back = put_back(tree, [entry for _, entry in all_entries(tree)])
    except ContextError as error:
        year.failed.append(f"week {week}: {error}")
        return
    text = (back.get(_FILE) or files[_FILE].encode()).decode()
    # Whoever adds to a list of which all has moved begins a new one.
    own, other = ([line for line in split_lines(t) if line.strip()] for t in (text, grown))
    if own != other:
        year.differ.append(week)
    if lost := set(other) - set(own):
        year.failed.append(f"week {week}: {len(lost)} lines do not come back: {min(lost)[:80]}")


def _section(text: str, title: str) -> Section:
    return next(s for s in parse(text).root.walk() if s.title == title)


def _below(text: str, title: str, more: str) -> str:
    """The text with more at the end of a section; an item goes to the list that stands there."""
    section, lines = _section(text, title), split_lines(text)
    end = section.end_line
    while not lines[end - 1].strip():
        end -= 1
    is_item = more.startswith("- ") and lines[end - 1].startswith("- ")
    return "".join((*lines[:end], "" if is_item else "\n", more, *lines[end:]))


def _replaced(text: str, title: str, body: str) -> str:
    section, lines = _section(text, title), split_lines(text)
    return "".join((*lines[: section.start_line], "\n", body, "\n", *lines[section.end_line :]))


if __name__ == "__main__":
    main()

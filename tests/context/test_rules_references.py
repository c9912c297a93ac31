"""References: upheld, contradicted or no claim at all; only the contradicted is a finding."""

from __future__ import annotations

import pytest

from ccm_gitops.context.analysis import analyze
from ccm_gitops.context.loading import load
from tests.support.analysing import NOW, findings
from tests.support.trees import DictTree

FILES = {
    "README.md": "",
    "src/app/main.py": "",
    "src/app/models/user.ts": "",
    "packages/core/src/index.ts": "",
    "packages/core/CLAUDE.md": "",
    "docs/übersicht.md": "",
    "tests/unit_cart.test.ts": "",
    "tools/start_all.bat": "",
    ".github/workflows/ci.yml": "",
    ".gitignore": "/secrets/\n*.gen.ts\n",
}


def outdated(text, path="CLAUDE.md"):
    return [finding.subject for finding in findings("outdated_reference", text, FILES, path)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("`src/app/main.py`", id="it is there"),
        pytest.param("`./src/app/`", id="a folder that is there"),
        pytest.param("`app/main.py`", id="it ends a path that is there"),
        pytest.param("`models/user`", id="without its extension"),
        pytest.param("`models/user.js`", id="TypeScript imports by .js"),
        pytest.param("`src/App/Main.py`", id="in another case"),
        pytest.param("`docs/u\u0308bersicht.md`", id="accents in pieces"),
        pytest.param("`src/app/main.py:12-30`", id="with lines"),
        pytest.param("`src/app/main.py::run`", id="with a test's name"),
        pytest.param("[x](src/app/main.py#run)", id="a link with an anchor"),
        pytest.param("`../src/app/main.py`", id="from a folder below"),
        pytest.param("`src/**/*.py`", id="a glob"),
        pytest.param("`src/<name>/main.py`", id="a placeholder"),
        pytest.param("`src/{a,b}/main.py`", id="braces"),
        pytest.param("`src/foo/bar.py`", id="foo and bar"),
        pytest.param("`src/my-feature/main.py`", id="my feature"),
        pytest.param("`tests/path_to_test.py`", id="a path to something"),
        pytest.param("`src/app/YEAR.json`", id="a word in capitals"),
        pytest.param("`https://example.com/src/gone.py`", id="a URL"),
        pytest.param("`example.com/gone.html`", id="a host"),
        pytest.param("[x](https://example.com/gone.md)", id="a link elsewhere"),
        pytest.param("[`acme/gone.md`](https://example.com/x)", id="the words of a link"),
        pytest.param("`~/.config/gone.json`", id="a home folder"),
        pytest.param("`/api/users`", id="a route"),
        pytest.param("`/var/log/gone.py`", id="from the root"),
        pytest.param("`feature/login`", id="a branch"),
        pytest.param("`docs/fix-typo`", id="a branch that a folder is named like"),
        pytest.param("`@acme/gone`", id="a package"),
        pytest.param("`openai/gpt-9`", id="a model"),
        pytest.param("`application/json`", id="a media type"),
        pytest.param("`client/server`", id="words with a slash"),
        pytest.param("`Next.js`", id="a product"),
        pytest.param("`os.path`", id="a module"),
        pytest.param("`settings.json`", id="a name that may be anywhere"),
        pytest.param("Reads kinds of files (`Makefile`, `go.mod`, etc.)", id="and so on"),
        pytest.param("Run its `Makefile`", id="of something else"),
        pytest.param("If you use `docs/gone.md`, say so", id="a condition"),
        pytest.param("Settings are in `.claude/settings.json`", id="of every user"),
        pytest.param("`docs/STORY-1.X.md`", id="any version"),
        pytest.param("```bash\npython script.py\n```", id="any script"),
        pytest.param("```bash\ngo test ./...\n```", id="all packages"),
        pytest.param("```bash\ntouch a.py && python a.py\n```", id="made a moment ago"),
        pytest.param("```bash\necho > a.py\npython a.py\n```", id="written a line above"),
        pytest.param("```bash\nunzip x\n./scripts/x.sh\n```", id="out of an archive"),
        pytest.param("```bash\ncd /srv && ./scripts/x.sh\n```", id="of another place"),
        pytest.param("```bash\npip compile -o requirements.txt\n```", id="what is written"),
        pytest.param("For example:\n\n```\ncp .env .env.bak\n```", id="a file of one's own"),
        pytest.param(
            "```\nsrc/\n└── app/\n    └── models/\n\npackages/\n└── core/\n```",
            id="two drawings in a fence",
        ),
        pytest.param("```\nsrc/app/\ndocs/\npackages/\nbackend/**\n```", id="a pattern"),
        pytest.param("```\nx/a.py\nx/b.py\nsrc/app/\n```", id="a listing of other things"),
        pytest.param("`dist/index.js`", id="a generated file"),
        pytest.param("`src/api.gen.ts`", id="an ignored file"),
        pytest.param("`secrets/key.json`", id="an ignored folder"),
        pytest.param("`.env.local`", id="an environment"),
        pytest.param("`.claude/settings.local.json`", id="settings of one's own"),
        pytest.param("There is no `src/lib/`.", id="told to be absent"),
        pytest.param("`src/old.py` was removed.", id="told to be gone"),
        pytest.param("Use `src/app/` instead of `src/old/`.", id="replaced"),
        pytest.param("For example `src/app/thing.py`.", id="an example"),
        pytest.param("Name it so (e.g., `src/app/thing.py`).", id="e.g."),
        pytest.param("Create `src/app/thing.py` first.", id="to be made"),
        pytest.param("The report is written to `docs/report.md`.", id="made on the way"),
        pytest.param("- Generated files:\n  - `src/app/thing.py`", id="the item above says so"),
        pytest.param(
            "Such files are created:\n\n- `src/app/thing.py`", id="the line above says so"
        ),
        pytest.param("## Planned\n`src/app/thing.py`", id="under a plan"),
        pytest.param("```\nsrc/gone.py `src/gone.py`\n```", id="in a fence"),
        pytest.param("- a\n  ```\n  `src/gone.py`\n  ```", id="in a fence in a list"),
        pytest.param("    `src/gone.py`", id="in indented code"),
        pytest.param("<!-- `src/gone.py` -->", id="in a comment"),
        pytest.param("client/server and gone.py", id="plain words"),
        pytest.param("x=src/gone.py, me@src/gone.py", id="a part of something else"),
        pytest.param("https://example.com/src/gone.py", id="a bare URL"),
        pytest.param("`feature/*`, `image/*`", id="patterns of other things"),
        pytest.param("The type prefix `gone/`", id="a lone word with a slash"),
        pytest.param("Old code (`src/gone.py`) was removed.", id="gone, in brackets"),
        pytest.param("- **`main.py`**: starts it", id="an entry that is there"),
        pytest.param("- With the following `gone.ts`: run it", id="a name within an entry"),
        pytest.param("`gone.ts` - a name that begins a paragraph", id="a name in a paragraph"),
        pytest.param("- `Next.js`: the framework", id="a product as an entry"),
        pytest.param("```\n./src/app/main.py --now\n```", id="a script that is there"),
        pytest.param("```\npython app/main.py\n```", id="a script in another folder"),
        pytest.param("```\npython path/to/x.py\n```", id="a script that stands for others"),
        pytest.param("```\nnode dist/main.js\n```", id="a script that is built"),
        pytest.param("```\ncurl -O https://x.org/get.sh\n./get.sh\n```", id="a fetched script"),
        pytest.param("```\n./src/gone.sh  # if present\n```", id="a script that may be absent"),
        pytest.param("## Planned\n```\n./src/gone.sh\n```", id="a script under a plan"),
        pytest.param("```\necho ./src/gone.sh\n```", id="a script that is no command"),
        pytest.param("```\npython src/app/main.py src/gone.py\n```", id="a program's argument"),
        pytest.param("```\ntouch src/gone.sh\nbash src/gone.sh\n```", id="made before"),
        pytest.param("```\nnode x.js > src/gone.py; cat src/gone.py\n```", id="written before"),
        pytest.param("```python\npytest src/gone.py\n```", id="another language"),
        pytest.param("```\nnpx jest tests/unit\n```", id="a part of a test's path"),
        pytest.param("`src\\app\\main.py`, `src\\\\app\\\\main.py`", id="Windows' slashes"),
        pytest.param("`App\\Models\\Gone`, `\\d+\\.md`", id="other backslashes"),
        pytest.param("`/src/app`, `/docs/gone`", id="from the repository's root, and a route"),
        pytest.param("After a correction update `tasks/lessons.md`", id="a log that is kept"),
        pytest.param("The file `src/_version.py` is auto-generated", id="generated"),
        pytest.param("Do not commit `src/_version.py`", id="not committed"),
        pytest.param("See `.mytool/state/outcomes.md`", id="a tool's own folder"),
        pytest.param("Record the switch in `src/host-model.json`", id="a record"),
        pytest.param("The design is in `docs/Feature-N-Name.md`", id="letters for a number"),
        pytest.param("La configuración está en `src/config.json` (generado)", id="in Spanish"),
        pytest.param("例如 `src/order.ts`", id="in Chinese"),
        pytest.param("예: `src/order.ts`", id="in Korean"),
        pytest.param("Routes are in `src/app/`; e.g. `src/app/orders.ts`", id="e.g. after a stop"),
        pytest.param("- ✅ `src/lib/a1.ts` ❌ `src/utils/a1.ts`", id="a good and a bad way"),
        pytest.param("Bad: `src/helpers/misc.ts`", id="a bad way"),
        pytest.param("- ~~`src/lib/gone.ts`~~", id="struck out"),
        pytest.param("We will introduce `src/lib/cache.ts`", id="to come"),
        pytest.param("In the `mobile` repo: `src/screens/home.tsx`", id="in a repository by name"),
        pytest.param("Put plans into `plans/`", id="a folder that is kept"),
        pytest.param("Each service has its own `service.py` and `models.py`", id="of each"),
        pytest.param("Name it by the kinds: `handler.py` pattern", id="of a kind"),
        pytest.param("Hooks are in `src/hooks/` (create when needed)", id="when needed"),
        pytest.param("Use `src/compose.yml` from the infra repo", id="of another repository"),
        pytest.param("Avoid `src/helpers.py`", id="to be avoided"),
        pytest.param("It returns `src/me.json`", id="an answer"),
        pytest.param("Record decisions in `docs/adr.md`", id="a record"),
        pytest.param(
            "Check `TASK.md` first.\n\n- Mark what is done in `TASK.md`",
            id="told elsewhere to keep",
        ),
        pytest.param("Check `TODO.md`; if the task is not listed, add it", id="told after it"),
        pytest.param("```\npytest src/app/main.py::test -k 'not x'\n```", id="a test there"),
    ],
)
def test_no_finding(text):
    assert outdated(f"# T\n\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("See `src/app/gone.py`.", "src/app/gone.py"),
        ("See `./src/gone/`.", "./src/gone/"),
        ("See `packages/gone`.", "packages/gone"),
        ("Run `tools\\startAll.bat`", "tools\\startAll.bat"),
        ("```\ntools\\startAll.bat --now\n```", "tools\\startAll.bat"),
        ("Routes are in `/src/routes`", "/src/routes"),
        ("Read `PLANNING.md` before you start.", "PLANNING.md"),
        ("Update `docs/design.md` too.", "docs/design.md"),
        ("Add the key to `src/settings.json`.", "src/settings.json"),
        ("```\nnpx jest tests/lib/sync\n```", "tests/lib/sync"),
        ("```\npnpm test src/gone.test.ts\n```", "src/gone.test.ts"),
        ("```\nbun test src/gone.test.ts\n```", "src/gone.test.ts"),
        ("```\nnpx playwright test e2e/gone.spec.ts\n```", "e2e/gone.spec.ts"),
        ("See `lib/gone.py`, in a folder that went with it.", "lib/gone.py"),
        ("See `GUIDE.md`.", "GUIDE.md"),
        ("Read src/gone.py first", "src/gone.py"),
        ("### Tools (lib/gone/)", "lib/gone/"),
        ("- `gone/` - the rest", "gone/"),
        ("Helpers live in `gone/`.", "gone/"),
        ("Settings are in `Cargo.toml`", "Cargo.toml"),
        ("Read `src/gone/**/*.ts`", "src/gone/**/*.ts"),
        ("`NAME` defaults to `x` (see `src/gone.py`).", "src/gone.py"),
        ("Never remove `src/gone.py`.", "src/gone.py"),
        ("See `.github/workflows/gone.yml`.", ".github/workflows/gone.yml"),
        ("See `src/app/gone.py:12`.", "src/app/gone.py:12"),
        ("[guide](docs/gone.md)", "docs/gone.md"),
        ("[guide](<docs/gone.md> 'title')", "docs/gone.md"),
        ("| File |\n| --- |\n| `src/gone.py` |", "src/gone.py"),
        ("> `src/gone.py`", "src/gone.py"),
        ("- a\n  - `src/gone.py`", "src/gone.py"),
        ("It was so. The core is `src/gone.py`.", "src/gone.py"),
        ("The generators live in `src/generators/`.", "src/generators/"),
        ("Setext `src/gone.py`\n---", "src/gone.py"),
        ("- **`gone.ts`**: starts it", "gone.ts"),
        ("| File | Role |\n| --- | --- |\n| `gone.tsx` | starts it |", "gone.tsx"),
        ("```bash\n./src/gone.sh --now\n```", "./src/gone.sh"),
        ("```bash\n$ python src/migrate.py  # first\n```", "src/migrate.py"),
        (
            "```bash\ncd src && A=1 uv run pytest src/test_gone.py::test_a -q\n```",
            "src/test_gone.py::test_a",
        ),
        ("```\nbash gone.sh\n```", "gone.sh"),
        ("```\ndocker compose -f src/gone.yml up\n```", "src/gone.yml"),
        ("```\npip install -r requirements-gone.txt\n```", "requirements-gone.txt"),
        ("Run `pytest src/gone.py -x`.", "src/gone.py"),
    ],
)
def test_a_finding(text, subject):
    assert outdated(f"# T\n\n{text}\n") == [subject]


GUIDE = "# Set up & run\n\n## `make` it 🚀\n\n<a id='old'></a>\n\n# Twice\n\n# Twice\n"


@pytest.mark.parametrize(
    "fragment", ["set-up--run", "Set-Up--Run", "make-it-", "make-it", "old", "twice-1", "L12"]
)
def test_an_anchor_that_is_there(fragment):
    files = {**FILES, "docs/guide.md": GUIDE, "docs/plain.md": "No heading\n"}
    text = f"{GUIDE}[a](#{fragment}) [b](docs/guide.md#{fragment}) [c](docs/plain.md#x)\n"
    assert findings("outdated_reference", text, files) == []


def test_an_anchor_that_is_not_there():
    files = {**FILES, "docs/guide.md": GUIDE}
    text = f"{GUIDE}[a](#gone) [b](docs/guide.md#twice-2) [c](https://x.org/a.md#gone)\n"
    found = findings("outdated_reference", text, files)
    assert [finding.subject for finding in found] == ["#gone", "docs/guide.md#twice-2"]


DRAWING = """```
{top}
├── src/
│   ├── app/          # the program
│   │   ├── main.py
│   │   └── {file}
├── docs/
├── README.md
└── {folder}/{remark}
    └── inner.py
```
"""


def drawing(top="shop/", file="models", folder="packages", remark=""):
    return DRAWING.format(top=top, file=file, folder=folder, remark=remark)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(drawing().replace("    └── inner.py\n", ""), id="as it is"),
        pytest.param(drawing(folder="gone", remark="  # planned"), id="planned, and all below it"),
        pytest.param(drawing(folder="dist"), id="a built folder"),
        pytest.param(f"## Example\n{drawing(folder='gone')}", id="under an example"),
        pytest.param(
            drawing(folder="x").replace("src", "lib").replace("docs", "doc"), id="another project"
        ),
    ],
)
def test_no_finding_in_a_drawing(text):
    assert outdated(text) == []


def test_what_a_drawing_shows_wrong_is_told_by_line():
    text = drawing(file="old.py", folder="gone")
    found = findings("outdated_reference", text, FILES)
    assert [(f.line, f.column, f.subject) for f in found] == [(6, 13, "old.py"), (9, 5, "gone/")]
    assert found[0].message == "src/app/old.py is not in the repository"


def test_a_folder_that_moved_is_told_once():
    text = "```\npackages/core/\n├── lib/\n│   ├── index.ts\n│   └── user.ts\n└── src/\n```\n"
    assert outdated(text) == ["lib/"]


def test_a_drawing_may_write_folders_with_a_slash_before_them():
    text = "/src     # the code\n├── /app  # it\n│   ├── main.py\n│   └── /models\n└── /gone\n"
    text = f"```\n{text}```\n"
    assert outdated(text) == ["/gone"]


def test_what_no_repository_keeps_does_not_count_against_a_drawing():
    names = ("src/", "docs/", "README.md", "gone.py", "node_modules/", "dist/", ".env", ".venv/")
    text = "".join(f"├── {name}\n" for name in names)
    assert outdated(f"```\n{text}```\n") == ["gone.py"]


def test_a_drawing_is_told_of_once():
    wrong = drawing(file="old.py", folder="gone") + "".join(f"- part {n}\n" for n in range(3))
    assert findings("directory_tree", wrong, FILES) == []


def test_a_drawing_may_begin_at_a_folder():
    text = "```\npackages/core/\n├── CLAUDE.md\n├── src/\n│   ├── index.ts\n│   └── gone.ts\n```\n"
    assert outdated(text) == ["gone.ts"]


def test_a_place_is_exact():
    text = "\ufeff---\r\nk: v\r\n---\r\n# T\r\n\r\n- `src` and `src/gone.py`\r\n"
    (found,) = findings("outdated_reference", text, FILES)
    assert (found.line, found.column, found.section) == (6, 14, "T")


def test_the_moved_file_is_named():
    (found,) = findings("outdated_reference", "`src/models/user.ts`\n", FILES)
    assert found.subject == "src/models/user.ts"
    assert found.message.endswith("(did you mean src/app/models/user.ts?)")


def test_what_the_list_of_files_does_not_reach_is_no_finding():
    text = "`skills/review/run.py`, `skills/review/gone.py`, `ext/lib/parse.c`, `web/api/gone.ts`, "
    files = {
        "CLAUDE.md": f"{text}`web/src/gone.ts`\n",
        "src/skills/review/run.py": "",
        ".gitmodules": '[submodule "lib"]\n\tpath = ext/lib\n\turl = https://x.org/lib\n',
        "web/.gitignore": "**/api\n",
        "web/src/a.ts": "",
    }
    tree = DictTree(files, {"skills": "src/skills"})
    (file,) = load(tree, ["CLAUDE.md"])
    found = analyze(file, tree, now=NOW).issues
    assert [issue.subject for issue in found] == ["skills/review/gone.py", "web/src/gone.ts"]


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("lib/index.ts", None),
        ("packages/core/lib/index.ts", None),
        ("packages/cores/src/index.ts", "packages/core/src/index.ts"),
        ("tools\\startAll.bat", "tools/start_all.bat"),
        ("src/apps/models/user.ts", "src/app/models/user.ts"),
        ("src/nothing.ts", None),
    ],
)
def test_what_a_wrong_path_may_mean(path, meant):
    (found,) = findings("outdated_reference", f"`{path}`\n", FILES)
    asked = f" (did you mean {meant}?)" if meant else ""
    assert found.message.partition("repository")[2] == asked


def test_a_path_is_told_once():
    assert outdated("`src/gone.py`, `src/gone.py`\n") == ["src/gone.py"]


def test_paths_are_sought_from_the_file_that_names_them():
    text = "`src/index.ts`, [a](../../README.md), `src/gone.ts`\n"
    assert outdated(text, "packages/core/CLAUDE.md") == ["src/gone.ts"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@README.md", id="it is there"),
        pytest.param("See @docs/übersicht.md for more", id="it is there, below"),
        pytest.param("`@gone.md`", id="in a code span"),
        pytest.param("```\n@gone.md\n```", id="in a fence"),
        pytest.param("write to me@gone.md", id="an address"),
        pytest.param("![a](https://x.org/@acme/gone.md)", id="in a URL"),
        pytest.param("@acme/gone", id="a package"),
        pytest.param("@~/gone.md", id="in the home folder"),
        pytest.param("@CLAUDE.local.md", id="one's own"),
        pytest.param("For example @docs/thing.md", id="an example"),
    ],
)
def test_no_dead_import(text):
    assert findings("dead_import", f"# T\n\n{text}\n", FILES) == []


@pytest.mark.parametrize("text", ["@gone.md", "- see @docs/gone.md first", "> (@./gone.md)"])
def test_a_dead_import(text):
    (found,) = findings("dead_import", f"# T\n\n{text}\n", FILES)
    assert found.subject in text


def test_imports_from_one_persons_home_are_told_once():
    text = "- @/Users/mary/.claude/a.md\n- @/Users/mary/.claude/b.md\n- @/home/you/c.md\n"
    (found,) = findings("dead_import", f"# T\n\n{text}`@/home/mary/x.md`\n", FILES)
    assert (found.line, found.subject) == (3, "@/Users/mary/.claude/a.md")
    assert found.message.startswith("2 imports from /Users/mary")
    assert findings("private_path", text, FILES) == []


def test_an_import_is_relative_to_its_file():
    (found,) = findings("dead_import", "a\n@README.md\n", FILES, "packages/core/CLAUDE.md")
    assert found.message == "nothing is imported: there is no packages/core/README.md"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("```bash\n./scripts/gone\n```", "./scripts/gone"),
        ("```bash\n./gradlew build\n```", "./gradlew"),
        ("```bash\ncp .env.example .env\n```", ".env.example"),
        ("```bash\ncd packages/gone && npm test\n```", "packages/gone/"),
        ("```bash\npip install -r requirements.txt\n```", "requirements.txt"),
        ("```bash\ncd packages/core && node src/gone.js\n```", "src/gone.js"),
        ("```\nsrc/\n  app/     the program\n  gone/    # what is not there\ndocs/\n```", "gone/"),
        (
            "```\nsrc/app/main.py\nsrc/app/models/\npackages/core/\ndocs/gone.md\n```",
            "docs/gone.md",
        ),
    ],
)
def test_what_commands_and_listings_name(text, subject):
    assert outdated(text) == [subject]


def test_of_two_the_one_below_the_same_folder_is_meant():
    files = {"src/fast/gadgets/a.py": "", "tests/gadgets/test_a.py": ""}
    (found,) = findings("outdated_reference", "`src/gadgets/`\n", files)
    assert found.message.endswith("(did you mean src/fast/gadgets?)")

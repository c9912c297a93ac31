"""Fields of work: words of titles, what the text must have, and when somebody reads it."""

from __future__ import annotations

from typing import NamedTuple

WHERE = "when you look for where something is or belongs"
PARTS = "when you look for which part does what"
BACKGROUND = "when you want the background"
EXAMPLE = "when you want an example"
SOURCE = "when you need one of these links"
VARIABLE = "when you set or add an environment variable"


class Field(NamedTuple):
    """The words that a title has, the occasion, and what the text has too, as patterns."""

    title: str
    when: str
    text: str = ""


# What holds below a title, for what says no more itself.
UI = Field(
    r"^(?:(?:web|mobile|admin) )?ui\b|ux\b|user interface"
    r"|design system|them(?:es?|ing)\b|styling|stylesheets?|css\b"
    r"|tailwind|colou?rs?\b|palette|typography|visual (?:design|style)",
    "before you add or change UI",
    r"colou?rs?\b|css|class(?:name)?=|styles?\b|stylesheet|layout|\bfonts?\b|theme|button"
    r"|margin|padding|#[0-9a-f]{6}\b",
)
# What holds for all below a title.
FIELDS = (
    Field(
        r"troubleshoot|(?:common|known) (?:\w+ )?(?:issue|problem|error)s?\b|faq\b|diagnos"
        r"|^(?:\w+ )?debug(?:ging)?(?: (?:\w+ )?(?:tips|guide|commands|notes|issues|patterns))?$"
        r"|\w* ?issues\b|pitfalls|gotchas",
        "when something does not work",
    ),
    Field(
        r"deploy|hosting|production\b(?! \w+ patterns?)",
        "before you deploy",
        r"deploy|production|docker|server|host|release|build",
    ),
    Field(r"releas(?:e|es|ing)\b|publish", "before you release", r"releas|publish|version|tag"),
    Field(
        r"upgrad|migrat(?:e|ing)\b|migration (?:guide|from|to)\b",
        "before you migrate",
        r"versions?\b|migrat|breaking|deprecat",
    ),
    Field(r"migrations?\b", "before you write or run a migration", r"migrat"),
    Field(
        r"roadmap|future|wish ?list|planned|long-term|next steps|ideas\b",
        "when you plan what comes next",
    ),
    Field(
        r"(?:unit |integration |e2e |writing |running )?tests?\b(?! coverage)|testing(?! suite)"
        r"|fixtures\b|mock(?:s|ing)\b",
        "when you write or run tests",
        r"pytest|assert|describe\(|\bit\(|expect\(|\bmock|fixtures?\b|junit|vitest|jest|@test"
        r"|#\[test|\.(?:test|spec)\.|\b(?:cargo|go|npm|yarn|pnpm|make|zig build) (?:run )?test"
        r"|unit tests?|test_\w",
    ),
)
# What holds for a title alone.
PLACES = (
    Field(r"^examples? \d", EXAMPLE),
    Field(
        r"(?:project|director\w*|folder|file|repo\w*|code|codebase|source|monorepo|package|module"
        r"|crate|workspace) (?:struct|layout|organ|tree|map|location|paths)|where (?:things|to)\b"
        r"|(?:key|important|main|core|configuration) (?:\w+ )?"
        r"(?:files|director|folders|paths|locations)",
        WHERE,
        r"/|\.\w{1,5}\b",
    ),
    UI,
    Field(r"(?:env|environment) (?:var|config|settings)|\.env\b|env vars?\b", VARIABLE),
    Field(r"sources\b|links\b|resources|further reading|references\b", SOURCE, r"https?:|\]\("),
    Field(
        r"vision\b|innovation|success metrics|target results|compar(?:ison|ed)|history|benefit"
        r"|background$|motivation|rationale|philosophy|relationship to|problem statement|why\b"
        r"|characteristics|(?:key|main|core) features$|statistics|highlights"
        r"|(?<!architecture )(?<!repository )(?<!system )(?<!codebase )overview\b"
        r"|introduction\b|credits|acknowledg|findings\b|lessons\b",
        BACKGROUND,
    ),
    Field(
        r"^(?:(?:initial|local|dev|development|environment|project|first|quick|machine|repo\w*|full"
        r"|one-time|first-time|&|and) )*(?:set ?up|install(?:ation|ing)?|getting started"
        r"|prerequisites|quick ?start|onboarding)\b",
        "when you set up the project",
    ),
    Field(
        r"i18n|l10n|internationali|locali[sz]ation|translation",
        "before you add or change text that users see",
    ),
    Field(
        r"data models?\b|database models?|domain model|pydantic models|models? relation"
        r"|entit(?:y|ies)\b|models$",
        "before you query or change a data model",
        r"table|column|fields?\b|relation|schema|class |interface |struct|prisma|foreign|has_many"
        r"|belongs|model|\benum\b|\b[A-Z][a-z]+[A-Z]",
    ),
    Field(
        r"databases?\b(?! interface)|db\b"
        r"|(?:^|database |current |prisma |table )schemas?\b|sql\b|prisma\b"
        r"|(?:key|main|core|database) tables?\b",
        "before you change the database",
        r"\btables?\b|column|migrat|quer(?:y|ies)|\bselect\b|postgres|sqlite|mysql|prisma|mongo",
    ),
    Field(
        r"(?:^|api |rest |http |new |key |public )endpoints?\b"
        r"|apis?(?: (?:reference|routes?|surface|list|overview|contract|structure|design"
        r"|architecture))?$|routes$|graphql|rpc\b",
        "before you add, change or call an endpoint",
        r"\b(?:get|post|put|patch|delete)\b|endpoint|route|/api\b|https?|query|mutation|rpc|\|",
    ),
    Field(
        r"permissions?\b|authoriz",
        "before you change permissions",
        r"permission|role|allow|access|scope",
    ),
    Field(
        r"o?auth2?\b|authenticat|login",
        "before you change authentication",
        r"auth|login|token|session|password|key",
    ),
    Field(
        r"(?:error|exception)s? (?:handling|types?|codes?|classes)|exceptions?\b",
        "when you raise or handle errors",
    ),
    Field(
        r"logs?\b(?! line)|logging|monitoring|observability|telemetry|tracing\b|sentry|alerting",
        "before you change logging or monitoring",
        r"\blog|sentry|metric|trac|monitor|alert",
    ),
    Field(
        r"performance|profiling|benchmark",
        "when something is too slow",
        r"latency|cach|\bslow|\bfast|\dms\b|throughput|batch|parallel|lazy|index|streaming"
        r"|large (?:files|data)",
    ),
    Field(
        r"(?:tech(?:nology|nical)? )stack|technologies$|dependenc|librar(?:y|ies)\b",
        "before you add or replace a dependency",
        r"\d|version|framework|library|import|package",
    ),
    Field(
        r"ci\b|ci/cd\b|continuous integration|github actions|pipelines$",
        "before you change the CI",
        r"workflow|github|gitlab|jenkins|\bci\b|actions",
    ),
    Field(r"naming\b", "before you name something"),
    Field(
        r"(?:git|branch|commit|pull request)(?:s|es|ing|ting)?\b",
        "before you commit",
        r"commit|branch|merge|pull request",
    ),
    Field(
        r"(?:code|coding) (?:style|standards|conventions|guidelines|requirements)|best practices$",
        "before you write code",
    ),
    Field(r"(?:available|active|supported|existing) \w", "when you choose one or add another"),
    Field(r"glossary|terminology|vocabulary", "when you meet a term you do not know"),
    Field(r"templates?\b", "before you write one"),
    Field(r"contacts?\b|licen[cs]e$|support channels", "when you need a contact or the licence"),
    Field(r"commands?$|scripts$", "when you look for a command"),
    Field(
        r"^(?:(?:app|application|default|global|key|main|project|runtime) )*"
        r"(?:configuration|config|settings)$",
        "before you change the configuration",
    ),
    Field(
        r"^(?:(?:current|core|system|software|project|application|app|overall|high-level|key|main"
        r"|codebase|code|general|technical|repository|library) )*architect|architecture overview\b"
        r"|(?:^|core |key |main |system )(?:components|modules)$|layers$|how it works"
        r"|internals",
        PARTS,
    ),
    Field(r"examples?\b|samples?\b", EXAMPLE),
)

"""Fields of work: words of titles, and when somebody reads what stands below them."""

from __future__ import annotations

WHERE = "when you look for where something is or belongs"
PARTS = "when you look for which part does what"
BACKGROUND = "when you want the background"
EXAMPLE = "when you need an example"
CODE = "before you write code"
LOOKUP = "when you look something up"
# What holds for all below a title.
FIELDS = (
    (
        r"troubleshoot|(?:common|known) (?:\w+ )?(?:issue|problem|error)s?\b|faq\b|debug|diagnos"
        r"|\w* ?issues\b|pitfalls|gotchas",
        "when something does not work",
    ),
    (r"deploy|hosting|production\b", "before you deploy"),
    (r"releas(?:e|es|ing)\b|publish", "before you release"),
    (r"upgrad|migrat(?:e|ing)\b|migration (?:guide|from|to)\b", "before you migrate"),
    (r"migrations?\b", "before you write or run a migration"),
    (
        r"roadmap|future|wish ?list|planned|long-term|next steps|ideas\b",
        "when you plan what comes next",
    ),
    (r"tests?\b|testing|fixtures\b|mock(?:s|ing)\b", "when you write or run tests"),
    (
        r"^(?:(?:web|mobile|admin) )?ui\b|ux\b|user interface"
        r"|design system|them(?:es?|ing)\b|styling|stylesheets?|css\b"
        r"|tailwind|colou?rs?\b|palette|typography"
        r"|visual (?:design|style)",
        "before you add or change UI",
    ),
)
# What holds for a title alone.
PLACES = (
    (
        r"(?:project|director\w*|folder|file|repo\w*|code|codebase|source|monorepo|package"
        r"|workspace) (?:struct|layout|organ|tree|map|location|paths)|where (?:things|to)\b"
        r"|(?:key|important|main|core) (?:\w+ )?(?:files|director|folders|paths|locations)",
        WHERE,
    ),
    (r"examples?\b|samples?\b", EXAMPLE),
    (
        r"(?:env|environment) (?:var|config|settings)|\.env\b|env vars?\b",
        "when you set or add an environment variable",
    ),
    (r"sources\b|links\b|resources|further reading|references\b", "when you need a source"),
    (
        r"vision\b|innovation|success metrics|target results|compar(?:ison|ed)|history|benefit"
        r"|background$|motivation|rationale|philosophy|relationship to|problem statement|why\b"
        r"|characteristics|(?:key|main|core) features$|statistics|highlights"
        r"|(?<!architecture )(?<!repository )(?<!system )(?<!codebase )overview\b"
        r"|introduction\b|credits|acknowledg|findings\b|lessons\b",
        BACKGROUND,
    ),
    (
        r"i18n|l10n|internationali|locali[sz]ation|translation",
        "before you add or change text that users see",
    ),
    (
        r"data models?\b|database models?|domain model|pydantic models|models? relation"
        r"|entit(?:y|ies)\b|models$",
        "before you change a data model",
    ),
    (
        r"databases?\b(?! interface)|db\b"
        r"|(?:^|database |current |prisma |table )schemas?\b|sql\b|prisma\b"
        r"|(?:key|main|core|database) tables?\b",
        "before you change the database",
    ),
    (
        r"(?:^|api |rest |http |new |key |public )endpoints?\b"
        r"|apis?(?: (?:reference|routes?|calls?|surface|list|overview|contract|structure|design))?$"
        r"|routes$|graphql|rpc\b",
        "before you call or change an endpoint",
    ),
    (
        r"o?auth2?\b|authenticat|authoriz|login|permissions?\b",
        "before you change authentication or permissions",
    ),
    (
        r"(?:error|exception)s? (?:handling|types?|codes?|classes)|exceptions?\b",
        "when you raise or handle errors",
    ),
    (
        r"logs?\b|logging|monitoring|observability|telemetry|tracing\b|sentry|alerting",
        "when you work on logging or monitoring",
    ),
    (r"performance|profiling|benchmark", "when you work on performance"),
    (
        r"(?:tech(?:nology|nical)? )stack|technologies$|dependenc|librar(?:y|ies)\b",
        "before you add or replace a dependency",
    ),
    (r"ci\b|ci/cd\b|continuous integration|github actions|pipelines$", "before you change the CI"),
    (r"naming\b", "before you name something"),
    (r"(?:git|branch|commit|pull request)(?:s|es|ing|ting)?\b", "before you commit"),
    (
        r"(?:code|coding) (?:style|standards|conventions|guidelines|requirements)|best practices$",
        CODE,
    ),
    (r"(?:quick |command )?reference$|cheat ?sheet", LOOKUP),
    (r"(?:available|active|supported|existing) \w", "when you choose one"),
    (r"glossary|terminology|vocabulary", "when you meet a term you do not know"),
    (r"templates?\b", "when you write one"),
    (r"contacts?\b|licen[cs]e|support channels", "when you need a contact or the licence"),
    (r"commands?$|scripts$", "when you look for a command"),
    (r"configuration$|config$|settings$", "before you change the configuration"),
    (
        r"architect|(?:^|core |key |main |system )(?:components|modules)$|layers$|how it works"
        r"|internals",
        PARTS,
    ),
)

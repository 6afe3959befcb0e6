"""How hard a request is: the plan's score over seven numbers, from rules on the prompt or from a plan call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.agent.languages import LANGUAGES, essence, named
from functions.agent.words import Tier

LINES_PER_POINT = 50


@dataclass(frozen=True)
class Numbers:
    """What the score counts. `named` has, by field name, what was recognised; it only makes the reasons clearer."""

    lines: int = 0
    files: int = 1
    dependencies: int = 0
    apis: int = 0
    database: bool = False
    authentication: bool = False
    languages: int = 1
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Complexity:
    """`reasons` says where the points come from, in short phrases for people."""

    score: int
    tier: Tier
    reasons: tuple[str, ...]


def score(prompt: str, language: str, numbers: Numbers | None = None) -> Complexity:
    """The score of a request: +1 per 50 lines (rounded down), file and dependency, +2 per API, +2 for a database,
    +2 for authentication, +3 for more than one language. Negative numbers count as 0.

    `language` (a name in LANGUAGES) is the one to write in: another one that the prompt asks for makes it two.
    """
    numbers = numbers or estimate(prompt, language)
    points: list[tuple[int, str]] = [
        (max(numbers.lines, 0) // LINES_PER_POINT, f"about {numbers.lines} lines"),
        (max(numbers.files, 0), _counted(numbers, "files", "file")),
        (max(numbers.dependencies, 0), _counted(numbers, "dependencies", "dependency", "dependencies")),
        (2 * max(numbers.apis, 0), _counted(numbers, "apis", "API integration")),
        (2 * bool(numbers.database), "a database" + _list(numbers, "database")),
        (2 * bool(numbers.authentication), "authentication" + _list(numbers, "authentication")),
        (3 * (numbers.languages > 1), _counted(numbers, "languages", "language")),
    ]
    total = sum(point for point, _ in points)
    return Complexity(total, tier_of(total), tuple(reason for point, reason in points if point))


def tier_of(score: int) -> Tier:
    """simple below 3, medium from 3 to 6, complex above."""
    if score < 3:
        return Tier.SIMPLE
    return Tier.MEDIUM if score <= 6 else Tier.COMPLEX


def estimate(prompt: str, language: str = "") -> Numbers:
    """Numbers by rules on the words of `prompt`. A request for one function is one file of fewer than 50 lines."""
    # Every other part between fences is code of the user.
    prose = "\n".join(_FENCE.split(essence(prompt))[::2])
    languages = tuple(dict.fromkeys((*named(prose), *([language] if language else []))))
    dependencies = _found(_LIBRARY, prose)
    apis = _apis(prose)
    database = _found(_DATABASE, prose)
    authentication = _found(_AUTHENTICATION, prose)
    return Numbers(
        lines=_lines(prose),
        files=_files(prose),
        dependencies=len(dependencies),
        apis=len(apis),
        database=bool(database),
        authentication=bool(authentication),
        languages=max(len(languages), 1),
        named={
            "dependencies": dependencies,
            "apis": apis,
            "database": database,
            "authentication": authentication,
            "languages": tuple(LANGUAGES[name].label for name in languages if name in LANGUAGES),
        },
    )


def _counted(numbers: Numbers, field: str, singular: str, plural: str = "") -> str:
    count = getattr(numbers, field)
    return f"{count} {singular if count == 1 else plural or singular + 's'}{_list(numbers, field)}"


def _list(numbers: Numbers, field: str) -> str:
    words = numbers.named.get(field, ())
    return f": {', '.join(words)}" if words else ""


# What is asked for, and the lines and files it takes as a rule: the largest kind in the prompt counts.
_KINDS = (
    (r"full[- ]stack|platform|micro-?services|e-?commerce|marketplace|social network", 300, 4),
    (
        r"(?:web|mobile|desktop)\s?(?:app|application|site)|website|dashboard|(?:rest|http|crud|graphql)\s+(?:api|server)"
        r"|web (?:server|service)|backend|compiler|operating system|database engine",
        120,
        2,
    ),
    (
        r"interpreter|parser for|game\b(?! of life)|chat ?bot|crawler|scheduler|framework|(?:cli|command[- ]line)\b",
        60,
        1,
    ),
    (r"class|script|program|module|data structure|simulation", 30, 1),
)
_KIND = tuple((re.compile(rf"\b(?:{words})", re.IGNORECASE), lines, files) for words, lines, files in _KINDS)
_FUNCTION_LINES = 20
_LINES_PER_ITEM = 8
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])\s+\S", re.MULTILINE)
_SAID_LINES = re.compile(
    r"\b(\d{1,5})(?:\+|\s?-\s?|\s)*(?:lines? (?:of (?:code|\w+)|long)|LOC\b|-line\b)", re.IGNORECASE
)
_MAKES = r"(?:in|into|as|across|over|of|with|using|split)"
_NUMBER = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_SAID_FILES = re.compile(
    rf"\b{_MAKES}\s+(\d{{1,2}}|{'|'.join(_NUMBER)})\s+(?:[a-z]+\s+)?(?:files|modules|packages|source files)\b",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"(?<![\w./])[\w/-]{1,80}\.(?:py|mjs|jsx?|tsx?|java|go|cs|html|css|sql|json|ya?ml|toml|sh)(?![\w(])"
)
_EXTRA_FILE = re.compile(
    r"\b(?:dockerfile|docker-compose|makefile|github actions|ci pipeline|helm chart)\b", re.IGNORECASE
)


def _lines(prose: str) -> int:
    if said := _SAID_LINES.search(prose):
        return int(said.group(1))
    kind = max((lines for pattern, lines, _ in _KIND if pattern.search(prose)), default=_FUNCTION_LINES)
    return kind + _LINES_PER_ITEM * len(_ITEM.findall(prose))


def _files(prose: str) -> int:
    said = [_NUMBER.get(word.lower()) or int(word) for word in _SAID_FILES.findall(prose)]
    kind = max((files for pattern, _, files in _KIND if pattern.search(prose)), default=1)
    extra = len({word.lower() for word in _EXTRA_FILE.findall(prose)})
    return max(*said, len(set(_FILE_NAME.findall(prose))), kind + extra, 1)


def _words(text: str, before: str = r"(?<![\w.-])", after: str = r"(?![\w-])") -> re.Pattern[str]:
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, text.split('|')))}){after}", re.IGNORECASE)


_LIBRARY = _words(
    "django|flask|fastapi|numpy|pandas|scipy|scikit-learn|matplotlib|sqlalchemy|pydantic|beautifulsoup|bs4|httpx|"
    "aiohttp|celery|tensorflow|pytorch|pillow|opencv|selenium|playwright|express.js|expressjs|react|vue|vue.js|next.js|"
    "nestjs|angular|lodash|axios|prisma|socket.io|tailwind|spring boot|spring|hibernate|lombok|jackson|gin-gonic|gorm|"
    "asp.net|entity framework|rabbitmq|kafka|graphql|grpc|kubernetes"
)
_SERVICE = _words(
    "stripe|twilio|sendgrid|mailgun|slack|discord|telegram|openai|anthropic|google maps|google sheets|google drive|"
    "gmail|openweathermap|openweather|github api|gitlab api|spotify|twitter|paypal|shopify|salesforce|notion|aws s3|s3|"
    "firebase|mailchimp|jira|zoom|youtube api"
)
_DATABASE = _words(
    "database|databases|sqlite|sqlite3|postgres|postgresql|mysql|mariadb|mongodb|mongo|redis|dynamodb|firestore|"
    "cassandra|sql server|sql query|sql queries|sql table|sql database|nosql"
)
_AUTHENTICATION = _words(
    "authentication|authenticate|authenticates|oauth|oauth2|openid connect|jwt|jwts|log in|login|logins|sign in|"
    "sign-in|sign up|signup|sign-up|single sign-on|sso|two-factor|2fa|password hashing|hashed passwords|session tokens|"
    "role-based access|rbac"
)
# An API of somebody else, not the one to be built and not a kind of API.
_OTHER_API = re.compile(
    r"\b(?i:calls?|using|uses?|from|query|queries|with|via)\s+(?:the|a|an)?\s*([A-Z]\w{1,30}) API\b"
)
_KIND_OF_API = {
    "rest",
    "http",
    "https",
    "json",
    "web",
    "graphql",
    "restful",
    "fetch",
    "dom",
    "streams",
    "stream",
    "public",
}


def _found(pattern: re.Pattern[str], prose: str) -> tuple[str, ...]:
    """The distinct hits by their first spelling, in order."""
    return tuple({word.lower(): word for word in reversed(pattern.findall(prose))}.values())[::-1]


def _apis(prose: str) -> tuple[str, ...]:
    known = {word.lower().removesuffix(" api"): word.removesuffix(" API") for word in _found(_SERVICE, prose)}
    other = {word.lower(): word for word in _OTHER_API.findall(prose) if word.lower() not in _KIND_OF_API}
    return tuple((other | known).values())

"""The languages that Assay writes: `LANGUAGES` has their facts, `detect` says which one a request is about."""

from functions.agent.languages.detection import Detection, detect, essence, named
from functions.agent.languages.table import LANGUAGES, Language, by_file_name, by_tag, is_test_file, resolve

__all__ = [
    "LANGUAGES",
    "Detection",
    "Language",
    "by_file_name",
    "by_tag",
    "detect",
    "essence",
    "is_test_file",
    "named",
    "resolve",
]

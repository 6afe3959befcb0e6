"""From a model's reply to whole files: `parse`.

`gather` finds the blocks by `fences`, `wrappers` or `raw`, and asks `names` what each is called; `choice` picks the
nameless one that is the file; `repair` and `separation` make its text usable; `guards` refuses what is none; `reply`
is the whole way. Signs for the judge: `missing_names`, `vacuous`, `gaming`, `unstable`. `render` is the way back.
"""

from functions.agent.parsing.blocks import MAX_FILE_BYTES, MAX_FILES, MAX_REPLY_BYTES, Parsed
from functions.agent.parsing.entry import missing_names
from functions.agent.parsing.guards import repeats
from functions.agent.parsing.honesty import gaming, unstable
from functions.agent.parsing.render import render
from functions.agent.parsing.reply import Purpose, parse
from functions.agent.parsing.vacuity import vacuous

__all__ = [
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_REPLY_BYTES",
    "Parsed",
    "Purpose",
    "gaming",
    "missing_names",
    "parse",
    "render",
    "repeats",
    "unstable",
    "vacuous",
]

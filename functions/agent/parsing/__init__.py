"""From a model's reply to whole files: `parse`. Never trusts the reply, and never edits what the files say but to repair it.

`blocks_of` (gather) finds the blocks by `fences`, `wrappers` or `raw`; `names` says what each is called; `choice` picks the
nameless one that is the file; `repair` and `separation` make its text usable; `guards` refuses what is none. The rest are
signs for the judge: `missing_names`, `vacuous`, `gaming`, `unstable`.
"""

from functions.agent.parsing.blocks import MAX_FILE_BYTES, MAX_FILES, MAX_REPLY_BYTES, Parsed
from functions.agent.parsing.entry import missing_names
from functions.agent.parsing.guards import repeats
from functions.agent.parsing.honesty import gaming, unstable, vacuous
from functions.agent.parsing.render import render
from functions.agent.parsing.reply import Purpose, parse

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

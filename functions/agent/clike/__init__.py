"""Code and tests in the languages with braces: read by one scanner, whose rules are data of each language."""

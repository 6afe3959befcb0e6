"""`./assay reset-password EMAIL`: there is no mail on one machine, so whoever may read its database gets the code."""

from __future__ import annotations

import argparse
import asyncio
import os
import time

from infra.config import Config
from infra.local.database import Database
from infra.local.identity import RESET_S, LocalIdentity
from infra.local.records import LocalRecords
from infra.local.signing import Signer


def main(args: argparse.Namespace) -> int:
    """Prints the code; a server may be running. Raises NotFound for an unknown address, BadInput, StorageError."""
    code = asyncio.run(_code(Config.from_env(os.environ), args.email))
    print(code)
    print(f"Good once, for {RESET_S // 60} minutes. Set the password with it:")
    body = f'{{"code": "{code}", "password": "…"}}'
    print(f"  curl http://localhost:8080/api/auth/password/reset -H 'Content-Type: application/json' -d '{body}'")
    return 0


async def _code(config: Config, email: str) -> str:
    database = Database(config.data_folder)
    try:
        # Nothing is signed here, so no key is needed.
        return await LocalIdentity(LocalRecords(database), Signer(tuple), time.time).reset_code(email)
    finally:
        await database.aclose()

// Job "test": collect the tests of all files, then hand them to node's own runner and report each as it ends.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { identify } from './collect.mjs';
import { explain } from './explain.mjs';
import { createSession } from './session.mjs';
import { listSources, readTree } from './sources.mjs';

const FAILED = 1;
const BROKEN = 2;
const NOTHING = 5;

/**
 * Runs `job` ({files, skip}) and returns the exit code. `root`: the workspace; `real`: the functions of node:test;
 * `setListener`: names the listener of its events; `load(root, file)`: imports a test file; `edits`, `dropped`: what
 * `sieve` gives.
 */
export async function runTests(
  job,
  { root, real, collector, idle, report, setListener, load = importFile, edits = new Map(), dropped = new Map() },
) {
  const files = [];
  try {
    for (const file of job.files) files.push(await idle.race(collector.collect(file, () => load(root, file))));
  } catch (error) {
    report.broken(explain(located(error, root, edits), root));
    report.finish(BROKEN);
    return BROKEN;
  }
  const tests = files.flatMap((file) => identify(file, dropped));
  report.collected([...dropped.keys(), ...tests.map(({ id }) => id)]);
  const told = [...dropped].filter(([id]) => !job.skip.includes(id));
  for (const [id, why] of told) {
    report.start(id);
    report.case(id, 'error', why, 0);
  }
  collector.setRunning(true);
  const session = createSession(new Set(job.skip), { root, real, idle, report });
  setListener(session.take);
  for (const file of files) await session.replay(file);
  const code = told.length ? FAILED : tests.length ? session.code() : NOTHING;
  report.finish(code);
  return code;
}

/** Node tells a module's syntax error without its place: the same error from our own parser has one. */
function located(error, root, edits) {
  if (!(error instanceof SyntaxError)) return error;
  for (const path of listSources(root)) {
    try {
      readTree(root, path, edits.get(`${root}/${path}`) ?? readFileSync(`${root}/${path}`, 'utf8'));
    } catch (found) {
      return found;
    }
  }
  return error;
}

function importFile(root, file) {
  return import(pathToFileURL(`${root}/${file}`).href);
}

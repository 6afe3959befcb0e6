// Job "vectors": calls the code under test with plain data and tells what comes back. What is expected is not known here.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { namesOf } from './errors.mjs';
import { explain } from './explain.mjs';
import { findTarget, invoke, readModules } from './targets.mjs';
import { decode, encode } from './wire.mjs';

const BROKEN = 2;
const now = performance.now.bind(performance);

/** Runs `job` ({calls: [{id, call, args}]}) and returns the exit code. */
export async function runVectors(job, { root, idle, report }) {
  let modules;
  try {
    modules = readModules(root, (path) => readFileSync(`${root}/${path}`, 'utf8'));
  } catch (error) {
    return broken(error, root, report);
  }
  const calls = [];
  const refused = [];
  for (const { id, call, args } of job.calls) {
    const target = findTarget(modules, call);
    if (target) calls.push({ id, target, args: args.map(decode) });
    else refused.push(id);
  }
  report.supported(
    calls.map(({ id }) => id),
    refused,
  );
  const loaded = new Map();
  try {
    for (const { target } of calls) {
      if (!loaded.has(target.file))
        loaded.set(target.file, await idle.race(import(pathToFileURL(`${root}/${target.file}`).href)));
    }
  } catch (error) {
    return broken(error, root, report);
  }
  for (const call of calls) await answer(call, loaded.get(call.target.file), { root, idle, report });
  report.finish(0);
  return 0;
}

function broken(error, root, report) {
  report.broken(explain(error, root));
  report.finish(BROKEN);
  return BROKEN;
}

async function answer({ id, target, args }, module, { root, idle, report }) {
  report.start(id);
  const begun = now();
  try {
    const value = await idle.race(new Promise((done) => done(invoke(module, target, args))));
    const ms = now() - begun;
    report.value(id, encode(value), ms);
  } catch (error) {
    report.raised(id, namesOf(error), explain(error, root));
  }
}

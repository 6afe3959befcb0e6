// The driver of a single-use process: warms up when asked to, reads one job from standard input, does it, leaves.

import assert from 'node:assert';
import { readSync } from 'node:fs';
import modules from 'node:module';
import * as real from 'node:test';

import { createCollector } from './collect.mjs';
import { install } from './facade.mjs';
import { installHooks } from './hooks.mjs';
import { createIdleWatch } from './idle.mjs';
import { listen } from './reporter.mjs';
import { createReport } from './report.mjs';
import { sieve } from './sieve.mjs';
import { runTests } from './testing.mjs';
import { warmUp } from './warm.mjs';
import { parseJob } from './wire.mjs';

const leave = process.reallyExit.bind(process);

/** The first line of standard input; '' when it ends without one. Blocks. */
function readLine() {
  const chunks = [];
  const chunk = Buffer.alloc(1 << 16);
  for (;;) {
    const count = readSync(0, chunk);
    if (count === 0) return '';
    const end = chunk.subarray(0, count).indexOf(10);
    chunks.push(Buffer.from(chunk.subarray(0, end < 0 ? count : end)));
    if (end >= 0) return Buffer.concat(chunks).toString();
  }
}

const root = process.cwd();
const report = createReport();
const state = { open: true, stub: undefined, edits: new Map() };
const collector = createCollector(real);
let listener = () => {};
const setListener = (to) => (listener = to);
install(collector.api);
listen((event) => listener(event));
installHooks(root, state);
real.before(() => {}); // starts node's runner, whose own notion of the end `createIdleWatch` replaces
const idle = createIdleWatch();
if (process.argv.includes('--warm')) {
  await warmUp({ real, collector, idle, setListener });
  report.ready();
}
const line = readLine();
if (!line) leave(0);
const job = parseJob(line);
// A module that could be patched would make every assertion pass.
Object.freeze(assert);
Object.freeze(assert.strict);
// A loader of their own could put anything in the place of what the tests import.
Object.assign(modules, { register: undefined, registerHooks: undefined });
modules.syncBuiltinESMExports();
let work;
if (job.mode === 'vectors') {
  const { runVectors } = await import('./vectors.mjs');
  work = () => runVectors(job, { root, idle, report });
} else {
  if (job.stub) {
    const { createStubber } = await import('./stubber.mjs');
    state.stub = createStubber(root, job.files);
  }
  const { edits, dropped } = sieve(root, job.files);
  edits.forEach((text, path) => state.edits.set(path, text));
  work = () => runTests(job, { root, real, collector, idle, report, setListener, edits, dropped });
}
state.open = false;
leave(await work());

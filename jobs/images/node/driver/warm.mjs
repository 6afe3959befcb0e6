// Brings everything that a job will need into memory, on a small suite of its own, before the job is there.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';

import { createReport } from './report.mjs';
import { sieve } from './sieve.mjs';
import { parse, toJavaScript } from './sources.mjs';
import { runTests } from './testing.mjs';
import { encode } from './wire.mjs';

const SUITE = `
import { test, describe, it, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
test('same', () => assert.deepEqual({ a: [1, 2] }, { a: [1, 2] }));
test('different', () => assert.deepEqual({ a: [1, 2] }, { a: [1, 3] }));
test('text', async () => assert.equal('one two', 'one three'));
describe('suite', () => {
  beforeEach(() => {});
  it('throws', () => assert.throws(() => JSON.parse('x'), SyntaxError));
  it('rejects', () => assert.rejects(async () => null.x, TypeError));
});
`;
const TYPED = `
interface Named { name: string }
export function first<T extends Named>(items: T[]): string { return items[0]!.name as string; }
`;

/** Runs a suite through all that a real one passes; nothing of it is reported or left. */
export async function warmUp({ real, collector, idle, setListener }) {
  const folder = `${tmpdir()}/warm`;
  const report = createReport(() => {});
  mkdirSync(folder);
  writeFileSync(`${folder}/warm.mjs`, SUITE);
  parse(toJavaScript(TYPED, 'file:///warm.ts'), 'module');
  encode([1, 'two', { three: new Map([[1, new Set([2])]]) }]);
  sieve(folder, ['warm.mjs']);
  const load = () => import(pathToFileURL(`${folder}/warm.mjs`).href);
  await runTests({ files: ['warm.mjs'], skip: [] }, { root: folder, real, collector, idle, report, setListener, load });
  setListener(() => {});
  collector.setRunning(false);
  rmSync(folder, { recursive: true });
}

// Replaces the code under test, in memory, by stubs with the same exported names.

import { relative } from 'node:path';

import { exportsOf } from './exports.mjs';
import { listSources, readTree } from './sources.mjs';

const STUB = new URL('./stub.mjs', import.meta.url);

/** A function of (absolute path, code) that gives {format, source} for a file of the code under test. */
export function createStubber(root, testFiles) {
  const kept = new Set(testFiles);
  const sources = new Set(listSources(root));
  return (path, code) => {
    const name = relative(root, path);
    if (kept.has(name) || !sources.has(name)) return undefined;
    const parsed = readTree(root, name, code);
    const { names, stars } = exportsOf(parsed);
    return parsed.module
      ? { format: 'module', source: moduleOf([...names.keys()], stars) }
      : { format: 'commonjs', source: scriptOf([...names.keys()]) };
  };
}

function moduleOf(names, stars) {
  const lines = [`import { stub } from ${JSON.stringify(STUB.href)};`];
  names.forEach((name, at) => lines.push(`const _${at} = stub(); export { _${at} as ${JSON.stringify(name)} };`));
  for (const from of stars) lines.push(`export * from ${JSON.stringify(from)};`);
  return lines.join('\n');
}

/** The assigned values are never read: they are there for node to find the names of `import {name}`. */
function scriptOf(names) {
  const lines = [`module.exports = require(${JSON.stringify(STUB.pathname)}).stub();`];
  for (const name of names) if (name !== 'default') lines.push(`module.exports[${JSON.stringify(name)}] = 0;`);
  return lines.join('\n');
}

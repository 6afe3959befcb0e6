// The linter: one JSON object a line, {file, line, rule, message}, for all source files below the working folder,
// errors first, at most 2,000 of a candidate. Exit code 0 when it saw all.

import { readFileSync } from 'node:fs';

import { isTypeScript, listSources } from '../driver/sources.mjs';
import { candidateOf, inOrder } from './order.mjs';
import { checkTypes } from './types.mjs';

// What ESLint could call dangerous, also when a name is written with escapes. ESLint costs more than the type checker,
// so TypeScript without such words goes past it.
const RISKY =
  /\\u|\b(?:eval|Function|child_process|RegExp|Buffer|pseudoRandomBytes|require|[rw]\w*Sync|fs)\b|set(?:Timeout|Interval)\(\s*['"`]|[\u202A-\u202E\u2066-\u2069]/;

const MOST = 2000; // lines of one candidate

const readText = (path) => readFileSync(path, 'utf8');
const paths = listSources(process.cwd());
const types = checkTypes(paths, readText);
const dubious = paths.filter((path) => !isTypeScript(path) || RISKY.test(readText(path)));
const found = [];
if (dubious.length) {
  // While the type checker runs in a process of its own.
  const { check } = await import('./style.mjs');
  for (const file of dubious) found.push(...check(file).map((it) => ({ file, ...it })));
}
found.unshift(...(await types));
const seen = new Map();
let text = '';
for (const { file, line, rule, message } of inOrder(found)) {
  const count = (seen.get(candidateOf(file)) ?? 0) + 1;
  seen.set(candidateOf(file), count);
  if (count <= MOST) text += `${JSON.stringify({ file, line, rule, message: message.slice(0, 1000) })}\n`;
}
process.stdout.write(text);

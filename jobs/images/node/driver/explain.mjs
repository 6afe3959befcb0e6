// What a person needs to know of an error: its message and where in their own files it came from.

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const FRAMES = 3;
const FRAME = /^ {4}at (?:(?<name>.+?) \()?(?<file>file:\/\/[^)]+?|\/[^)]+?):(?<line>\d+):\d+\)?$/;
const MESSAGE_LIMIT = 1400;

/** `root`: the workspace, whose files are the person's own. Never throws, whatever `error` is. */
export function explain(error, root) {
  try {
    const stack = typeof error?.stack === 'string' ? error.stack : '';
    const frames = framesOf(stack, root);
    const message = place(stack, root) + headline(error).slice(0, MESSAGE_LIMIT);
    return [message.replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, ''), ...frames].join('\n');
  } catch {
    return 'an error that cannot be shown';
  }
}

function headline(error) {
  if (!(error instanceof Error)) return `thrown: ${typeof error === 'symbol' ? error.toString() : inspectable(error)}`;
  const text = `${error.message}`.trim();
  return isAssertion(error) ? text : `${error.name}: ${text}`;
}

function inspectable(value) {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

export function isAssertion(error) {
  return error?.code === 'ERR_ASSERTION';
}

/** `file:line: ` of an error that the parser found; its stack begins with the place. */
function place(stack, root) {
  const found = /^(?:file:\/\/)?(?<file>\/[^\n]*?):(?<line>\d+)\n/.exec(stack);
  if (!found || !found.groups.file.startsWith(`${root}/`)) return '';
  return `${relative(root, found.groups.file)}:${found.groups.line}: `;
}

function framesOf(stack, root) {
  const found = [];
  for (const line of stack.split('\n')) {
    const frame = FRAME.exec(line)?.groups;
    if (!frame) continue;
    const path = frame.file.startsWith('file:') ? fileURLToPath(frame.file) : frame.file;
    if (!path.startsWith(`${root}/`)) continue;
    found.push(`${relative(root, path)}:${frame.line}${frame.name ? ` in ${frame.name}` : ''}`);
  }
  return found.slice(0, FRAMES);
}

// Leaves out the tests that are no JavaScript, so that the others can be run; before the code under test is loaded.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

import { explain } from './explain.mjs';
import { isTypeScript, readTree, toJavaScript } from './sources.mjs';

const CANARY = 'canary_'; // how the names of the runner's own files begin, whose tests must fail and are never left out
const IMPORT = /^import\b[^;'"]*(?:'[^'\n]*'|"[^"\n]*");?/gm;
const TEST = /^(?:test|it)(?:\.\w+)*\(\s*(?=['"])/;
const STATEMENT = /^(?:test|it|describe|suite|before|after|beforeEach|afterEach|async|function|class|const|let|var)\b/;

/**
 * {edits: what is left of each file that has lost tests, dropped: why, by the id of each}. `files`: paths of test files
 * below `root`. One stays as it is where something else in it cannot be read either; all do where no test is left.
 */
export function sieve(root, files) {
  const edits = new Map();
  const dropped = new Map();
  let anyLeft = false;
  for (const file of files) {
    if (file.startsWith(CANARY)) continue;
    const text = textOf(root, file);
    if (text === undefined || isSound(root, file, text)) {
      anyLeft = true;
      continue;
    }
    const tests = testsOf(text);
    const bad = tests.filter((test) => (test.why = whyNot(root, file, alone(text, test))));
    const rest = bad.reduce(without, text);
    if (!bad.length || whyNot(root, file, rest)) continue;
    anyLeft ||= tests.length > bad.length;
    edits.set(`${root}/${file}`, rest);
    for (const { title, why } of bad) dropped.set(`${file}::${title}`, why);
  }
  return anyLeft ? { edits, dropped } : { edits: new Map(), dropped: new Map() };
}

function textOf(root, file) {
  try {
    return readFileSync(`${root}/${file}`, 'utf8');
  } catch {
    return undefined; // to import it says why
  }
}

/** Whether it can be read, as far as that is known at once. */
function isSound(root, file, text) {
  try {
    const script = isTypeScript(file) ? toJavaScript(text, pathToFileURL(`${root}/${file}`).href) : text;
    new Script(`'use strict'; async () => {${script.replace(IMPORT, '')}\n}`);
    return true;
  } catch {
    return !whyNot(root, file, text);
  }
}

/** What is wrong with the text of a file, in words; '' when nothing is. */
function whyNot(root, file, text) {
  try {
    readTree(root, file, text);
    return '';
  } catch (error) {
    return explain(error, root);
  }
}

/** The tests at the margin, {title, start, end}, each from its first line to the next statement there. */
function testsOf(text) {
  const found = [];
  let open;
  let at = 0;
  const close = () => {
    if (open?.title !== undefined) found.push({ ...open, end: at });
    open = undefined;
  };
  for (const line of text.split('\n')) {
    if (STATEMENT.test(line)) close();
    const head = TEST.exec(line);
    if (head) open = { start: at, title: titleOf(line.slice(head[0].length)) };
    at += line.length + 1;
  }
  at = text.length;
  close();
  return found;
}

/** The value of the string that the text begins with; undefined where it does not end. */
function titleOf(text) {
  try {
    return createRequire(import.meta.url)('acorn').tokenizer(text, { ecmaVersion: 'latest' }).getToken().value;
  } catch {
    return undefined;
  }
}

function without(text, { start, end }) {
  return text.slice(0, start) + blank(text.slice(start, end)) + text.slice(end);
}

/** A file that has only this test, on its own lines. */
function alone(text, { start, end }) {
  return blank(text.slice(0, start)) + text.slice(start, end);
}

function blank(text) {
  return text.replace(/[^\n]/g, ' ');
}

// Which findings come first.

import { BROKEN, DANGEROUS } from './rules.mjs';

const GRAVE = new Set(['syntax', ...BROKEN, ...DANGEROUS]);
const TYPE_ERROR = /^TS(?![67]\d{3}$)/; // of the others, TypeScript calls most hints itself

/** Whether language.json calls a finding of this rule an error. */
export function isGrave(rule) {
  return GRAVE.has(rule) || TYPE_ERROR.test(rule);
}

/** Errors first; each kind stays in its order. */
export function inOrder(found) {
  return found.toSorted((left, right) => isGrave(right.rule) - isGrave(left.rule));
}

/** The first folder of "candidate/file". */
export function candidateOf(path) {
  return path.split('/', 1)[0];
}

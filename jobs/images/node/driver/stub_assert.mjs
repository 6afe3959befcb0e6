// node:assert for a run on stubs: a stub counts as true for no assertion.

import real from 'node:assert';

import { isStub } from './stub.mjs';

/** `assert` with `assert(value)` and `assert.ok(value)` failing for stubs. */
export function doubting(assert) {
  const ok = (value, ...rest) => assert.ok(isStub(value) ? false : value, ...rest);
  return Object.assign((value, ...rest) => ok(value, ...rest), assert, { ok });
}

const loose = doubting(real);
loose.strict = Object.assign(doubting(real.strict), { strict: undefined });
loose.strict.strict = loose.strict;

export default loose;
export { loose as 'module.exports' };
export const { ok, strict } = loose;
export const {
  AssertionError,
  deepEqual,
  deepStrictEqual,
  doesNotMatch,
  doesNotReject,
  doesNotThrow,
  equal,
  fail,
  ifError,
  match,
  notDeepEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  partialDeepStrictEqual,
  rejects,
  strictEqual,
  throws,
} = real;

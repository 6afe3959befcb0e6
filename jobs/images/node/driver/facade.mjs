// What the code under test gets for `node:test`: the same names; its tests are collected first and run afterwards.

export let test, it, describe, suite, before, after, beforeEach, afterEach, mock, snapshot, assert, run;
export { test as default, test as 'module.exports' };

/** Fills the names in, once. */
export function install(api) {
  if (test) throw new Error('installed already');
  ({ test, it, describe, suite, before, after, beforeEach, afterEach, mock, snapshot, assert, run } = api);
}

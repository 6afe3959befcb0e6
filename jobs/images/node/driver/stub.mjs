// One value that stands for whatever the code under test exports, so that a test which passes on it proves nothing.

const made = new WeakSet();
let count = 0;

export function isStub(value) {
  return (typeof value === 'function' || typeof value === 'object') && value !== null && made.has(value);
}

const traps = {
  apply: () => stub(),
  construct: () => stub(),
  get(_, key) {
    if (key === Symbol.toPrimitive) return (hint) => (hint === 'string' ? `stub ${(count += 1)}` : NaN);
    if (key === Symbol.hasInstance) return () => false;
    if (key === 'prototype') return {};
    // Without `then` it can be awaited, without symbols it is neither iterable nor a known kind of object.
    return key === 'then' || typeof key === 'symbol' ? undefined : stub();
  },
};

/** A new value, equal to no other: it can be called, made with `new` and asked for anything, and answers with its like. */
export function stub() {
  const target = function () {};
  target[`stub ${(count += 1)}`] = count;
  const value = new Proxy(target, traps);
  made.add(value);
  return value;
}

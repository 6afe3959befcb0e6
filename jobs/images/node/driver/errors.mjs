// The names of an error's classes, as far as the code under test has no say in them.

import { AssertionError } from 'node:assert';
import { types } from 'node:util';

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const { isProxy } = types;
const { prototype: anyError } = Error;
const MOST = 20; // names that the code gave
const STANDARD = [
  ...[Error, AggregateError, EvalError, RangeError, ReferenceError, SuppressedError, SyntaxError, TypeError, URIError],
  ...[AssertionError, DOMException, WebAssembly.CompileError, WebAssembly.LinkError, WebAssembly.RuntimeError],
];
const NAMES = new Map(STANDARD.map((it) => [it.prototype, it.name]));
const TAKEN = new Set(NAMES.values());
const nameAt = NAMES.get.bind(NAMES);
const isTaken = TAKEN.has.bind(TAKEN);

/**
 * The names of the classes of what was thrown, from the innermost to Error; what is no error has its `typeof`. A name
 * that the code gave, to a class or to the error itself, is left out where it is a standard class's.
 */
export function namesOf(error) {
  const all = [];
  let own = 0;
  const add = (name) => {
    if (typeof name !== 'string' || !name || isTaken(name) || own >= MOST) return;
    own += 1;
    all[all.length] = name;
  };
  let isError = false;
  if (isObject(error)) add(read(error, 'name'));
  for (let at = error; isObject(at) && !isError; at = getPrototypeOf(at)) {
    const standard = nameAt(at);
    if (standard !== undefined) all[all.length] = standard;
    else if (at !== error) add(read(read(at, 'constructor'), 'name'));
    isError = at === anyError;
  }
  return isError ? all : [error === null ? 'null' : typeof error];
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !isProxy(value);
}

/** The value of a property of its own, without running a getter. */
function read(owner, key) {
  if (!isObject(owner) && (typeof owner !== 'function' || isProxy(owner))) return undefined;
  return getOwnPropertyDescriptor(owner, key)?.value;
}

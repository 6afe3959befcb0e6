// Values as plain data, exactly, both ways. What is not plain data becomes {"t":"o"}, which equals nothing.

import { types } from 'node:util';

const MAX_DEPTH = 60;
const MAX_CHARS = 1 << 19; // of one value; a report holds 1 MiB in all
const TEXT = 200;
const { isArray, prototype: arrayPrototype } = Array;
const { getPrototypeOf, getOwnPropertyDescriptor, is, prototype: objectPrototype } = Object;
const { isSafeInteger } = Number;
const { isProxy, isMap, isSet, isUint8Array } = types;
const { ownKeys } = Reflect;
const quote = JSON.stringify;
const parse = JSON.parse;
const entriesOf = Function.prototype.call.bind(Map.prototype.entries);
const valuesOf = Function.prototype.call.bind(Set.prototype.values);
const cut = Function.prototype.call.bind(String.prototype.slice);
const bigText = Function.prototype.call.bind(BigInt.prototype.toString);

/** The WIRE text (JSON) of `value`. Runs no code of the value's: no getter, no toJSON, no trap of a proxy. */
export function encode(value) {
  const text = write(value, 0);
  return text.length > MAX_CHARS ? other('too large') : text;
}

function other(text) {
  return `{"t":"o","v":${quote(cut(text, 0, TEXT))}}`;
}

function write(value, depth) {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return '{"t":"u"}';
    case 'bigint':
      return bigText(value);
    case 'number':
      return number(value);
    case 'object':
      return value === null ? 'null' : object(value, depth);
    default:
      return other(typeof value);
  }
}

function number(value) {
  if (is(value, -0)) return '{"t":"f","v":"-0.0"}';
  return isSafeInteger(value) ? `${value}` : `{"t":"f","v":"${value}"}`;
}

function object(value, depth) {
  if (isProxy(value)) return other('Proxy');
  if (depth >= MAX_DEPTH) return other('too deep');
  const prototype = getPrototypeOf(value);
  if (isArray(value)) return prototype === arrayPrototype ? array(value, depth) : other(nameOf(value));
  if (isMap(value) && prototype === Map.prototype) return map(value, depth);
  if (isSet(value) && prototype === Set.prototype) return set(value, depth);
  if (isUint8Array(value)) return `{"t":"b","v":"${hex(value)}"}`;
  if (prototype !== objectPrototype && prototype !== null) return other(nameOf(value));
  return record(value, depth);
}

function array(value, depth) {
  const { length } = value;
  if (ownKeys(value).length > length + 1) return other('Array with properties');
  let text = '';
  for (let i = 0; i < length && text.length <= MAX_CHARS; i += 1) {
    const found = getOwnPropertyDescriptor(value, i);
    if (found && !('value' in found)) return other('Array with accessors');
    text += (i ? ',' : '') + write(found?.value, depth + 1);
  }
  return `[${text}]`;
}

function record(value, depth) {
  let text = '';
  for (const key of ownKeys(value)) {
    const found = getOwnPropertyDescriptor(value, key);
    if (!found.enumerable) continue;
    if (typeof key === 'symbol' || !('value' in found)) return other('Object with symbols or accessors');
    text += `${text ? ',' : ''}[${quote(key)},${write(found.value, depth + 1)}]`;
    if (text.length > MAX_CHARS) break;
  }
  return `{"t":"d","v":[${text}]}`;
}

function map(value, depth) {
  let text = '';
  for (const [key, item] of entriesOf(value)) {
    text += `${text ? ',' : ''}[${write(key, depth + 1)},${write(item, depth + 1)}]`;
    if (text.length > MAX_CHARS) break;
  }
  return `{"t":"d","v":[${text}]}`;
}

function set(value, depth) {
  let text = '';
  for (const item of valuesOf(value)) {
    text += (text ? ',' : '') + write(item, depth + 1);
    if (text.length > MAX_CHARS) break;
  }
  return `{"t":"s","v":[${text}]}`;
}

function hex(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length && text.length <= MAX_CHARS; i += 1) text += (bytes[i] + 256).toString(16).slice(1);
  return text;
}

function nameOf(value) {
  const prototype = getPrototypeOf(value);
  const maker = getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const name =
    typeof maker === 'function' && !isProxy(maker) ? getOwnPropertyDescriptor(maker, 'name')?.value : undefined;
  return typeof name === 'string' ? name : 'object';
}

/** A job from its line: integers that a number cannot hold exactly are bigints. */
export function parseJob(line) {
  return parse(line, (_, value, { source }) =>
    typeof value === 'number' && !isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value,
  );
}

/** The value of a WIRE, already parsed by `parseJob`. Throws a TypeError where it is none. */
export function decode(wire) {
  if (typeof wire !== 'object' || wire === null) return wire;
  if (isArray(wire)) return wire.map(decode);
  const { t, v } = wire;
  switch (t) {
    case 'f':
      return Number(v);
    case 'd':
      return dictionary(v.map(([key, value]) => [decode(key), decode(value)]));
    case 's':
      return new Set(v.map(decode));
    case 'b':
      return Buffer.from(v, 'hex');
    case 'u':
      return undefined;
    default:
      throw new TypeError(`no plain data: ${t}`);
  }
}

/** An object where all keys are texts, else a Map. */
function dictionary(entries) {
  if (entries.some(([key]) => typeof key !== 'string')) return new Map(entries);
  const made = {};
  for (const [key, value] of entries) {
    Object.defineProperty(made, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return made;
}

// Finds which file a call of a vector means, by the names that the files export, without running them.

import { posix } from 'node:path';

import { exportsOf } from './exports.mjs';
import { listSources, readTree } from './sources.mjs';

const MAIN = /^(?:solution|index|main)\.[mc]?[jt]s$/;
const { hasOwn } = Object;
const { prototype: anyFunction } = Function;

/** Every source file with what `exportsOf` says of it, as a Map, main files first. Throws what the parser does. */
export function readModules(root, readText) {
  const paths = listSources(root);
  const ordered = [...paths.filter((it) => MAIN.test(it)), ...paths.filter((it) => !MAIN.test(it))];
  return new Map(ordered.map((path) => [path, exportsOf(readTree(root, path, readText(path)))]));
}

/**
 * Where `call` ("func", or "Class.method", also of a namespace or an object) leads: {file, name, member}; undefined
 * where surely no file exports such a name. What has the name is seen when it is called: it may be made in any way.
 */
export function findTarget(modules, call) {
  const [name, member] = call.split('.');
  const file = find(modules, name);
  if (file) return { file, name, member };
  // The tests may have given a namespace or a default export any name they liked.
  const inner = member === undefined ? undefined : find(modules, member);
  if (inner) return { file: inner, name: member };
  const other = [...modules.keys()].find((path) => modules.get(path).names.has('default'));
  return other && { file: other, name: 'default', member };
}

/** The first file that exports `name` for sure, else the first that may. */
function find(modules, name) {
  const paths = [...modules.keys()];
  const sure = (path) => modules.get(path).main === name || has(modules, path, name, new Set());
  return paths.find((path) => sure(path) === true) ?? paths.find((path) => sure(path) === undefined);
}

/** Whether `path` exports `name`; undefined: it may. */
function has(modules, path, name, seen) {
  if (seen.has(path)) return false;
  seen.add(path);
  const { names, stars, open } = modules.get(path);
  if (names.has(name)) return true;
  let found = open ? undefined : false;
  for (const star of stars) {
    const from = pathOf(modules, path, star);
    const inner = from === undefined ? undefined : has(modules, from, name, seen);
    if (inner) return true;
    if (inner === undefined) found = undefined;
  }
  return found;
}

function pathOf(modules, file, specifier) {
  if (!/^\.\.?\//.test(specifier)) return undefined;
  const base = posix.join(posix.dirname(file), specifier);
  const bare = base.replace(/\.[mc]?js$/, '');
  return [base, `${bare}.ts`, `${bare}.mts`, `${bare}.cts`, `${bare}/index.ts`].find((it) => modules.has(it));
}

/** Makes the call in the loaded `module` and returns what it returns. A TypeError where there is nothing to call. */
export function invoke(module, { name, member }, args) {
  const found = exported(module, name);
  if (member === undefined) return found(...args);
  const owner = typeof found === 'function' && !offers(found, member) ? new found() : found;
  return owner[member](...args);
}

function exported(module, name) {
  if (hasOwn(module, name)) return module[name];
  // Node sees only some of the names of a CommonJS file; all of them are on module.exports.
  if (hasOwn(module, 'module.exports') && offers(module.default, name)) return module.default[name];
  return hasOwn(module, 'default') ? module.default : module;
}

/** Whether `owner` has a function of that name that not every function has. */
function offers(owner, name) {
  const found = owner?.[name];
  return typeof found === 'function' && found !== anyFunction[name];
}

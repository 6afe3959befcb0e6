// Collects tests instead of running them: the functions of `node:test` that a test file calls, and the tree they build.

import { AsyncLocalStorage } from 'node:async_hooks';

const HOOKS = ['before', 'after', 'beforeEach', 'afterEach'];
const NOT_PASSED_ON = ['skip', 'todo', 'only', 'concurrency'];

/**
 * A collector over `real`, the functions of node:test. `api`: what test files get; once `running`, calls go to `real`,
 * so that a test inside a test is its subtest. A node of the tree is {title, options, skip, todo, parent} with `fn` (a
 * test) or with `children` and `hooks` (a suite).
 */
export function createCollector(real) {
  const current = new AsyncLocalStorage();
  const waiting = [];
  let running = false;

  function add(defaults, values, isSuite) {
    const { title, options, fn } = read(values);
    const parent = current.getStore();
    if (!parent) return undefined; // no test file is being read
    const merged = { ...options, ...defaults };
    const node = {
      title,
      parent,
      skip: merged.skip ?? parent.skip,
      todo: merged.todo ?? parent.todo,
      options: kept(merged),
    };
    parent.children.push(node);
    if (!isSuite) return void (node.fn = fn);
    Object.assign(node, { children: [], hooks: [] });
    const made = fn ? current.run(node, fn) : undefined;
    if (typeof made?.then === 'function') waiting.push(made);
    return undefined;
  }

  function declare(name, isSuite) {
    const plain = (...values) => (running ? real[name](...values) : Promise.resolve(add({}, values, isSuite)));
    for (const mark of ['skip', 'todo', 'only', 'expectFailure']) {
      if (!real[name][mark]) continue;
      const defaults = mark === 'only' ? {} : { [mark]: true };
      plain[mark] = (...values) =>
        running ? real[name][mark](...values) : Promise.resolve(add(defaults, values, isSuite));
    }
    return plain;
  }

  const api = { mock: real.mock, snapshot: real.snapshot, assert: real.assert, run: real.run };
  for (const name of ['test', 'it']) api[name] = declare(name, false);
  for (const name of ['describe', 'suite']) api[name] = declare(name, true);
  for (const name of HOOKS) {
    api[name] = (fn, options) => {
      if (running) return real[name](fn, options);
      return void current.getStore()?.hooks.push({ name, fn, options });
    };
  }
  for (const [name, value] of Object.entries(api)) if (name !== 'test') api.test[name] = value;
  api.test.test = api.test;

  return {
    api,
    /** The tree of the tests that `load` declares for `file`. Rejects with what it throws. */
    async collect(file, load) {
      const root = { title: file, parent: {}, options: {}, children: [], hooks: [] };
      await current.run(root, load);
      while (waiting.length) await waiting.pop();
      return root;
    },
    /** False: calls are collected. True: they go to node's runner, where a test in a test is its subtest. */
    setRunning: (yes) => void (running = yes),
  };
}

/** The arguments of `test([title], [options], [fn])`, read as node does. */
function read(values) {
  const title = values.find((it) => typeof it === 'string');
  const options = values.find((it) => typeof it === 'object' && it !== null) ?? {};
  const fn = values.find((it) => typeof it === 'function');
  return { title: title || fn?.name || '<anonymous>', options, fn };
}

function kept(options) {
  const copy = { ...options };
  for (const name of NOT_PASSED_ON) delete copy[name];
  return copy;
}

/**
 * The tests below `node` in the order of the source, each given an `id`: `file::suite > test`, no two alike, and none
 * that is among `taken`.
 */
export function identify(node, taken) {
  const found = [];
  const counts = new Map([...taken.keys()].map((id) => [id, 1]));
  (function walk(suite, path) {
    for (const child of suite.children) {
      const titles = [...path, child.title];
      if (child.children) {
        walk(child, titles);
      } else {
        const name = `${node.title}::${titles.join(' > ')}`;
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        child.id = count === 1 ? name : `${name}[${count}]`;
        found.push(child);
      }
    }
  })(node, []);
  return found;
}

// One run of collected tests through node's own runner. Its events and what a test throws must both say "passed".

import { explain, isAssertion } from './explain.mjs';

const PASSED = 0;
const FAILED = 1;

/** `skipped`: ids of tests that are not to be run. */
export function createSession(skipped, { root, real, idle, report }) {
  const secret = Math.random().toString(36).slice(2);
  const running = new Map(); // the name that node's runner knows a test by, to {node, started, reported, own, ended, settle}
  let previous = Promise.resolve();
  let inner = ''; // why a test inside the running test failed
  let hookError;
  let bad = false;

  function wanted(node) {
    if (node.children) return node.children.some(wanted);
    return !skipped.has(node.id) && !skipped.has(node.id.replace(/\[\d+\]$/, ''));
  }

  /** The entries of the tests below `node`, each of which begins when the one before it has been reported. */
  function enter(node) {
    if (node.children) return node.children.flatMap(enter);
    if (!wanted(node)) return [];
    const entry = { node, before: previous, key: `${secret} ${running.size}` };
    previous = entry.ended = new Promise((settle) => (entry.settle = settle));
    running.set(entry.key, entry);
    node.entry = entry;
    return [entry];
  }

  /** Declares `node` to node's runner; a suite's children in its order. */
  function declare(node) {
    if (!wanted(node)) return;
    if (!node.children) {
      const options = { ...node.options, skip: node.skip, todo: node.todo };
      real.test(node.entry.key, options, node.fn && wrap(node.entry));
      return;
    }
    real.suite(node.title, node.options, () => {
      for (const hook of node.hooks) real[hook.name](noting(hook.fn), hook.options);
      for (const child of node.children) declare(child);
    });
  }

  /** A hook's function that remembers what it throws: the tests that node cancels for it are told so. */
  function noting(fn) {
    if (typeof fn !== 'function') return fn;
    return async function hook(t) {
      try {
        await call(fn, this, t);
      } catch (error) {
        hookError = error;
        throw error;
      }
    };
  }

  function wrap(entry) {
    return async function run(t) {
      // A promise made here: node's runner would lay what goes wrong after awaiting a foreign one at another test's door.
      await new Promise((go) => entry.before.then(go));
      start(entry);
      Object.defineProperty(t, 'name', { value: entry.node.title });
      try {
        await idle.race(call(entry.node.fn, t, t));
      } catch (error) {
        entry.own = { error };
        throw error;
      }
    };
  }

  function start(entry) {
    if (entry.started) return;
    entry.started = true;
    inner = '';
    report.start(entry.node.id);
  }

  /** One event of node's runner. */
  function take({ type, data }) {
    if (type !== 'test:pass' && type !== 'test:fail') return;
    const entry = running.get(data.name);
    const error = data.details?.error;
    if (entry) {
      if (!entry.reported) end(entry, ...judge(entry, type, data, error), data.details?.duration_ms);
    } else if (type === 'test:fail' && data.details?.type !== 'suite') {
      inner ||= `${data.name}: ${explain(error?.cause ?? error, root)}`;
    }
  }

  function judge(entry, type, data, error) {
    if (!entry.own && (data.skip !== undefined || data.todo !== undefined)) {
      return ['skipped', [data.skip, data.todo].find((it) => typeof it === 'string') ?? ''];
    }
    if (type === 'test:pass' && !entry.own) return ['passed', ''];
    const cancelled = error?.failureType === 'cancelledByParent' && hookError;
    const why = entry.own ? entry.own.error : cancelled || (error?.cause ?? error);
    if (data.todo !== undefined) return ['skipped', explain(why, root)];
    if (error?.failureType === 'subtestsFailed' && inner) return ['failed', inner];
    if (typeof why === 'string' && !entry.own) return ['error', why];
    return [isAssertion(why) ? 'failed' : 'error', explain(why, root)];
  }

  function end(entry, outcome, message, ms) {
    start(entry);
    entry.reported = true;
    if (outcome === 'failed' || outcome === 'error') bad = true;
    report.case(entry.node.id, outcome, message, ms);
    entry.settle();
  }

  return {
    take,
    /** Runs the tests of one file and waits for their reports. */
    async replay(file) {
      const mine = enter(file);
      declare(file);
      try {
        await idle.race(Promise.all(mine.map(({ ended }) => ended)));
      } catch (error) {
        for (const entry of mine) if (!entry.reported) end(entry, 'error', `not run: ${error.message}`, 0);
      }
    },
    code: () => (bad ? FAILED : PASSED),
  };
}

/** What `fn` returns or, where it takes a callback, what it is called with. Always a promise. */
function call(fn, self, t) {
  if (fn.length < 2) return new Promise((done) => done(fn.call(self, t)));
  return new Promise((done, fail) => fn.call(self, t, (error) => (error ? fail(error) : done())));
}

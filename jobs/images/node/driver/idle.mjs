// Notices when what is waited for can never come: the event loop is empty and a promise is still pending.

/** `race(work)`: the promise `work`, rejected when nothing is left that could settle it; races may be nested. */
export function createIdleWatch() {
  const later = setImmediate;
  const waiting = [];
  // Node's test runner would cancel every test that is still to come.
  process.removeAllListeners('beforeExit');
  process.on('beforeExit', () => {
    const fail = waiting.pop();
    // Not at once: the event loop goes on, and so comes back here, only when it has something to do.
    if (fail) later(fail, new Error('it waits for something that never comes'));
  });
  return {
    race(work) {
      return new Promise((done, fail) => {
        waiting.push(fail);
        const settled = (settle) => (value) => {
          const at = waiting.indexOf(fail);
          if (at >= 0) waiting.splice(at, 1);
          settle(value);
        };
        work.then(settled(done), settled(fail));
      });
    },
  };
}

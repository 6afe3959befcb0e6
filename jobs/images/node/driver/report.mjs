// The private report: one JSON object a line on descriptor 3. Everything it needs is taken before any other code runs.

import fs from 'node:fs';

// A copy: an import is renewed when somebody replaces the function.
const { writeSync } = fs;
const DESCRIPTOR = 3;
const MESSAGE_LIMIT = 2000;
const quote = JSON.stringify;
const slice = Function.prototype.call.bind(String.prototype.slice);

/** The text as a JSON string of at most 2000 characters; half a surrogate pair is never left. */
function text(value) {
  return quote(slice(`${value}`, 0, MESSAGE_LIMIT));
}

/**
 * The writer of events. Lines are joined from quoted strings, because `JSON.stringify` of an object would ask
 * `toJSON`, which the code under test may have planted.
 */
export function createReport(write = (line) => writeSync(DESCRIPTOR, line)) {
  return {
    ready: () => write('{"ev":"ready"}\n'),
    broken: (message) => write(`{"ev":"broken","message":${text(message)}}\n`),
    collected: (ids) => write(`{"ev":"collected","ids":[${list(ids)}]}\n`),
    supported: (ids, refused) =>
      write(`{"ev":"supported","ids":[${list(ids)}],"refused":[${list(refused)}]}\n`),
    start: (id) => write(`{"ev":"start","id":${quote(id)}}\n`),
    case: (id, outcome, message, ms) =>
      write(
        `{"ev":"case","id":${quote(id)},"outcome":${quote(outcome)},"message":${text(message)},"ms":${time(ms)}}\n`,
      ),
    value: (id, wire, ms) => write(`{"ev":"value","id":${quote(id)},"value":${wire},"ms":${time(ms)}}\n`),
    raised: (id, errors, message) =>
      write(`{"ev":"raised","id":${quote(id)},"errors":[${list(errors)}],"message":${text(message)}}\n`),
    finish: (code) => write(`{"ev":"finish","code":${+code}}\n`),
  };
}

function list(strings) {
  let joined = '';
  for (let i = 0; i < strings.length; i += 1) joined += (i ? ',' : '') + quote(strings[i]);
  return joined;
}

/** Milliseconds with three digits; a duration that is no number is 0. */
function time(ms) {
  return ms > 0 && ms < 1e9 ? `${Math.round(ms * 1000) / 1000}` : '0';
}

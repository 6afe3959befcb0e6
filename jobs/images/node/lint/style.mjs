// ESLint over JavaScript, and over TypeScript without its types. No config discovery and no file cache: it starts quickly.

import { readFileSync } from 'node:fs';

import { Linter } from 'eslint/universal';

import { isTypeScript, kindOf, parse, toJavaScript } from '../driver/sources.mjs';
import { configFor } from './rules.mjs';

const linter = new Linter();

/** Findings of one file as [{line, rule, message}]. A file that cannot be parsed has one of the rule `syntax`. */
export function check(path) {
  const text = readFileSync(path, 'utf8');
  const typed = isTypeScript(path);
  try {
    const code = typed ? toJavaScript(text, path) : text;
    const { module } = parse(code, kindOf(path));
    const found = linter.verify(code, configFor({ typed, module }), { filename: 'code.js' });
    return found.map(({ line = 1, ruleId, fatal, message }) => ({
      line,
      // What is no rule's and not fatal is about a comment that wants to switch rules off, and does not.
      rule: ruleId ?? (fatal ? 'syntax' : 'eslint-suppressed'),
      message,
    }));
  } catch (error) {
    return typed ? [] : [{ line: error.loc?.line ?? 1, rule: 'syntax', message: error.message }];
  }
}

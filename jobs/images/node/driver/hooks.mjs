// How the code under test finds and loads modules: node's own way, and TypeScript, the image's packages, our node:test.

import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { isTypeScript, kindOf, toJavaScript } from './sources.mjs';

const DRIVER = new URL('./', import.meta.url).href;
const PACKAGES_FROM = new URL('../package.json', import.meta.url).href;
const PACKAGES = new Set(['date-fns', 'lodash', 'uuid', 'zod']);
const NOT_FOUND = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT']);
// Node imports the one when the first test is declared, stubbed code the other; they hold nothing that can be replaced.
const OPEN = new Set([`${DRIVER}reporter.mjs`, `${DRIVER}stub.mjs`]);
const FACADE = `${DRIVER}facade.mjs`;
const STUB_ASSERT = { assert: `${DRIVER}stub_assert.mjs`, 'assert/strict': `${DRIVER}stub_assert_strict.mjs` };
const MODULE_SYNTAX = /^[ \t]*(?:import|export)\b/m;
const SCRIPT_SYNTAX = /\brequire\(|\bexports\b/;
const TWINS = { '.js': ['.ts'], '.mjs': ['.mts'], '.cjs': ['.cts'], '': ['.ts', '.mts', '.cts', '/index.ts'] };

/**
 * Registers the hooks for good. `state.open`: the driver itself is still loading; from then on its modules are closed
 * to everybody else. `state.stub(path, code)`, where set, gives the source that replaces a file's; `state.edits` has
 * texts that take the place of what files hold.
 */
export function installHooks(root, state) {
  const workspace = pathToFileURL(`${root}/`).href;
  const editOf = state.edits.get.bind(state.edits); // the code under test may replace Map's own

  function resolve(specifier, context, next) {
    const trusted = context.parentURL?.startsWith(DRIVER) ?? false;
    if (!trusted && specifier === 'node:test') return { url: FACADE, format: 'module', shortCircuit: true };
    if (!trusted && state.stub) {
      const url = STUB_ASSERT[specifier.replace(/^node:/, '')];
      if (url) return { url, format: 'module', shortCircuit: true };
    }
    const found = search(specifier, context, next);
    if (!trusted && !state.open && found.url.startsWith(DRIVER) && !OPEN.has(found.url)) throw missing(specifier);
    return found;
  }

  function search(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!NOT_FOUND.has(error?.code)) throw error;
      const twin = twinOf(specifier, context.parentURL);
      if (twin) return next(twin, context);
      const name = specifier.split('/', 1)[0];
      if (PACKAGES.has(name)) return next(specifier, { ...context, parentURL: PACKAGES_FROM });
      throw error;
    }
  }

  function load(url, context, next) {
    if (!url.startsWith(workspace)) return next(url, context);
    const path = fileURLToPath(url);
    if (isTypeScript(path)) {
      // Node's own loader would strip types to find the format, and it refuses enums.
      const code = editOf(path) ?? readFileSync(path, 'utf8');
      const source = toJavaScript(code, url);
      return {
        format: formatOf(path, context.format, source),
        source,
        ...state.stub?.(path, code),
        shortCircuit: true,
      };
    }
    const edit = editOf(path);
    if (edit !== undefined) return { format: formatOf(path, context.format, edit), source: edit, shortCircuit: true };
    const loaded = next(url, context);
    return loaded.source == null ? loaded : { ...loaded, ...state.stub?.(path, `${loaded.source}`) };
  }

  registerHooks({ resolve, load });
}

/** The TypeScript file that a relative specifier without or with a JavaScript ending means, as its compiler reads it. */
function twinOf(specifier, parent) {
  if (!parent?.startsWith('file:') || !isTypeScript(parent) || !/^(\.|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, parent).href;
  const ending = /\.[mc]?js$/.exec(url)?.[0] ?? '';
  return TWINS[ending]
    .map((other) => url.slice(0, url.length - ending.length) + other)
    .find((it) => existsSync(fileURLToPath(it)));
}

/** `declared`: what a package.json says, where one does. */
function formatOf(path, declared, source) {
  const known = kindOf(path) ?? declared?.replace('-typescript', '');
  if (known) return known;
  return !MODULE_SYNTAX.test(source) && SCRIPT_SYNTAX.test(source) ? 'commonjs' : 'module';
}

function missing(specifier) {
  return Object.assign(new Error(`Cannot find module '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
}

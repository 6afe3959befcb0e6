// Which files of the workspace are source code, and their JavaScript.

import { readdirSync } from 'node:fs';
import { createRequire, setSourceMapsSupport, stripTypeScriptTypes } from 'node:module';
import { pathToFileURL } from 'node:url';

const SOURCE = /\.[mc]?[jt]s$/;
const DECLARATIONS = /\.d\.[mc]?ts$/;
const TYPESCRIPT = /\.[mc]?ts$/;
const UNSUPPORTED = 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX';

/** Paths, relative to `root` and sorted, of the source files below it, wherever they hide. */
export function listSources(root, below = '') {
  const found = [];
  for (const entry of readdirSync(`${root}/${below}`, { withFileTypes: true })) {
    const path = below + entry.name;
    if (entry.isDirectory()) {
      found.push(...listSources(root, `${path}/`));
    } else if (SOURCE.test(entry.name) && !DECLARATIONS.test(entry.name)) {
      found.push(path);
    }
  }
  return below ? found : found.sort();
}

export function isTypeScript(path) {
  return TYPESCRIPT.test(path);
}

// What was asked for last: test files are looked at before they are loaded.
let before = {};

/**
 * JavaScript with every line and column where it was; enums, namespaces and parameter properties make it be rewritten
 * with a source map instead. Throws a SyntaxError on what is not TypeScript.
 */
export function toJavaScript(code, url) {
  if (before.code !== code || before.url !== url) before = { code, url, script: translated(code, url) };
  return before.script;
}

function translated(code, url) {
  try {
    return stripTypeScriptTypes(code, { sourceUrl: url });
  } catch (error) {
    if (error.code !== UNSUPPORTED) throw error;
    setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
    return stripTypeScriptTypes(code, { mode: 'transform', sourceMap: true, sourceUrl: url });
  }
}

let acorn;

/**
 * The syntax tree of the file `path` below `root`, and whether it is a module. Throws a SyntaxError that names the line.
 */
export function readTree(root, path, code) {
  try {
    return parse(isTypeScript(path) ? toJavaScript(code, pathToFileURL(`${root}/${path}`).href) : code, kindOf(path));
  } catch (error) {
    if (!error.loc) throw error;
    throw new SyntaxError(`${path}:${error.loc.line}: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`, { cause: error });
  }
}

/** The syntax tree of a file's JavaScript and whether it is a module. `kind`: module, commonjs or undefined. */
export function parse(code, kind) {
  acorn ??= createRequire(import.meta.url)('acorn');
  const options = { ecmaVersion: 'latest', allowHashBang: true, allowReturnOutsideFunction: true };
  if (kind !== 'commonjs') {
    try {
      const tree = acorn.parse(code, { ...options, sourceType: 'module', allowReturnOutsideFunction: false });
      if (kind === 'module' || tree.body.some(isModuleSyntax)) return { tree, module: true };
    } catch (error) {
      if (kind === 'module') throw error;
    }
  }
  return { tree: acorn.parse(code, { ...options, sourceType: 'script' }), module: false };
}

function isModuleSyntax(statement) {
  return statement.type === 'ImportDeclaration' || statement.type.startsWith('Export');
}

/** What a file's name says about its kind; undefined where its text decides. */
export function kindOf(path) {
  if (/\.m[jt]s$/.test(path)) return 'module';
  return /\.c[jt]s$/.test(path) ? 'commonjs' : undefined;
}

// TypeScript's own checker, the native one, over a copy of the files: there it finds the image's packages beside them.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isTypeScript } from '../driver/sources.mjs';
import { candidateOf } from './order.mjs';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
const CHECKER = `${MODULES}/@typescript/typescript-linux-${process.arch}/lib/tsc`;
const LINE = /^(?<file>[^(]+)\((?<line>\d+),\d+\): error (?<rule>TS\d+): (?<message>.*)$/s;
const REACHES_OTHERS = /\bdeclare\b[^]*\b(?:global|module)\b/;
// Also in letters that differ only by case.
const SWITCH = /@(ts-(?:nocheck|ignore|expect-error))/giu;
const OPTIONS = {
  ...{ noEmit: true, strict: true, skipLibCheck: true, pretty: false, incremental: false },
  ...{ target: 'esnext', lib: ['esnext'], types: ['node'], module: 'preserve', moduleResolution: 'bundler' },
  // Files of different candidates see nothing of each other's names.
  ...{ moduleDetection: 'force', allowImportingTsExtensions: true, resolveJsonModule: true, esModuleInterop: true },
};

/**
 * Findings of all TypeScript among `paths` ("candidate/file", read from the working folder) as [{file, line, rule,
 * message}]. Rejects when the checker cannot do its work.
 */
export async function checkTypes(paths, readText) {
  const typed = paths.filter(isTypeScript);
  if (!typed.length) return [];
  const folder = `${tmpdir()}/types`;
  mkdirSync(folder);
  symlinkSync(MODULES, `${folder}/node_modules`);
  // A message may hold a line break and then what looks like a finding of another candidate: it cannot know this name.
  const secret = randomBytes(12).toString('hex');
  const found = [];
  const texts = new Map(paths.map((path) => [path, readText(path)]));
  for (const [path, text] of texts) {
    const copy = `${folder}/${secret}${path}`;
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, text.replaceAll(SWITCH, ' $1'));
    if (isTypeScript(path)) found.push(...switches(text).map((it) => ({ file: path, ...it })));
  }
  const apart = typed.some((path) => REACHES_OTHERS.test(texts.get(path)));
  const groups = apart ? Object.values(Object.groupBy(typed, candidateOf)) : [typed];
  for (const files of groups) found.push(...(await inRounds(folder, secret, files)));
  return found;
}

/** Comments that would switch the checker off; its copy does not have them. */
function switches(text) {
  return text.split('\n').flatMap((line, at) =>
    [...line.matchAll(SWITCH)].map(([word]) => ({
      line: at + 1,
      rule: 'ts-suppressed',
      message: `${word} does not hide a type error here`,
    })),
  );
}

/** The checker says nothing of types while any file has an error of syntax: the blameless are seen once more. */
async function inRounds(folder, secret, files) {
  const found = await run(folder, secret, files);
  const blamed = new Set(found.map(({ file }) => candidateOf(file)));
  const rest = files.filter((path) => !blamed.has(candidateOf(path)));
  return blamed.size && rest.length ? [...found, ...(await inRounds(folder, secret, rest))] : found;
}

async function run(folder, secret, files) {
  const config = { compilerOptions: OPTIONS, files: files.map((it) => secret + it) };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
  const checker = spawn(CHECKER, ['-p', folder], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const text = await new Response(checker.stdout).text();
  const code = await new Promise((settle) =>
    checker.exitCode === null ? checker.on('exit', settle) : settle(checker.exitCode),
  );
  const found = read(text, secret);
  if (code !== 0 && !found.length) throw new Error(`the type checker ended with ${code}: ${text.slice(0, 300)}`);
  return found;
}

/** The checker's lines; an indented one goes on with the message before it. */
function read(text, secret) {
  const found = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line)?.groups;
    if (match?.file.startsWith(secret)) {
      found.push({ ...match, file: match.file.slice(secret.length), line: Number(match.line) });
    } else if (/^\s+\S/.test(line) && found.length) {
      found.at(-1).message += ` ${line.trim()}`;
    }
  }
  for (const it of found) it.message = it.message.replaceAll(secret, '');
  return found;
}

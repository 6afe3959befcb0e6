// The rules, as ESLint's flat config.

import security from 'eslint-plugin-security';

/** Rules whose findings are errors in language.json. */
export const BROKEN = [
  ...['no-undef', 'no-const-assign', 'no-import-assign', 'no-this-before-super', 'constructor-super', 'no-obj-calls'],
  ...['no-invalid-regexp', 'no-new-native-nonconstructor'],
];
/** The same, for what is dangerous. */
export const DANGEROUS = [
  ...['no-eval', 'no-implied-eval', 'no-new-func', 'security/detect-eval-with-expression'],
  ...['security/detect-bidi-characters', 'security/detect-buffer-noassert'],
];
const TWICE = [
  ...['no-dupe-class-members', 'no-unreachable', 'no-dupe-keys', 'no-redeclare', 'no-unused-vars', 'getter-return'],
];
const DOUBTFUL = [
  ...['no-cond-assign', 'no-constant-condition', 'no-duplicate-case', 'no-fallthrough', 'no-func-assign'],
  ...['no-self-assign', 'no-sparse-arrays', 'no-unsafe-finally', 'no-unsafe-negation', 'use-isnan', 'valid-typeof'],
  ...['no-loss-of-precision', 'array-callback-return', 'no-unsafe-optional-chaining'],
  ...['security/detect-child-process', 'security/detect-new-buffer', 'security/detect-no-csrf-before-method-override'],
  ...['security/detect-non-literal-fs-filename', 'security/detect-non-literal-regexp', 'security/detect-unsafe-regex'],
  ...['security/detect-non-literal-require', 'security/detect-pseudoRandomBytes'],
];
/** What the type checker says better. */
const TYPED = new Set([...BROKEN, ...TWICE]);

const IN_SCRIPTS = ['require', 'module', 'exports', '__dirname', '__filename'];
const globals = Object.fromEntries(
  [...Object.getOwnPropertyNames(globalThis), ...IN_SCRIPTS].map((name) => [name, 'readonly']),
);

/** The config for one file. `typed`: its types were checked already; `module`: how it is parsed. */
export function configFor({ typed, module }) {
  const names = [...BROKEN, ...DANGEROUS, ...TWICE, ...DOUBTFUL].filter((name) => !typed || !TYPED.has(name));
  return [
    {
      languageOptions: { ecmaVersion: 'latest', sourceType: module ? 'module' : 'commonjs', globals },
      linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
      plugins: { security },
      rules: Object.fromEntries(names.map((name) => [name, 'warn'])),
    },
  ];
}

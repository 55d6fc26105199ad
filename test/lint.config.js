// The lint rules. In test/ so that nothing but what a reader looks for lies at the top of the repository.
import * as regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'test/scenarios/', 'test/tools/'] },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      // `${count} pods` is what sentences are made of.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `return say(...)` ends a judgement with what it says; a judgement returns nothing, or `stop`.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // `[...text]` is by code points, and is meant so.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A default case is a decision about the rest; without one, every member must be named.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      // `expect.any()`, `expect.objectContaining()` and JSON.parse of an answer are `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A test that finds nothing there fails, which is what it is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A credential written in two halves is none to a scanner of this repository.
      '@typescript-eslint/no-unnecessary-template-expression': 'off',
    },
  },
  {
    files: ['src/**'],
    // The archive is read from what disk/ has opened; the standard streams are open.
    ignores: ['src/disk/**', 'src/docs/**', 'src/snapshot/archive.ts', 'src/cli/streams.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'ImportDeclaration[source.value=/^node:fs/] > ImportSpecifier[imported.name=/^(read|write|append|open|create|copy)(?!dir)/]',
          message:
            'src/disk reads and writes: it has limits, and knows a file from a device or a pipe, which may have no end.',
        },
      ],
    },
  },
  {
    files: ['test/**'],
    ignores: ['test/**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'Program > ExpressionStatement > CallExpression[callee.name=/^(before|after)(Each|All)$/]',
          message:
            'The files of one worker share this module: the hook would belong to the first of them alone.',
        },
      ],
    },
  },
  { files: ['test/lab/**', 'test/bench/**'], rules: { 'no-console': 'off' } },
  {
    // What clusters, tools and users print is read with these: none may take longer than its text is long.
    files: ['src/**/*.ts', 'runbooks/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
      'regexp/no-dupe-disjunctions': ['error', { report: 'all' }],
      'regexp/no-empty-alternative': 'error',
      'regexp/no-contradiction-with-assertion': 'error',
      'regexp/no-misleading-capturing-group': 'error',
      'regexp/optimal-quantifier-concatenation': 'error',
    },
  },
);

/** What scripts keep to beyond their types: few rules, each of which has found a fault before. */
import js from '@eslint/js';
import globals from 'globals';

/** Names that say nothing of what they hold, wherever a name is given: declared, taken apart, asked for. */
const EMPTY = '[name=/^(one|found)$/]';
const NAMED = [
  `VariableDeclarator > Identifier.id${EMPTY}`,
  `:function > Identifier.params${EMPTY}`,
  `:function > AssignmentPattern.params > Identifier.left${EMPTY}`,
  `:matches(ArrayPattern, RestElement) > Identifier${EMPTY}`,
  `ObjectPattern > Property > Identifier.value${EMPTY}`,
  `:function > Identifier.id${EMPTY}`,
];

export default [
  { ignores: ['evaluator_app/assets/', 'node_modules/', '.venv/', 'var/'] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-else-return': 'error',
      'no-implicit-coercion': 'error',
      'no-restricted-syntax': ['error', { selector: NAMED.join(', '), message: 'Name it for what it is or holds.' }],
      'no-self-compare': 'error',
      'no-shadow': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-use-before-define': ['error', { functions: false, variables: false }],
      'no-useless-return': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['frontend/**/*.js'],
    languageOptions: { globals: globals.browser },
    rules: {
      // Whoever asks the server does it by base/http.js.
      'no-restricted-globals': ['error', 'fetch'],
    },
  },
  { files: ['frontend/base/http.js', 'frontend/**/*.worker.js'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['frontend/tests/*.js'], languageOptions: { globals: globals.node } },
  { files: ['**/*.mjs', 'eslint.config.js'], languageOptions: { globals: globals.node }, rules: { 'no-console': 'off' } },
];

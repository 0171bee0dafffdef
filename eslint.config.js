/** What scripts keep to beyond their types: few rules, each of which has found a fault before. */
import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['evaluator_app/assets/', 'node_modules/', '.venv/', 'var/'] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-else-return': 'error',
      'no-implicit-coercion': 'error',
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

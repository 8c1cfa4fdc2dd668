import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/build/', 'dist/', '.local/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A construct is made for its effect on the tree: `new NetworkPolicy(this, …)` needs no name.
      'no-new': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['packages/**/*.ts', 'services/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*-fixture.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name=/^(begin|reserve)$/][callee.object.name=/sql$/i]',
          message:
            'The process dies when the connection ends in the middle of it (porsager/postgres#1208): use inTransaction.',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      'jest/expect-expect': 'error',
      'jest/no-disabled-tests': 'error',
      'jest/no-focused-tests': 'error',
    },
  },
  {
    // What runs in the browser, and the few plain configuration files.
    files: ['**/*.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        window: 'readonly',
        fetch: 'readonly',
        crypto: 'readonly',
        localStorage: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        clearInterval: 'readonly',
        EventSource: 'readonly',
        AudioContext: 'readonly',
        setInterval: 'readonly',
        AbortSignal: 'readonly',
        FormData: 'readonly',
        Intl: 'readonly',
        Date: 'readonly',
        HTMLElement: 'readonly',
        Event: 'readonly',
      },
    },
  },
  prettier,
);

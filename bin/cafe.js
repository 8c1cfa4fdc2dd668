#!/usr/bin/env node
// The command `cafe` of a checkout: TypeScript, translated as it is loaded.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { register } from 'tsx/esm/api';

register();
const { run } = await import('../cdk8s/checks/command.ts');
const { status, output } = run(process.argv.slice(2), () => readFileSync(0, 'utf8'));
(status === 2 ? process.stderr : process.stdout).write(`${output}\n`);
process.exitCode = status;

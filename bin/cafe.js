#!/usr/bin/env node
// The command `cafe` of a checkout, from its sources.
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

process.argv.splice(2, 0, fileURLToPath(new URL('../packages/checks/command/main.ts', import.meta.url)));
await import('../cdk8s/run.js');

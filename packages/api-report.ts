import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorResult,
} from '@microsoft/api-extractor';
import { z } from 'zod';

// What each entry point of each package offers, in packages/<name>/etc: `make api` writes it, and without --write this
// fails when a signature has changed and the report has not. Run `npm run build` first; it reads the declarations.

const PACKAGES = fileURLToPath(new URL('.', import.meta.url));
const write = process.argv.includes('--write');
const manifest = z.object({ exports: z.record(z.string(), z.object({ types: z.string() })) });

function report(name: string, entry: string, types: string): ExtractorResult {
  const projectFolder = join(PACKAGES, name);
  const reportFileName = [name, ...entry.split('/').slice(1)].join('-');
  mkdirSync(join(projectFolder, 'etc'), { recursive: true });
  return Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(projectFolder, 'package.json'),
      configObject: {
        projectFolder,
        mainEntryPointFilePath: join(projectFolder, types),
        compiler: {
          // Without `paths`: as one who has installed the packages sees them.
          overrideTsconfig: {
            compilerOptions: {
              target: 'ES2023',
              lib: ['ES2023'],
              module: 'NodeNext',
              types: ['node'],
              strict: true,
              skipLibCheck: true,
            },
            files: [types],
          },
        },
        apiReport: {
          enabled: true,
          reportFileName,
          reportFolder: '<projectFolder>/etc',
          reportTempFolder: '<projectFolder>/build/etc',
          // A shape that is taken or given is part of the API, whether it has a name outside or not.
          includeForgottenExports: true,
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        newlineKind: 'lf',
        messages: {
          extractorMessageReporting: Object.fromEntries(
            ['ae-missing-release-tag', 'ae-forgotten-export', 'ae-undocumented'].map((id) => [
              id,
              { logLevel: ExtractorLogLevel.None },
            ]),
          ),
        },
      },
    }),
    {
      localBuild: write,
      messageCallback(message) {
        // It is said below, in the words of this repository.
        if (message.messageId.startsWith('console-')) message.handled = true;
      },
    },
  );
}

let failed = false;
for (const name of ['contract', 'checks', 'postgresql', 'constructs', 'runtime']) {
  const { exports } = manifest.parse(JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')));
  for (const [entry, { types }] of Object.entries(exports)) {
    if (!existsSync(join(PACKAGES, name, types))) {
      throw new Error(`packages/${name}/${types} is missing; run "npm run build" first.`);
    }
    const { apiReportChanged, errorCount, warningCount } = report(name, entry, types);
    const module = `@cafe-lumiere/${name}${entry.slice(1)}`;
    if (apiReportChanged) console.log(`${module} ${write ? 'has a new report' : 'has changed'}`);
    failed ||= errorCount > 0 || (!write && warningCount > 0);
  }
}
if (failed) {
  console.error(
    '\nWhat users can call is not what packages/*/etc says. If it is meant, "make api" writes it anew, and its\ndifference belongs in the commit: a name that is gone or a type that is narrower is a new major version.',
  );
  process.exitCode = 1;
}

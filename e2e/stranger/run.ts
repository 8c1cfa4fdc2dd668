import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { attempt, type CommandResult, run } from '../command.js';
import { eventually, Journal, lastLine, must } from '../journal.js';

// A project that has never seen this repository: its folder is empty, and it knows our packages by their tarballs alone.
// It runs two servers that are not ours, one of them from npm, each with a database in a namespace of its own.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROJECT = fileURLToPath(new URL('project', import.meta.url));
const PACKAGES = ['contract', 'checks', 'postgresql', 'constructs', 'runtime'];
const NAMESPACES = ['stranger-data', 'stranger-sales'];
/** A download that stands still is begun again after a minute; npm itself waits five, and all of it may take ten. */
const NPM_INSTALL = 'npm install --no-audit --no-fund --fetch-timeout=60000';
const IMAGES = ['graphql', 'shop'];
/** The most that the program may take, blank lines and comments not counted. */
const LINES = 40;

const HELP = `A stranger's project, from the packed tarballs alone.

  make stranger
  node --import tsx e2e/stranger/run.ts [--no-cluster] [--keep]

  KUBECONFIG, REGISTRY   the cluster and the registry that its nodes pull from

  --no-cluster   only install, compile, synthesize and check
  --keep         leave the namespaces in the cluster, and the folder`;

const words = new Set(process.argv.slice(2));
if (words.has('--help')) {
  console.log(HELP);
  process.exit(0);
}

const journal = new Journal();
const folder = mkdtempSync(join(tmpdir(), 'stranger-'));
const inFolder = (line: string): Promise<string> => run(line, { cwd: folder, timeoutSeconds: 600 });
const attemptInFolder = (line: string): Promise<CommandResult> => attempt(line, { cwd: folder });
try {
  await install();
  await synthesize();
  await findTypos();
  if (!words.has('--no-cluster')) await deploy();
} catch (error) {
  if (journal.close() === 0) console.error(error);
  process.exit(1);
} finally {
  if (!words.has('--keep')) rmSync(folder, { recursive: true, force: true });
}
process.exit(journal.close());

async function install(): Promise<void> {
  journal.heading('An empty folder');
  const tarballs = await journal.step('the packages are packed', async () => {
    mkdirSync(join(folder, 'tarballs'));
    const selected = PACKAGES.map((name) => `-w packages/${name}`).join(' ');
    await run('npm run build', { cwd: ROOT });
    // One build for all of them, instead of one each before its pack.
    await run(
      `npm pack --ignore-scripts --silent ${selected} --pack-destination ${join(folder, 'tarballs')}`,
      { cwd: ROOT },
    );
    return readdirSync(join(folder, 'tarballs')).map((name) => `./tarballs/${name}`);
  });
  await journal.step('they are installed, with what their package.json names', async () => {
    const { cdk8s, 'cdk8s-cli': cli, constructs, typescript, zod } = versions();
    const others = `cdk8s@${cdk8s} cdk8s-cli@${cli} constructs@${constructs} zod@${zod} typescript@${typescript} @types/node@20`;
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    await inFolder(`${NPM_INSTALL} ${tarballs.join(' ')} ${others}`);
  });
  cpSync(PROJECT, folder, { recursive: true });
  // Under its own name it would be this repository's, too, for editors and eslint.
  renameSync(join(folder, 'tsconfig.stranger.json'), join(folder, 'tsconfig.json'));
  await journal.step(`the program has at most ${LINES} lines`, async () => {
    const lines = readFileSync(join(folder, 'main.ts'), 'utf8').split('\n');
    const counted = lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
    must(counted.length <= LINES, `main.ts has ${counted.length} lines`);
    return Promise.resolve();
  });
}

/** Of what this repository uses from others, too. */
function versions(): Record<'cdk8s' | 'cdk8s-cli' | 'constructs' | 'typescript' | 'zod', string> {
  return { ...packageJson.dependencies, ...packageJson.devDependencies };
}

async function synthesize(): Promise<void> {
  journal.heading('Its program');
  await journal.step("the first example of each package's README is beside it", () => {
    for (const name of PACKAGES) {
      const readme = readFileSync(join(folder, 'node_modules/@cafe-lumiere', name, 'README.md'), 'utf8');
      const [, code] = /```ts\n(.*?)```/s.exec(readme) ?? [];
      must(code !== undefined, `the README of ${name} has no example`);
      writeFileSync(join(folder, `readme-${name}.ts`), code);
    }
    return Promise.resolve();
  });
  await journal.step('$ npx tsc, with the declarations of every dependency checked', () =>
    inFolder('npx tsc'),
  );
  await journal.step('$ npx cdk8s synth', () => inFolder('CDK8S_CHECK_UPGRADE=false npx cdk8s synth'));
  journal.note(lastLine(await journal.step('$ npx cafe check', () => inFolder('npx cafe check'))));
}

/** One letter each, in what a compiler can know, in what a synth can know, and in what only the manifests say. */
async function findTypos(): Promise<void> {
  journal.heading('A typo');
  /** What a command says while a file has another text in one place. */
  const mistyped = async (name: string, from: string, to: string, line: string): Promise<CommandResult> => {
    const file = join(folder, name);
    const original = readFileSync(file, 'utf8');
    must(original.includes(from), `${name} has no ${from}`);
    writeFileSync(file, original.replace(from, to));
    const result = await attemptInFolder(line);
    writeFileSync(file, original);
    return result;
  };
  await journal.step('in a variable does not compile', async () => {
    const [right, wrong] = ["env: 'GRAPHQL_URL'", "env: 'GRAPHQL_URI'"];
    const { code, stdout } = await mistyped('main.ts', right, wrong, 'npx tsc --noEmit');
    must(code !== 0 && stdout.includes('GRAPHQL_URI'), `exit ${code}: ${stdout}`);
  });
  await journal.step('in a name does not synthesize, and says why', async () => {
    const { code, stderr } = await mistyped('main.js', "database: 'app'", "database: 'App'", 'node main.js');
    must(code !== 0 && stderr.includes('"App"'), `exit ${code}: ${stderr}`);
  });
  await journal.step('in a manifest is found by the checks, exit 1', async () => {
    await inFolder(
      'rm -rf typo && cp -r dist typo && sed -i s/graphql.stranger-data/grafql.stranger-data/ typo/*.yaml',
    );
    const { code, stdout } = await attemptInFolder('npx cafe check typo --no-release');
    must(code === 1 && stdout.includes('CAFE001'), `exit ${code}: ${stdout}`);
  });
  await journal.step('in the folder is not taken for a finding, exit 2', async () => {
    const { code, stderr } = await attemptInFolder('npx cafe check dits');
    must(code === 2, `exit ${code}: ${stderr}`);
  });
}

async function deploy(): Promise<void> {
  journal.heading('On a cluster');
  const registry = process.env['REGISTRY'];
  must(Boolean(registry), 'REGISTRY is not set; it names the registry that the nodes pull from');
  await journal.step('its images are built and pushed', async () => {
    for (const name of IMAGES) {
      const context = `images/${name}`;
      await inFolder(`${NPM_INSTALL} --prefix ${context} --ignore-scripts --omit=dev`);
      await inFolder(`docker build -q -t ${registry}/stranger/${name}:1 -f images/Dockerfile ${context}`);
      await inFolder(`docker push -q ${registry}/stranger/${name}:1`);
    }
  });
  await remove();
  await journal.step('$ kubectl apply -f dist', () => inFolder('kubectl apply -f dist'));
  for (const name of NAMESPACES) {
    await journal.step(`$ helm install ${name}-postgresql`, () =>
      inFolder(`helm install ${name}-postgresql dist/helm/${name} --namespace ${name} --wait --timeout 5m`),
    );
  }
  for (const [namespace, deployment] of [
    ['stranger-data', 'graphql'],
    ['stranger-sales', 'shop'],
  ] as const) {
    await journal.step(`${deployment} is ready`, () =>
      inFolder(`kubectl -n ${namespace} rollout status deployment/${deployment} --timeout 5m`),
    );
  }
  await journal.step(
    'a visitor is counted in one database, with an answer from the other namespace',
    async () => {
      const answer = await eventually(30, () =>
        inFolder(
          `kubectl -n stranger-sales exec deployment/shop -- node -e "fetch('http://localhost:8080/').then(async (a) => { console.log(await a.text()); process.exit(a.ok ? 0 : 1) })"`,
        ),
      );
      must(/"visits":\d+/.test(answer) && answer.includes('"__typename":"Query"'), answer);
    },
  );
  if (!words.has('--keep')) await remove();
}

async function remove(): Promise<void> {
  await journal.step('its namespaces are gone', () =>
    run(`kubectl delete namespace ${NAMESPACES.join(' ')} --ignore-not-found --timeout 3m`),
  );
}

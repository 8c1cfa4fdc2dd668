import { z } from 'zod';
import { describe } from './value-types.js';

// For Helm in templates/_validate.tpl.
/**
 * What of initdb's own options is the reader's to choose: how text is stored and sorted, and the size of a WAL file. Where
 * the data lie, who is the superuser and how one logs in is the chart's.
 */
export const INITDB_OPTIONS: readonly string[] = [
  'builtin-locale',
  'encoding',
  'icu-locale',
  'icu-rules',
  'lc-collate',
  'lc-ctype',
  'lc-messages',
  'lc-monetary',
  'lc-numeric',
  'lc-time',
  'locale',
  'locale-provider',
  'no-data-checksums',
  'text-search-config',
  'wal-segsize',
];
const OPTION = new RegExp(`^--(${INITDB_OPTIONS.join('|')})(=[\\w.@,-]+)?$`);
/** What initialize.sh can run; another name would be passed over in silence. */
const SCRIPT = /^[\w-][\w.-]*\.(sh|sql)$/;

const wrongOption = (options: string) =>
  options.split(' ').find((option) => option !== '' && !OPTION.test(option));
const wrongScript = (scripts: Readonly<Record<string, unknown>>) =>
  Object.keys(scripts).find((name) => !SCRIPT.test(name));

const objectName = (description: string) =>
  z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
    .meta(describe(description))
    .default('');

/** What is done once, when the database is made: the values below `primary.initdb`. */
export const initdbValues = z
  .strictObject({
    args: z
      .string()
      .refine((options) => wrongOption(options) === undefined, {
        error: ({ input }) =>
          `has ${JSON.stringify(wrongOption(z.string().parse(input)))}; the options there are: --${INITDB_OPTIONS.join(', --')}, each with "=" and its value`,
      })
      .meta(
        describe('Options of initdb for text and WAL, such as `--locale-provider=icu --icu-locale=de-AT`'),
      )
      .default(''),
    scripts: z
      .record(z.string(), z.string())
      .refine((scripts) => wrongScript(scripts) === undefined, {
        error: ({ input }) =>
          `has ${JSON.stringify(wrongScript(z.record(z.string(), z.unknown()).parse(input)))}; a script’s name ends with .sql or .sh, and is of letters, digits, ".", "_" and "-"`,
      })
      .meta(
        describe(
          'Scripts by name, `.sql` or `.sh`, run by the superuser in the application’s database, in the order of their names, once: when the database is made',
        ),
      )
      .default({}),
    scriptsConfigMap: objectName('A ConfigMap of yours with more of them, run after `scripts`'),
    scriptsSecret: objectName('A Secret of yours with more of them, run last'),
  })
  .prefault({});

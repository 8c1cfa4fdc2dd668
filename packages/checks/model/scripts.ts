import { hostsInUrls, portOf, type WrittenHost } from './connection-strings.js';
import { isHost } from './hosts.js';

// What people write to wait for others: nc, wget, curl, pg_isready, mysqladmin, redis-cli, /dev/tcp and their like.

interface Word {
  readonly text: string;
  readonly start: number;
}

/** Every host that the commands of a shell script, or one command, name. A word with `$` is put together at run time. */
export function hostsInScript(script: string): WrittenHost[] {
  const urls = hostsInUrls(script).filter(({ host }) => !host.includes('$'));
  return [...urls, ...hostsInDevices(script), ...commandsOf(script).flatMap(hostsInCommand)];
}

const hostsInDevices = (script: string): WrittenHost[] =>
  [...script.matchAll(/\/dev\/(?:tcp|udp)\/([^/\s"'$]+)\/(\d+)/g)].flatMap(
    ({ 0: whole, 1: host = '', 2: port = '', index }) =>
      found({ text: host, start: index + whole.indexOf(`/${host}/`, 8) + 1 }, port, true),
  );

/** Simple commands: what stands between `;`, `|`, `&`, brackets and the shell's own words. */
function commandsOf(script: string): Word[][] {
  const commands: Word[][] = [[]];
  for (const match of script.matchAll(/[;|&\n(){}`]+|"[^"]*"|'[^']*'|[^\s;|&(){}`"']+/g)) {
    const [text] = match;
    if (/^[;|&\n(){}`]/.test(text) || /^(?:do|then|else|done|fi|until|while|if|elif|!)$/.test(text)) {
      commands.push([]);
    } else {
      const isQuoted = /^["']/.test(text);
      commands.at(-1)?.push({
        text: isQuoted ? text.slice(1, -1) : text,
        start: match.index + (isQuoted ? 1 : 0),
      });
    }
  }
  return commands;
}

/** The options of a tool that name a host and a port. */
interface Options {
  readonly host: RegExp;
  readonly port: RegExp;
  readonly user?: RegExp;
  readonly database?: RegExp;
}
const POSTGRES: Options = {
  host: /^(?:-h|--host)$/,
  port: /^(?:-p|--port)$/,
  user: /^(?:-U|--username)$/,
  database: /^(?:-d|--dbname)$/,
};
const MYSQL: Options = { host: /^(?:-h|--host)$/, port: /^(?:-P|--port)$/, user: /^(?:-u|--user)$/ };
const REDIS: Options = { host: /^(?:-h|--host)$/, port: /^(?:-p|--port)$/ };
const TOOLS: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(
    ['pg_isready', 'psql', 'pg_dump', 'pg_dumpall', 'pg_restore', 'pg_basebackup', 'createdb'].map((name) => [
      name,
      POSTGRES,
    ]),
  ),
  ...Object.fromEntries(
    ['mysql', 'mysqladmin', 'mysqldump', 'mariadb', 'mariadb-admin', 'mariadb-dump'].map((name) => [
      name,
      MYSQL,
    ]),
  ),
  ...Object.fromEntries(
    ['redis-cli', 'valkey-cli', 'mongo', 'mongosh', 'mongodump', 'rabbitmqadmin'].map((name) => [
      name,
      REDIS,
    ]),
  ),
};

function hostsInCommand(words: readonly Word[]): WrittenHost[] {
  const begin = words.findIndex(
    ({ text }) =>
      !/^(?:exec|time|sudo|command|timeout|-t|-s|\d+[sm]?|sh|bash|ash|\/bin\/\w*sh|-\w*c|\w+=\S*)$/.test(
        text,
      ),
  );
  const [tool, ...others] = words.slice(begin === -1 ? words.length : begin);
  if (!tool) return [];
  const name = tool.text.replace(/^.*\//, '');
  const options = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (options) return hostsInOptions(others, options);
  if (/^(?:nc|ncat|netcat|telnet)$/.test(name)) {
    const [host, port] = others.filter(
      ({ text }, index) =>
        !text.startsWith('-') && !/^-[a-z]*[wipsxXqGTPVmoO]$/.test(others[index - 1]?.text ?? ''),
    );
    return host && port && /^\d+$/.test(port.text) ? found(host, port.text, true) : [];
  }
  if (/^(?:nslookup|getent|host|dig|ping)$/.test(name)) {
    const host = others.find(({ text }) => !/^[-+]|^(?:hosts|ahosts)$|^\d+$/.test(text));
    return host ? found(host, undefined, true) : [];
  }
  const isWait =
    /^(?:wget|curl|http|https|wait-for(?:-it)?(?:\.sh)?|wait-on|dockerize|grpc_health_probe|grpcurl)$/.test(
      name,
    );
  return others.flatMap(({ text, start }): WrittenHost[] => {
    const [, before = '', host = '', port] =
      /^((?:--?[\w-]+=)?(?:tcp:)?)([a-z0-9][\w.-]*):(\d{2,5})(?:\/.*)?$/i.exec(text) ?? [];
    return port === undefined ? [] : found({ text: host, start: start + before.length }, port, isWait);
  });
}

function hostsInOptions(words: readonly Word[], { host, port, user, database }: Options): WrittenHost[] {
  const valueOf = (option: RegExp | undefined): Word | undefined => {
    if (!option) return undefined;
    for (const [index, { text, start }] of words.entries()) {
      if (option.test(text)) return words[index + 1];
      const [, name = '', value = ''] =
        /^(--[\w-]+)=(.*)$/.exec(text) ?? /^(-[a-zA-Z])([^-].*)$/.exec(text) ?? [];
      if (value !== '' && option.test(name))
        return { text: value, start: start + text.length - value.length };
    }
    return undefined;
  };
  const asked = valueOf(host);
  const text = (option: RegExp | undefined): string | undefined => {
    const value = valueOf(option)?.text;
    return value === undefined || value.includes('$') ? undefined : value;
  };
  if (!asked) return [];
  return found(asked, text(port), true).map((each) => ({
    ...each,
    user: text(user),
    database: text(database),
  }));
}

function found({ text, start }: Word, port: string | undefined, certain: boolean): WrittenHost[] {
  if (text.includes('$') || !isHost(text)) return [];
  return [{ host: text, start, certain, ...(port === undefined ? { port: undefined } : portOf(port)) }];
}

import type { PostgresFixture } from './postgres-fixture.js';

/** What PostgreSQL's log says of connections, each a process of its own. Give its `read` to the server as its log. */
export class LogInLog {
  private readonly outcomes = new Map<string, 'none' | 'admitted' | 'refused'>();
  private whenReady: (() => void) | undefined;

  /** Has the server write what this reads. */
  async begin(server: PostgresFixture): Promise<void> {
    await server.execute(`alter system set log_line_prefix = '%p '`);
    await server.execute('alter system set log_connections = on');
    await server.execute('select pg_reload_conf()');
  }

  /** Connections that it has taken. */
  get begun(): number {
    return this.outcomes.size;
  }

  /** Those that it has let in. */
  get admitted(): number {
    return this.count('admitted');
  }

  /** Those that ended in the middle of their log-in, and not because it refused them. */
  get abandoned(): number {
    return this.count('none');
  }

  /** Resolves when it accepts connections again; what was before is forgotten. */
  ready(): Promise<number> {
    return new Promise((done) => {
      this.whenReady = () => {
        this.outcomes.clear();
        done(performance.now());
      };
    });
  }

  readonly read = (line: string): void => {
    const [, id = '', text = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
    if (text.includes('ready to accept connections')) this.whenReady?.();
    else if (text.includes('connection received')) this.outcomes.set(id, 'none');
    else if (!this.outcomes.has(id)) return;
    else if (text.includes('connection authorized')) this.outcomes.set(id, 'admitted');
    else if (/FATAL: {2}(the database system is|sorry, too many|remaining)/.test(text))
      this.outcomes.set(id, 'refused');
  };

  private count(outcome: 'none' | 'admitted'): number {
    return [...this.outcomes.values()].filter((each) => each === outcome).length;
  }
}

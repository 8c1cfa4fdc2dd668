import { must } from '../journal.js';
import type { DatabaseRelease } from './release.js';

const SUM = "select count(*) || ' rows, ' || coalesce(sum(hashtext(k::text)), 0) from kept k";

/** Where rows are: a release, or another database that answers the same. */
type Database = Pick<DatabaseRelease, 'name' | 'sql'>;

/** Rows that must outlive whatever happens. */
export class KeptRows {
  private constructor(
    private readonly release: Database,
    /** Their number and the sum of their hashes, in words. */
    readonly sum: string,
  ) {}

  /** Writes 5000 rows, or finds those of an earlier scenario. */
  static async write(release: Database): Promise<KeptRows> {
    await release.sql(`
      create table if not exists kept (id int primary key, v text);
      insert into kept select i, md5(i::text) from generate_series(1, 5000) i on conflict do nothing;
    `);
    return new KeptRows(release, await release.sql(SUM));
  }

  /** @throws Error with both sums when the release, or another, does not hold the same rows */
  async expect(where: Database = this.release): Promise<void> {
    const now = await where.sql(SUM);
    must(now === this.sum, `there were ${this.sum}; there are ${now} in ${where.name}`);
  }
}

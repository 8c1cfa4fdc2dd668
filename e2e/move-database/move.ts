import { kubectl, NAMESPACE, RELEASE } from '../cluster.js';
import { eventually, must } from '../journal.js';
import { copyChanges } from './changes.js';
import { apply, type CafeManifests, type Manifest } from './manifests.js';
import { forgetNote, type Note, readNote, writeNote } from './note.js';
import { expectEqual, type Server } from './server.js';
import { findService, type Side, type SideName, sideNamed, type Source } from './sides.js';
import { WritePause } from './write-pause.js';

/** The policies that let services reach both sides for a while; policies only add to one another. */
const MOVE_LABEL = 'database-move';

/** A volume that is moved from. */
export interface Volume {
  /** As it was said. */
  readonly words: string;
  readonly source: Source;
}

/** The café's database goes from one side to the other. Each step can be done again, and finds out what is done already. */
export class DatabaseMove {
  private readonly from: string;
  private readonly new: Side;
  private readonly old: Source;

  /**
   * @param manifests - of the mode that it moves to
   * @param volume - what it moves from, where nobody serves from it; the other mode where it is not given
   */
  constructor(
    private readonly to: SideName,
    private readonly manifests: CafeManifests,
    private readonly pauseSeconds: number,
    private readonly volume?: Volume,
  ) {
    const other = to === 'chart' ? 'cluster' : 'chart';
    this.from = volume === undefined ? other : `PostgreSQL on a copy of ${volume.words}`;
    this.new = sideNamed(to, manifests);
    this.old = volume?.source ?? sideNamed(other, manifests);
  }

  /** @throws Error with the reason; called again it goes on */
  async run(): Promise<void> {
    const note = await this.begin();
    if (note === undefined) return;
    const pause = note.decided === 'yes' ? undefined : await this.copy(note);
    try {
      await this.switchOver(note);
    } finally {
      pause?.over();
    }
    const seconds =
      pause === undefined ? '' : ` Writes have waited for ${(pause.milliseconds / 1000).toFixed(1)} s.`;
    this.say(`the ${this.to} serves.${seconds}`);
    await this.tidyUp();
  }

  /** @returns what is to be done, or nothing when nothing is */
  private async begin(): Promise<Note | undefined> {
    this.say('looks what is there');
    const [note, service] = [await readNote(), await findService()];
    const from = this.volume?.words ?? '';
    must(
      note === undefined || note.from === from,
      `a move ${note?.from === '' ? 'without FROM' : `with FROM=${note?.from}`} is under way: go on with it, or forget it: kubectl -n ${NAMESPACE} delete configmap/database-move pod/database-move --ignore-not-found`,
    );
    if (note !== undefined && note.to !== this.to) {
      must(
        note.decided === 'no',
        `the way to the ${note.to} is decided, and its old side is closed: go on with TO=${note.to}`,
      );
      await this.giveUp();
      return undefined;
    }
    must(
      this.manifests.mode === this.to,
      `these manifests are for the mode "${this.manifests.mode}". Say mode: '${this.to}' in cdk8s/environments.ts, and "make synth"`,
    );
    if (note !== undefined) return note;
    if (this.volume === undefined) {
      must(
        service !== undefined,
        'there is no Service of a database in the namespace, so there is nothing to move',
      );
      if (service.to === this.to) {
        this.say(`the ${this.to} serves already`);
        return undefined;
      }
    } else {
      must(
        service === undefined,
        `the Service ${RELEASE} is there, so something serves. When it is the former release's, uninstall that first: its claim stays. When it is the café's own, its orders would be put aside for the volume's`,
      );
    }
    if (this.volume !== undefined) {
      this.say(`copies ${this.volume.words} to a pod beside it, and starts PostgreSQL there`);
      // Before anything is done: it is refused here if it is.
      await this.old.server();
    }
    const made = { to: this.to, from, clusterIP: service?.clusterIP ?? '', decided: 'no' } as const;
    await writeNote(made);
    return made;
  }

  /** Up to a copy that is the same, and an old side that is closed. @returns the pause, which is not over, where there is one */
  private async copy(note: Note): Promise<WritePause | undefined> {
    this.say(`brings up the ${this.to}`);
    await this.new.standUp();
    this.say('lets the services reach both');
    await apply(this.manifests.policies.map(forTheMove));
    const [old, copy] = [await this.old.server(), await eventually(60, () => this.new.server())];
    if (this.volume !== undefined) {
      this.say(`copies ${await old.size()}`);
      await copy.copyFrom(old);
      this.say('compares every row, sequence, right and setting');
      await compare(old, copy, true, (line) => !line.startsWith('encoding'));
      await writeNote({ ...note, decided: 'yes' });
      return undefined;
    }
    const since = await this.rehearse(old, copy);

    this.say(`writes wait from now on, for ${this.pauseSeconds} s at most; reads go on`);
    const pause = await WritePause.begin(old, this.pauseSeconds);
    try {
      if (since === undefined || (await old.hasLargeObjects())) {
        this.say('copies');
        await copy.copyFrom(old);
      } else {
        this.say('copies what was changed meanwhile');
        await copyChanges(old, copy, since);
      }
      this.say('compares every row, sequence, right and setting');
      await compare(old, copy, true);
      must(
        pause.milliseconds < this.pauseSeconds * 1000,
        `the copy was not made within ${this.pauseSeconds} s, so the old side serves on`,
      );
      await pause.mustBeHeld();
      this.say('closes the old side: its role may not log in any more');
      await old.close();
      await writeNote({ ...note, decided: 'yes' });
      return pause;
    } catch (error) {
      pause.over();
      if (!(await old.isOpen())) await old.open();
      throw error;
    }
  }

  /**
   * Copies while everybody goes on, so that what can go wrong does so before anybody waits, and so that while they wait
   * only what was changed meanwhile is to be copied.
   *
   * @returns the transaction from which on that is, or nothing when all of it is to be copied
   */
  private async rehearse(old: Server, copy: Server): Promise<string | undefined> {
    this.say(`copies ${await old.size()}, while everybody goes on`);
    // Killed after it was closed: nobody can go on anyway.
    if (!(await old.isOpen())) return undefined;
    const whole = performance.now();
    const begun = await old.transaction();
    await copy.copyFrom(old);
    const since = await old.transaction();
    // All of it comes again when no row of something says when it was changed.
    const measured = (await old.hasLargeObjects()) ? whole : performance.now();
    await copyChanges(old, copy, begun);
    await compare(old, copy, false);
    await Promise.all([old.contents('database'), copy.contents('copy')]);
    const seconds = Math.ceil((performance.now() - measured) / 1000) + SWITCH_SECONDS;
    this.say(`the pause will last for about ${seconds} s`);
    must(
      seconds <= this.pauseSeconds,
      `that is more than PAUSE_SECONDS=${this.pauseSeconds}, so nothing was done. TO=${this.from} forgets the move`,
    );
    return since;
  }

  private async switchOver({ clusterIP }: Note): Promise<void> {
    const copy = await this.new.server();
    this.say('makes the copy the database');
    if (await copy.hasCopy()) {
      const before = await copy.useCopy();
      if (before !== undefined)
        this.say(`what the ${this.to} held before is kept there as the database ${before}`);
    }
    await copy.open();
    this.say(`stops ${this.volume === undefined ? 'the ' : ''}${this.from}; the volume stays`);
    await this.old.stop();
    this.say(`leads the Service to the ${this.to}`);
    if ((await findService())?.to !== this.to) await eventually(20, () => this.new.leadTo(clusterIP));
  }

  private async tidyUp(): Promise<void> {
    this.say('tidies up');
    await apply(this.manifests.policies);
    await this.new.settle();
    await forgetPolicies();
    await forgetNote();
    this.say(`moved. "make deploy" from now on is for the ${this.to}.`);
  }

  /** The old side serves on, and nothing is left that would surprise. */
  private async giveUp(): Promise<void> {
    // This one is the new side's opposite: what is moved to is what serves.
    const server = await this.new.server();
    if (!(await server.isOpen())) await server.open();
    await forgetPolicies();
    await forgetNote();
    this.say(
      `the move is given up. The ${this.to} serves as before; what was brought up beside it is still there.`,
    );
  }

  private say(words: string): void {
    console.log(`move-database: ${words}`);
  }
}

/** From a copy that is compared to a new side that serves, as it was seen. */
const SWITCH_SECONDS = 5;

/**
 * @param counts - whether a line of the structure must be the same; how text is sorted, and who may connect, is not of a
 *   database that somebody else's image has made
 * @throws Error with the first difference
 */
async function compare(
  old: Server,
  copy: Server,
  rows: boolean,
  counts: (line: string) => boolean = () => true,
): Promise<void> {
  const both = async (look: (server: Server, of: 'database' | 'copy') => Promise<readonly string[]>) =>
    Promise.all([look(old, 'database'), look(copy, 'copy')]);
  expectEqual(
    'settings, schema or rights',
    ...(await both(async (server, of) => (await server.structure(of)).filter(counts))),
  );
  if (rows) expectEqual('rows or sequences', ...(await both((server, of) => server.contents(of))));
}

const forTheMove = (policy: Manifest): Manifest => ({
  ...policy,
  metadata: {
    ...policy.metadata,
    name: `${policy.metadata.name}-move`,
    labels: { ...policy.metadata.labels, [MOVE_LABEL]: 'under-way' },
  },
});

const forgetPolicies = (): Promise<string> => kubectl(`delete networkpolicies -l ${MOVE_LABEL}`);

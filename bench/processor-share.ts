import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

/** A share of a processor for one process, held by the kernel as a container's limit is. Only root may make one, on Linux. */
export class ProcessorShare {
  private readonly folder: string;

  /**
   * @param cores - 0.25 is a quarter of a processor
   * @throws Error when the kernel does not let us
   */
  constructor(processId: number, cores: number) {
    const unified = existsSync(join(ROOT, 'cgroup.controllers'));
    const parent = unified ? ROOT : join(ROOT, 'cpu');
    this.folder = join(parent, `overload-${processId}`);
    const quota = Math.round(cores * PERIOD_US);
    try {
      if (unified) writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpu');
      mkdirSync(this.folder);
      if (unified) writeFileSync(join(this.folder, 'cpu.max'), `${quota} ${PERIOD_US}`);
      else writeFileSync(join(this.folder, 'cpu.cfs_quota_us'), String(quota));
      writeFileSync(join(this.folder, 'cgroup.procs'), String(processId));
    } catch (cause) {
      throw new Error(
        `${this.folder} cannot be made, which holds a process to ${cores} of a processor; run this on Linux as root`,
        { cause },
      );
    }
  }

  /** After the end of its process. */
  remove(): void {
    rmdirSync(this.folder);
  }
}

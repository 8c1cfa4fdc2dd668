import { checkSchedule, checkTimeZone } from './cron-schedule.js';
import { addExtraMetadata } from './extra-metadata.js';
import { type JobOwner, type JobProps, JobPods } from './job-pods.js';
import { KubeCronJob } from './k8s.js';

/** When a job runs. */
export interface CronJobProps extends JobProps {
  /** Minute, hour, day of the month, month and day of the week, such as `0 3 * * *`, or `@daily` and its like. */
  readonly schedule: string;
  /**
   * The time zone of the schedule, such as `Europe/Vienna`.
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;
  /**
   * What happens when a run is due and the last one still runs: the new one is left out, takes the other's place, or runs
   * beside it. How many run beside each other then, no store's connections can be counted for.
   * @default 'Forbid'
   */
  readonly concurrencyPolicy?: 'Forbid' | 'Replace' | 'Allow';
}

/** The controller adds 11 to it for the names of the Jobs, which are labels, too. */
const LONGEST_NAME = 52;

/**
 * A CronJob of a service's program, see {@link ServiceJob}.
 *
 * @example
 * new ServiceCronJob(orders, 'orders-report', { command: ['node', 'report.js'], schedule: '0 3 * * *' });
 */
export class ServiceCronJob extends JobPods {
  /**
   * @param service - whose program it runs
   * @param id - its name
   * @throws Error that names the construct, the prop and the value
   */
  constructor(service: JobOwner, id: string, props: CronJobProps) {
    const { concurrencyPolicy = 'Forbid', schedule, timeZone = 'Etc/UTC' } = props;
    super(service, id, props, concurrencyPolicy === 'Replace' ? 1 : 0);
    const { path } = this.node;
    if (this.name.length > LONGEST_NAME) {
      throw new Error(
        `${path}: the name has ${this.name.length} characters; a CronJob's has at most ${LONGEST_NAME}, because its Jobs are called after it.`,
      );
    }
    this.node.addValidation({
      validate: () =>
        concurrencyPolicy === 'Allow' && service.podParts.stores.length > 0
          ? [
              `${path}: concurrencyPolicy is Allow, and each run holds connections of ${service.podParts.stores.map(({ store }) => store.name).join(', ')}: any number of runs fits no store. Use Forbid or Replace.`,
            ]
          : [],
    });
    new KubeCronJob(this, 'Resource', {
      metadata: this.objectMetadata,
      spec: {
        schedule: checkSchedule(path, schedule),
        timeZone: checkTimeZone(path, timeZone),
        concurrencyPolicy,
        jobTemplate: { metadata: { labels: { ...this.podLabels } }, spec: this.spec },
      },
    });
    addExtraMetadata(this, this.props.metadata);
  }
}

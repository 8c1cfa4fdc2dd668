import { run } from '../command.js';
import { eventually, must } from '../journal.js';

/** Runs a job made of a CronJob, waited for. @param environment - variables to change, as `NAME=value` @returns its log */
export async function runJob(
  namespace: string,
  name: string,
  cronJob: string,
  environment = '',
): Promise<string> {
  const kubectl = `kubectl --namespace ${namespace}`;
  const template = `create job ${name} --from=cronjob/${cronJob} --dry-run=client --output yaml`;
  const set =
    environment === '' ? 'cat' : `kubectl set env --local --filename - ${environment} --output yaml`;
  await run(`${kubectl} ${template} | ${set} | ${kubectl} apply --filename -`);
  const conditions = await eventually(180, async () => {
    const found = await run(`${kubectl} get job ${name} --output 'jsonpath={.status.conditions[*].type}'`);
    must(/Complete|Failed/.test(found), `the job ${name} has not ended`);
    return found;
  });
  const log = await run(`${kubectl} logs --selector job-name=${name} --tail=-1`);
  must(!conditions.includes('Failed'), `the job ${name} failed:\n${log}`);
  return log;
}

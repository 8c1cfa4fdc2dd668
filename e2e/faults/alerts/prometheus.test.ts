import { spawnSync } from 'node:child_process';
import { burnRateGroup } from '@cafe-lumiere/constructs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { objectives } from '../../../cdk8s/alerts.js';
import { ordinaryDays } from './history.js';
import { Prometheus } from './prometheus.js';

const found = ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version']).status === 0);
const NAMESPACE = 'cafe-lumiere';

(found ? describe : describe.skip)('a real Prometheus, with promtool', () => {
  const all = objectives(NAMESPACE).map((objective) => burnRateGroup('alerts', objective));
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await Prometheus.start(
      all.map(({ name, rules }) => ({ name, rules })),
      ordinaryDays(NAMESPACE, Date.now() / 1000),
    );
  });
  afterAll(async () => {
    await prometheus.end();
  });

  test('knows of three days in which each objective’s requests were answered', async () => {
    for (const { name, all: selector } of objectives(NAMESPACE)) {
      const perSecond = name === 'OrdersStored' ? 10 : 80;
      const days = (await prometheus.value(`sum(increase(${selector}[3d]))`)) ?? 0;
      expect(days / (3 * 86_400 * perSecond)).toBeGreaterThan(0.99);
      expect(days / (3 * 86_400 * perSecond)).toBeLessThan(1.01);
    }
    await expect(prometheus.value('sum(http_requests_total{status=~"5.."})')).resolves.toBeUndefined();
  });

  test('knows nothing of the last minutes but what it reads itself', async () => {
    await expect(prometheus.value('sum(rate(http_requests_total[4m]))')).resolves.toBeUndefined();
  });

  test('has rules that it can evaluate, and refuses others', async () => {
    await expect(prometheus.brokenRules()).resolves.toEqual([]);
    const wrong = [{ name: 'wrong', rules: [{ alert: 'Wrong', expr: 'sum(' }] }];
    await expect(Prometheus.start(wrong, '# EOF\n')).rejects.toThrow('promtool check config');
  });
});

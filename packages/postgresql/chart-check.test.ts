import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkChart, findingText, readChart } from '@cafe-lumiere/checks';
import { ChartFolder, helmFound } from './chart-fixture.js';

(helmFound ? describe : describe.skip)('under every name and value, with the real Helm,', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });

  test('the chart has no finding but a name of 51 to 53 characters, which it cuts since its first version', async () => {
    const { findings } = await checkChart(readChart(chart.path));
    expect(findings.filter(({ id }) => id !== 'CAFE112').map(findingText)).toEqual([]);
    expect(findings.map(({ severity, object }) => `${severity} ${object}`)).toEqual([
      `advice NetworkPolicy somewhere/${'x'.repeat(50)}`,
    ]);
  });
});

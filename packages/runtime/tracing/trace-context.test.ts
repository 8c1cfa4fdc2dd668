import { expect, test } from '@jest/globals';
import { traceContextIn, traceHeaders, unrecordedContext } from './trace-context.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const part = 'b7ad6b7169203331';

test.each([
  [`00-${trace}-${part}-01`, true],
  [`00-${trace}-${part}-00`, false],
  // Level 2 says with the second bit that the id is random.
  [`00-${trace}-${part}-03`, true],
  [`00-${trace}-${part}-02`, false],
  // Versions to come.
  [`01-${trace}-${part}-01-more`, true],
])('%s is a trace, sampled: %s', (traceparent, sampled) => {
  expect(traceContextIn(traceparent, '', true)).toEqual({ traceId: trace, spanId: part, sampled });
});

test.each([
  '',
  'x',
  `ff-${trace}-${part}-01`,
  `00-${'0'.repeat(32)}-${part}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${part}-01`,
  `00-${trace}-${part}`,
  `00-${trace}-${part}-01\n`,
])('%j is none', (traceparent) => {
  expect(traceContextIn(traceparent, 'vendor=1', true)).toBeUndefined();
});

test('a caller that is not believed says no more than which trace it is', () => {
  expect(traceContextIn(`00-${trace}-${part}-01`, '', false)).toEqual({ traceId: trace, spanId: part });
});

test('what is not recorded here keeps its trace, and what others say of it', () => {
  const caller = traceContextIn(`00-${trace}-${part}-01`, 'vendor=1', true);
  const context = unrecordedContext(caller);
  expect(context.spanId).not.toBe(part);
  expect(traceHeaders(context)).toEqual({
    traceparent: `00-${trace}-${context.spanId}-01`,
    tracestate: 'vendor=1',
  });
});

test('a new trace has ids as the standard wants them', () => {
  const { traceparent = '' } = traceHeaders(unrecordedContext(undefined));
  expect(traceContextIn(traceparent, '', true)).toMatchObject({ sampled: false });
});

test('what others say of it goes into a header, or nowhere', () => {
  for (const state of ['a=\u00e9', 'a=1\r\nx: y', 'x'.repeat(513)]) {
    expect(traceContextIn(`00-${trace}-${part}-01`, state, true)).not.toHaveProperty('state');
  }
});

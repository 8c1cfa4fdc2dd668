import { describe, expect, test } from '@jest/globals';
import { html } from './html.js';

describe('html', () => {
  test('escapes every text, between tags and in attributes', () => {
    const name = `<img src=x onerror="alert('1')"> & co`;
    const escaped = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co';
    expect(html`<p title="${name}">${name}</p>`.toString()).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  test('takes pieces and lists of pieces as they are, once', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>`.toString()).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>'); // prettier-ignore
  });

  test('writes numbers, and nothing for nothing', () => {
    expect(html`${0}|${undefined}|${''}`.toString()).toBe('0||');
  });

  test('what looks like a piece is no piece', () => {
    const pretender = JSON.stringify({ text: '<script>' });
    expect(html`${pretender}`.toString()).toBe('{&quot;text&quot;:&quot;&lt;script&gt;&quot;}');
  });
});

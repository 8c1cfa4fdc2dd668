import { isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

/** A place in a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a field of a document stands, such as `spec.containers[web].env[DB_HOST]`: entries of a list go by name, key or
 * index. The last step that is there counts, so a field that is missing is at what it is missing in; of one that holds a single
 * field, or a name and another one, that one counts, and so on.
 *
 * @param lineOfText - a line of the text that the field holds, from 1
 */
export function placeOf(contents: Node | null, field: string, lines: LineCounter, lineOfText = 0): Place {
  const [first = ''] = field.split(', ');
  const root = { node: contents, offset: contents?.range?.[0] ?? 0 };
  // What a Secret holds is under either name.
  const ways = first.startsWith('data.') ? [first, first.replace('data', 'stringData')] : [first];
  const [found] = ways
    .map((way) => follow(root, stepsOf(way)))
    .sort((left, right) => left.missing - right.missing);
  const at = found?.missing === 0 ? onlyFieldOf(found.last) : (found?.last ?? root);
  const { line, col } = lines.linePos(at.offset);
  return isScalar(at.node) && at.node.type?.startsWith('BLOCK') === true && lineOfText > 0
    ? { line: line + lineOfText, column: 1 }
    : { line, column: col };
}

interface Found {
  readonly node: unknown;
  readonly offset: number;
}

/** As far as the steps lead, and how many of them do not. */
function follow(root: Found, steps: string[]): { readonly last: Found; readonly missing: number } {
  let last = root;
  while (steps.length > 0) {
    const [next, taken] = nextOf(last.node, steps);
    if (!next) break;
    last = next;
    steps.splice(0, taken);
  }
  return { last, missing: steps.length };
}

/** What the first of the steps leads to. A key with dots is several of them. */
function nextOf(node: unknown, steps: readonly string[]): readonly [next: Found | undefined, taken: number] {
  for (let taken = 1; taken <= steps.length; taken += 1) {
    const found = child(node, steps.slice(0, taken).join('.'));
    if (found) return [found, taken];
    if (!isMap(node)) break;
  }
  return [undefined, 0];
}

function onlyFieldOf(found: Found): Found {
  const { node } = found;
  const fields = isMap(node) ? node.items : [];
  const [only, ...others] =
    fields.length === 2 ? fields.filter(({ key }) => !isScalar(key) || key.value !== 'name') : fields;
  if (only && others.length === 0 && isScalar(only.key)) {
    return onlyFieldOf({ node: only.value, offset: only.key.range?.[0] ?? found.offset });
  }
  const [item, ...more] = isSeq(node) ? node.items : [];
  return isNode(item) && more.length === 0
    ? onlyFieldOf({ node: item, offset: item.range?.[0] ?? found.offset })
    : found;
}

/** `a.b[c.d].e` is `a`, `b`, `c.d`, `e`; a key with dots may also stand for itself. */
const stepsOf = (field: string): string[] =>
  [...field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

function child(node: unknown, step: string): Found | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
    if (!pair || !isScalar(pair.key)) return undefined;
    return { node: pair.value, offset: pair.key.range?.[0] ?? 0 };
  }
  if (!isSeq(node)) return undefined;
  const item =
    node.items.find(
      (each) =>
        isMap(each) && ['name', 'key', 'port', 'containerPort'].some((key) => String(each.get(key)) === step),
    ) ?? node.items[/^\d+$/.test(step) ? Number(step) : step === '' && node.items.length === 1 ? 0 : -1];
  return isNode(item) ? { node: item, offset: item.range?.[0] ?? 0 } : undefined;
}

const isNode = (value: unknown): value is Node => isMap(value) || isScalar(value) || isSeq(value);

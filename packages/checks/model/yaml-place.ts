import { isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';

/** A place in a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a field of a document stands, such as `spec.containers[web].env[DB_HOST]`: entries of a list go by name, key or
 * index. The last step that is there counts, so a field that is missing is at what it is missing in.
 */
export function placeOf(contents: Node | null, field: string, lines: LineCounter): Place {
  const [first = ''] = field.split(', ');
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of stepsOf(first)) {
    const found = child(node, step);
    if (!found) break;
    ({ node, offset } = found);
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** `a.b[c.d].e` is `a`, `b`, `c.d`, `e`; a key with dots may also stand for itself. */
const stepsOf = (field: string): string[] =>
  [...field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

function child(node: unknown, step: string): { readonly node: unknown; readonly offset: number } | undefined {
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

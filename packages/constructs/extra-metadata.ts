import { WAIVE } from '@cafe-lumiere/contract';
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/** Labels and annotations besides those that the constructs need. */
export interface ExtraMetadata {
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Labels by which pods are selected, and annotations that the checks read or that make pods roll; a waiver is its author's. */
const isOwnLabel = (key: string): boolean =>
  ['app', 'app.kubernetes.io/name', 'pod-template-hash'].includes(key);
const isOwnAnnotation = (key: string): boolean =>
  (key.startsWith('cafe-check/') && !key.startsWith(WAIVE)) || key.startsWith('checksum/');

const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** @throws Error that names the construct, the label or annotation, and the change */
export function checkExtraMetadata(
  path: string,
  property: string,
  { labels = {}, annotations = {} }: ExtraMetadata = {},
): Required<ExtraMetadata> {
  const keys = [
    ...Object.keys(labels).map((key) => ['labels', key, isOwnLabel] as const),
    ...Object.keys(annotations).map((key) => ['annotations', key, isOwnAnnotation] as const),
  ];
  for (const [list, key, isOwn] of keys) {
    if (isOwn(key)) {
      throw new Error(
        `${path}: ${property}.${list} sets ${key}, which the construct sets itself. Take it out, or use a key with a prefix of your own, such as example.com/${key.split('/').at(-1) ?? key}.`,
      );
    }
    if (!KEY.test(key)) {
      throw new Error(
        `${path}: ${property}.${list} has the key "${key}"; a key is at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", after a domain and "/" if it likes.`,
      );
    }
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!LABEL_VALUE.test(value)) {
      throw new Error(
        `${path}: ${property}.labels.${key} is "${value}"; a label's value is at most 63 of A-Z, a-z, 0-9, "-", "_" and ".". Longer texts belong into annotations.`,
      );
    }
  }
  return { labels, annotations };
}

/** Gives each object that a construct has made so far these labels and annotations; never to a selector or a pod. */
export function addExtraMetadata(scope: Construct, { labels, annotations }: Required<ExtraMetadata>): void {
  for (const object of scope.node.findAll()) {
    if (!ApiObject.isApiObject(object)) continue;
    for (const [key, value] of Object.entries(labels)) object.metadata.addLabel(key, value);
    for (const [key, value] of Object.entries(annotations)) object.metadata.addAnnotation(key, value);
  }
}

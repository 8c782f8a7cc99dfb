// What a YAML file holds, with the place of every value and key: the tree that all checks read.

import type { ScalarStyle } from './place.ts';
import type { Span } from './report.ts';

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly style: ScalarStyle;
  readonly value: string | number | boolean | null;
  /** As written, unquoted. */
  readonly written: string;
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface Entry {
  readonly key: Span;
  readonly value: Node;
}

export interface MapNode extends Span {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}

/** A value that YAML could not read as it was meant; its problem is reported already. */
export interface BrokenNode extends Span {
  readonly kind: 'broken';
}

export type Node = ScalarNode | ListNode | MapNode | BrokenNode;

/** The value under a key of a map. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** Where a key of a map stands. */
export function keyOf(node: Node, key: string): Span | undefined {
  return node.kind === 'map' ? node.entries.get(key)?.key : undefined;
}

/** The entries of a map; none for anything else. */
export function entriesOf(node: Node | undefined): ReadonlyMap<string, Entry> {
  return node?.kind === 'map' ? node.entries : new Map();
}

/** The items of a list; none for anything else. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : [];
}

/** The text of a scalar; undefined for anything else. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/**
 * The node at a path of keys and indices, or the nearest one above it. `key` is the span of the last key when the path
 * ends in a map.
 */
export function nodeAt(root: Node, path: readonly string[]): { node: Node; key: Span | undefined; found: boolean } {
  let node = root;
  let key: Span | undefined;
  for (const part of path) {
    const entry = node.kind === 'map' ? node.entries.get(part) : undefined;
    const next = entry?.value ?? (node.kind === 'list' ? node.items[Number(part)] : undefined);
    if (next === undefined) return { node, key, found: false };
    key = entry?.key;
    node = next;
  }
  return { node, key, found: true };
}

/** The plain value of a tree: maps as objects, lists as arrays. `replace` may give another value for a node. */
export function toData(node: Node, replace?: (node: Node) => unknown): unknown {
  const replaced = replace?.(node);
  if (replaced !== undefined) return replaced;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map((item) => toData(item, replace));
  if (node.kind === 'broken') return null;
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toData(entry.value, replace)]));
}

// What expressions refer to: names of `env`, secrets, and steps that must be done by then.

import type { Expression, MemberNode } from './expression/ast.ts';
import type { Report, Span } from './report.ts';
import { nearest } from './suggest.ts';
import { spanOf, walk, type Written } from './value.ts';

/** Names of the secrets that an expression reads. */
export function secretsIn(expression: Expression): string[] {
  return membersOf('secrets', expression).map((member) => member.name);
}

/** The names that an expression reads of a root, or `all` when it reads the root as a whole or by a name it computes. */
export function readsOf(root: string, expression: Expression): readonly string[] | 'all' {
  const members = membersOf(root, expression);
  return countOf(root, expression) === members.length ? members.map(({ name }) => name) : 'all';
}

function countOf(root: string, expression: Expression): number {
  let count = 0;
  if (!expression.names.has(root)) return count;
  walk(expression.ast, (node) => {
    if (node.kind === 'name' && node.name === root) count++;
  });
  return count;
}

/** Every `root.name` of an expression. */
function membersOf(root: string, expression: Expression): MemberNode[] {
  const found: MemberNode[] = [];
  if (!expression.names.has(root)) return found;
  walk(expression.ast, (node) => {
    if (node.kind === 'member' && node.object.kind === 'name' && node.object.name === root) found.push(node);
  });
  return found;
}

/** The span of the name in `root.name`. */
function nameSpan(node: MemberNode): { start: number; end: number } {
  return { start: node.nameStart, end: Math.min(node.end, node.nameStart + node.name.length) };
}

export function checkEnv(written: Written, env: Readonly<Record<string, unknown>>, report: Report): void {
  for (const member of membersOf('env', written.expression)) {
    if (Object.hasOwn(env, member.name)) continue;
    const near = nearest(member.name, Object.keys(env));
    const hint =
      near === undefined
        ? `Add "${member.name}" under "env"; the environment of the process is not readable.`
        : `Did you mean "env.${near}"?`;
    report.error(
      'expression.unknown-env',
      spanOf(report.source, written, nameSpan(member)),
      `"env.${member.name}" does not exist`,
      hint,
    );
  }
}

/** Adds the secrets that an expression reads, each where it stands first; another use of `secrets` is a problem. */
export function collectSecrets(written: Written, report: Report, spans: Map<string, Span>): void {
  const found = membersOf('secrets', written.expression);
  for (const member of found) {
    if (spans.has(member.name)) continue;
    spans.set(member.name, spanOf(report.source, written, { start: member.start, end: nameSpan(member).end }));
  }
  if (countOf('secrets', written.expression) === found.length) return;
  const span = spanOf(report.source, written, written.expression.ast);
  report.error('secret.reference', span, 'a secret must be named in the file', 'Write "secrets.NAME".');
}

/** A secret can only stand in settings, so that it cannot end up in a message. */
export function refuseSecrets(written: Written, report: Report): void {
  if (!written.expression.names.has('secrets')) return;
  const span = spanOf(report.source, written, written.expression.ast);
  const hint = 'Put it into the settings of a connection: a secret in a step could end up in a message.';
  report.error('expression.secret', span, 'a secret can be read only under "sources" and "connections"', hint);
}

export interface StepReferences {
  /** All steps of the workflow, in file order. */
  readonly ids: readonly string[];
  /** Id of the step that reads. */
  readonly reader: string;
  /** Steps that are done when it begins. */
  readonly before: ReadonlySet<string>;
}

export function checkSteps(written: Written, { ids, reader, before }: StepReferences, report: Report): void {
  for (const member of membersOf('steps', written.expression)) {
    const { name } = member;
    if (before.has(name)) continue;
    const span = spanOf(report.source, written, nameSpan(member));
    if (!ids.includes(name)) {
      const near = nearest(name, [...before]);
      const hint = near === undefined ? listSteps(before) : `Did you mean "${near}"?`;
      report.error('step.unknown-step', span, `step "${name}" does not exist`, hint);
    } else if (name === reader) {
      report.error('step.not-before', span, `step "${name}" reads its own output`, listSteps(before));
    } else {
      const message = `step "${name}" may not be done when step "${reader}" begins`;
      report.error('step.not-before', span, message, `Move "${name}" above it, or add "${name}" to its "needs".`);
    }
  }
}

function listSteps(before: ReadonlySet<string>): string {
  return before.size === 0 ? 'No step is done before this one.' : `Done by then: ${[...before].slice(-20).join(', ')}.`;
}

/** `steps.post-message` is a subtraction; what was meant is known when a step has that id. */
export function adviseDashes(source: string, ids: readonly string[]): string | undefined {
  const meant = ids.find((id) => id.includes('-') && source.includes(`steps.${id}`));
  return meant === undefined ? undefined : `Write steps["${meant}"], because a "-" is a minus sign here.`;
}

// The part of SOQL that the sandbox understands: SELECT, FROM, WHERE with AND, OR and NOT, LIMIT; literals are lexed strictly.

/** A query that cannot be run, as Salesforce would say it. */
export class QueryError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'QueryError';
    this.code = code;
  }
}

export type Literal =
  | { readonly kind: 'text'; readonly value: string /** As it stands between the quotes. */; readonly raw: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date' | 'datetime'; readonly value: string }
  | { readonly kind: 'null'; readonly value: null };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN';

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'test'; readonly field: string; readonly op: Operator; readonly values: readonly Literal[] };

export interface ParsedQuery {
  readonly fields: readonly string[];
  readonly object: string;
  readonly where: Expression | undefined;
  readonly limit: number | undefined;
}

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'date' | 'datetime' | 'sign' | 'end';
  readonly text: string;
}

const lexer =
  /\s*(?:(?<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))|(?<date>\d{4}-\d\d-\d\d)|(?<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z]\w*(?:\.\w+)*)|'(?<text>(?:[^'\\\p{Cc}]|\\[^])*)'|(?<sign>!=|<=|>=|[=<>(),]))/suy;

/** Throws `QueryError` with `MALFORMED_QUERY`. */
export function parseSoql(soql: string): ParsedQuery {
  const tokens = lex(soql);
  let at = 0;
  const peek = () => tokens[at] ?? { kind: 'end' as const, text: '' };
  const take = () => {
    const token = peek();
    at += 1;
    return token;
  };
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toUpperCase() === word;
  const accept = (sign: string) => (peek().text.toUpperCase() === sign && peek().kind !== 'text' ? take() : undefined);
  const expect = (sign: string) => accept(sign) ?? fail(`expecting '${sign}', found '${peek().text}'`);
  const name = () => (peek().kind === 'word' ? take().text : fail(`unexpected token: '${peek().text}'`));
  const list = <T>(item: () => T): T[] => {
    const items = [item()];
    while (accept(',')) items.push(item());
    return items;
  };
  const test = (): Expression => {
    const field = name();
    const op = readOperator(accept('NOT') ? 'NOT ' : '', take());
    const many = op === 'IN' || op === 'NOT IN';
    if (!many) return { kind: 'test', field, op, values: [readLiteral(take())] };
    expect('(');
    const values = list(() => readLiteral(take()));
    expect(')');
    return { kind: 'test', field, op, values };
  };
  const unary = (): Expression => {
    if (accept('NOT')) return { kind: 'not', inner: unary() };
    if (!accept('(')) return test();
    const inner = chain();
    expect(')');
    return inner;
  };
  /** AND and OR may not stand beside each other without brackets. */
  const chain = (): Expression => {
    let left = unary();
    const word = isWord('AND') ? 'AND' : 'OR';
    while (accept(word)) left = { kind: word === 'AND' ? 'and' : 'or', left, right: unary() };
    return left;
  };
  expect('SELECT');
  const fields = list(name);
  expect('FROM');
  const object = name();
  const where = accept('WHERE') ? chain() : undefined;
  const limit = accept('LIMIT') ? readLimit(take()) : undefined;
  if (peek().kind !== 'end') fail(`unexpected token: '${peek().text}'`);
  return { fields, object, where, limit };
}

/** A function of the text for a pattern as it stands between the quotes: `%` and `_` match, `\%` and `\_` are themselves. */
export function likeMatcher(raw: string): (text: string) => boolean {
  const pattern = raw.replace(/\\[%_]|\\(?:u[0-9a-fA-F]{4}|[^])|%|_|[^\\%_]+/gs, (part) => {
    if (part === '%') return '[^]*';
    if (part === '_') return '[^]';
    return RegExp.escape(/^\\[%_]$/.test(part) ? part.slice(1) : unescapeText(part));
  });
  const regexp = new RegExp(`^${pattern}$`, 'i');
  return (text) => regexp.test(text);
}

function lex(soql: string): Token[] {
  const tokens: Token[] = [];
  const end = soql.trimEnd().length;
  lexer.lastIndex = 0;
  while (lexer.lastIndex < end) {
    const from = lexer.lastIndex;
    const groups = lexer.exec(soql)?.groups;
    const found = Object.entries(groups ?? {}).find(([, text]) => text !== undefined);
    if (found === undefined) return fail(`unexpected character near position ${from}`);
    tokens.push({ kind: found[0] as Token['kind'], text: found[1] ?? '' });
  }
  return tokens;
}

const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'IN', 'NOT IN'] satisfies Operator[];

function readOperator(before: string, token: Token): Operator {
  const op = `${before}${token.text.toUpperCase()}`;
  const known = token.kind !== 'text' && operators.includes(op);
  return known ? (op as Operator) : fail(`unexpected token: '${token.text}'`);
}

function readLiteral(token: Token): Literal {
  const word = token.text.toLowerCase();
  if (token.kind === 'text') return { kind: 'text', value: unescapeText(token.text), raw: token.text };
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
  if (token.kind === 'date' || token.kind === 'datetime') return { kind: token.kind, value: token.text };
  if (token.kind === 'word' && word === 'null') return { kind: 'null', value: null };
  if (token.kind === 'word' && (word === 'true' || word === 'false')) {
    return { kind: 'boolean', value: word === 'true' };
  }
  return fail(`unexpected token: '${token.text}'`);
}

function readLimit(token: Token): number {
  return /^\d+$/.test(token.text) ? Number(token.text) : fail(`unexpected token: '${token.text}'`);
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescapeText(raw: string): string {
  return raw.replace(/\\(u[0-9a-fA-F]{4}|[^])/g, (whole, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const named = escapes[code.toLowerCase()];
    if (named !== undefined) return named;
    return /^["'\\]$/.test(code) ? code : /^[%_]$/.test(code) ? whole : fail(`illegal string escape: ${whole}`);
  });
}

function fail(message: string): never {
  throw new QueryError('MALFORMED_QUERY', message);
}

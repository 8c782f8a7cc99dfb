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
  const reader = createReader(lex(soql));
  reader.expect('SELECT');
  const fields = reader.list(reader.name);
  reader.expect('FROM');
  const object = reader.name();
  const where = reader.accept('WHERE') ? parseChain(reader) : undefined;
  const limit = reader.accept('LIMIT') ? readLimit(reader.take()) : undefined;
  const rest = reader.peek();
  if (rest.kind !== 'end') fail(`unexpected token: '${rest.text}'`);
  return { fields, object, where, limit };
}

type Reader = ReturnType<typeof createReader>;

function createReader(tokens: readonly Token[]) {
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '' };
  const take = () => {
    const token = peek();
    at += 1;
    return token;
  };
  /** Takes the next token when it is this sign or word. */
  const accept = (sign: string) => (peek().text.toUpperCase() === sign && peek().kind !== 'text' ? take() : undefined);
  const expect = (sign: string) => accept(sign) ?? fail(`expecting '${sign}', found '${peek().text}'`);
  const name = () => (peek().kind === 'word' ? take().text : fail(`unexpected token: '${peek().text}'`));
  const list = <T>(item: () => T): T[] => {
    const items = [item()];
    while (accept(',')) items.push(item());
    return items;
  };
  return { peek, take, accept, expect, name, list };
}

/** AND and OR may not stand beside each other without brackets. */
function parseChain(reader: Reader): Expression {
  let left = parseUnary(reader);
  const word = reader.peek().text.toUpperCase() === 'AND' ? 'AND' : 'OR';
  const kind = word === 'AND' ? 'and' : 'or';
  while (reader.accept(word)) left = { kind, left, right: parseUnary(reader) };
  return left;
}

function parseUnary(reader: Reader): Expression {
  if (reader.accept('NOT')) return { kind: 'not', inner: parseUnary(reader) };
  if (!reader.accept('(')) return parseTest(reader);
  const inner = parseChain(reader);
  reader.expect(')');
  return inner;
}

function parseTest(reader: Reader): Expression {
  const field = reader.name();
  const op = readOperator(reader.accept('NOT') ? 'NOT ' : '', reader.take());
  if (op !== 'IN' && op !== 'NOT IN') return { kind: 'test', field, op, values: [readLiteral(reader.take())] };
  reader.expect('(');
  const values = reader.list(() => readLiteral(reader.take()));
  reader.expect(')');
  return { kind: 'test', field, op, values };
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

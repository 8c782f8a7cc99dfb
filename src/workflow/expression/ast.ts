// The tree of an expression: what is in the language and nothing else, each node with its place in the source.

/** Offsets into the expression's source, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `"text"`, `12`, `true`, `null` */
export interface LiteralNode extends Span {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
}

/** A root name of the scope: `event` */
export interface NameNode extends Span {
  readonly kind: 'name';
  readonly name: string;
}

/** A parameter of an enclosing arrow function. */
export interface ParameterNode extends Span {
  readonly kind: 'parameter';
  readonly name: string;
  /** Counted over all enclosing arrow functions, outermost first. */
  readonly slot: number;
}

/** A template literal; `texts` has one item more than `values`. */
export interface TextNode extends Span {
  readonly kind: 'text';
  readonly texts: readonly string[];
  readonly values: readonly ExpressionNode[];
}

/** `object.name`, `object?.name` and `object["name"]` */
export interface MemberNode extends Span {
  readonly kind: 'member';
  readonly object: ExpressionNode;
  readonly name: string;
  readonly nameStart: number;
}

/** `object[index]` */
export interface IndexNode extends Span {
  readonly kind: 'index';
  readonly object: ExpressionNode;
  readonly index: ExpressionNode;
}

export interface SpreadNode extends Span {
  readonly kind: 'spread';
  readonly value: ExpressionNode;
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly (ExpressionNode | SpreadNode)[];
}

export interface EntryNode extends Span {
  readonly kind: 'entry';
  readonly key: string | ExpressionNode;
  readonly value: ExpressionNode;
}

export interface ObjectNode extends Span {
  readonly kind: 'object';
  readonly entries: readonly (EntryNode | SpreadNode)[];
}

export interface UnaryNode extends Span {
  readonly kind: 'unary';
  readonly operator: '!' | '-';
  readonly operand: ExpressionNode;
}

export type EqualityOperator = '==' | '!=' | '===' | '!==';
export type OrderOperator = '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export interface BinaryNode extends Span {
  readonly kind: 'binary';
  readonly operator: EqualityOperator | OrderOperator | ArithmeticOperator;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}

export interface LogicalNode extends Span {
  readonly kind: 'logical';
  readonly operator: '&&' | '||' | '??';
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}

/** `test ? yes : no` */
export interface ConditionalNode extends Span {
  readonly kind: 'conditional';
  readonly test: ExpressionNode;
  readonly yes: ExpressionNode;
  readonly no: ExpressionNode;
}

/** `name(args)`, a function of the table. */
export interface CallNode extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly ArgumentNode[];
}

/** `object.name(args)`, a method of the table. */
export interface MethodNode extends Span {
  readonly kind: 'method';
  readonly object: ExpressionNode;
  readonly name: string;
  readonly nameStart: number;
  readonly args: readonly ArgumentNode[];
}

/** `(item, index) => body`, only as an argument. */
export interface ArrowNode extends Span {
  readonly kind: 'arrow';
  readonly parameters: readonly string[];
  /** Slot of the first parameter; the others follow. */
  readonly firstSlot: number;
  readonly body: ExpressionNode;
}

export type ArgumentNode = ExpressionNode | ArrowNode;

export type ExpressionNode =
  | LiteralNode
  | NameNode
  | ParameterNode
  | TextNode
  | MemberNode
  | IndexNode
  | ListNode
  | ObjectNode
  | UnaryNode
  | BinaryNode
  | LogicalNode
  | ConditionalNode
  | CallNode
  | MethodNode;

export interface Expression {
  readonly source: string;
  readonly ast: ExpressionNode;
  /** Root names it reads. */
  readonly names: ReadonlySet<string>;
}

// Text as PostgreSQL can keep it: it has no NUL and no lone surrogate, and keys of senders may have both.

/** Starts an escape; so rare that almost every text is kept as it is. */
const escape = '\u0001';
/** Different texts stay different, and equal ones equal. */
export function toText(text: string): string {
  if (text.isWellFormed() && !text.includes('\0') && !text.includes(escape)) return text;
  let kept = '';
  for (const char of text) {
    const plain = char !== '\0' && char !== escape && char.isWellFormed();
    kept += plain ? char : `${escape}${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
  return kept;
}

export function fromText(text: string): string {
  if (!text.includes(escape)) return text;
  return text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

const escaped = new RegExp(`${escape}([0-9a-f]{4})`, 'g');

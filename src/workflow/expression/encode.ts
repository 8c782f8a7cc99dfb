// Encodes text for the place where it will stand, so that data cannot mention a channel, inject a tag or leave a URL segment.

import { type Budget, spendText } from './budget.ts';

export type Encoding = 'slack' | 'html' | 'url';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function encodeText(text: string, encoding: Encoding, budget: Budget): string {
  spendText(budget, text.length);
  const encoded = encode(text, encoding);
  spendText(budget, encoded.length - text.length);
  return encoded;
}

function encode(text: string, encoding: Encoding): string {
  if (encoding === 'url') return encodeURIComponent(text.toWellFormed());
  return text.replaceAll(encoding === 'html' ? /[&<>"']/g : /[&<>]/g, (sign) => escapes[sign] ?? sign);
}

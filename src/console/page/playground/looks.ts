// How the editor looks; its colours are the page's own variables, which reach into a shadow root.

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const words = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)', fontWeight: '550' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--busy)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--quiet)' },
]);

export const looks = [
  syntaxHighlighting(words),
  EditorView.theme({
    '&': { height: '100%', fontSize: '12.5px', color: 'var(--text)', backgroundColor: 'transparent' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', padding: '10px 0' },
    '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--quiet)', border: 'none' },
    '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sunken) 60%, transparent)' },
    '.cm-cursor': { borderLeftColor: 'var(--text)' },
    '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px', borderRadius: '8px' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'var(--accent-soft)',
    },
    '.cm-tooltip': {
      border: '1px solid var(--line-strong)',
      borderRadius: '6px',
      backgroundColor: 'var(--surface)',
      color: 'var(--text)',
    },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
    // Without the pictures of the base theme, which the page's policy does not load.
    '.cm-lintRange': { backgroundImage: 'none', textDecoration: 'underline wavy 1px', textUnderlineOffset: '3px' },
    '.cm-lintRange-error': { backgroundImage: 'none', textDecorationColor: 'var(--bad)' },
    '.cm-lintRange-warning': { backgroundImage: 'none', textDecorationColor: 'var(--doubt)' },
    '.cm-lint-marker': { width: '9px', height: '9px', marginTop: '5px', borderRadius: '50%' },
    '.cm-lint-marker-error': { content: 'none', backgroundColor: 'var(--bad)' },
    '.cm-lint-marker-warning': { content: 'none', backgroundColor: 'var(--doubt)' },
    '.cm-diagnostic': { whiteSpace: 'pre-wrap', padding: '6px 10px' },
  }),
];

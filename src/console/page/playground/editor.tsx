// The editor. It stands in a shadow root: its style sheet is then made of objects, which the page's policy allows.

import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import type { CheckAnswer } from '../../api/playground-schema.ts';
import { complete } from './complete.ts';
import { looks } from './looks.ts';

interface EditorParts {
  readonly start: string;
  readonly problems: CheckAnswer['problems'];
  readonly onText: (text: string) => void;
}

export function Editor({ start, problems, onText }: EditorParts) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  useEffect(() => {
    if (holder.current === null) return undefined;
    const root = holder.current.shadowRoot ?? holder.current.attachShadow({ mode: 'open' });
    const made = new EditorView({
      state: EditorState.create({ doc: start, extensions: extensionsOf(onText) }),
      parent: root,
      root,
    });
    view.current = made;
    return () => made.destroy();
  }, [start]);
  useEffect(() => {
    const made = view.current;
    if (made) made.dispatch(setDiagnostics(made.state, diagnosticsOf(made.state, problems)));
  }, [problems]);
  return <div class="editor card" ref={holder} />;
}

function extensionsOf(onText: (text: string) => void) {
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    yaml(),
    lintGutter(),
    autocompletion({ override: [complete] }),
    keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'Workflow file', tabindex: '0' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onText(update.state.doc.toString());
    }),
    ...looks,
  ];
}

function diagnosticsOf(state: EditorState, problems: EditorParts['problems']): Diagnostic[] {
  return problems
    .filter(({ line }) => line >= 1 && line <= state.doc.lines)
    .map(({ line, column, length, severity, message, hint, code }) => {
      const at = state.doc.line(line);
      const from = Math.min(at.to, at.from + column - 1);
      const to = Math.min(at.to, from + Math.max(1, length));
      return { from, to, severity, message: hint === null ? message : `${message}\n${hint}`, source: code };
    });
}

// A button that copies a text and says so.

import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export function Copy({ text, children }: { readonly text: string; readonly children: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" class="plain" onClick={() => void copy()}>
      <Icon name={done ? 'check' : 'copy'} />
      <span aria-live="polite">{done ? 'copied' : children}</span>
    </button>
  );
}

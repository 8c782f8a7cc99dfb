// A text that may be very long: its beginning, and the rest on demand.

import { useState } from 'preact/hooks';

export function LongText({ text, most }: { readonly text: string; readonly most: number }) {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= most) return <>{text}</>;
  return (
    <>
      {text.slice(0, most)}…{' '}
      <button type="button" class="link" onClick={() => setWhole(true)}>
        show all {text.length.toLocaleString('en')} characters
      </button>
    </>
  );
}

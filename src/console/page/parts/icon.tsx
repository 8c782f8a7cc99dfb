// Small drawings that stand before words, never instead of them.

const paths = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  question: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.6 8 9 8 10M8 12.4v.1',
  pause: 'M5.5 4v8M10.5 4v8',
  clock: 'M8 4v4l2.5 2M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
  play: 'M5 3.5l7 4.5-7 4.5z',
  dot: 'M8 8h.01',
  skip: 'M3 4l5 4-5 4zM12 4v8',
  stop: 'M4 4h8v8H4z',
  repeat: 'M3 7a5 5 0 0 1 9-2l1 1M13 3v3h-3M13 9a5 5 0 0 1-9 2l-1-1M3 13v-3h3',
  warning: 'M8 2.5l6 11H2zM8 6.5v3M8 11.4v.1',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3',
  plug: 'M6 2v4M10 2v4M4 6h8v2a4 4 0 0 1-8 0zM8 12v2',
  home: 'M2.5 8L8 3l5.5 5M4 7v6h8V7',
  list: 'M3 4h10M3 8h10M3 12h7',
  flow: 'M3 3h4v4H3zM9 9h4v4H9zM5 7v4h4',
  inbox: 'M2.5 9l2-6h7l2 6v4h-11zM2.5 9h3.5l1 2h2l1-2h3.5',
  shield: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z',
  pen: 'M3 13l1-3 7-7 2 2-7 7zM9.5 4.5l2 2',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

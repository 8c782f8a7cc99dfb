// The mark: a hook on a line.

export function Brand() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0b6e5f" />
      <path
        d="M19 6v12a6 6 0 0 1-12 0v-2l4 3"
        fill="none"
        stroke="#fff"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      <circle cx="19" cy="6" r="2" fill="#fff" />
    </svg>
  );
}

// Finds the name somebody most likely meant, for "did you mean".

/**
 * The candidate nearest to a mistyped word, or undefined when none is near enough to be worth saying. Finds other spellings
 * (`call_id` for `callId`), typing slips and transpositions (`cmr` for `crm`), and parts (`summ` for `summary`).
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  let best: string | undefined;
  let bestScore = Infinity;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const score = rank(wanted, plain(candidate));
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** Letters only count: case, `_`, `-` and blanks are spelling. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[_\-\s]/g, '');
}

/** Lower is nearer; Infinity is not near. Slips come before parts of a name. */
function rank(word: string, candidate: string): number {
  if (word === '' || candidate === '') return Infinity;
  if (word === candidate) return 0;
  const slips = distance(word, candidate, allowedSlips(word, candidate));
  if (slips < Infinity) return slips + (word[0] === candidate[0] ? 0 : 0.5);
  const surplus = Math.abs(candidate.length - word.length) / 1000;
  if (word.length >= 3 && candidate.startsWith(word)) return 10 + surplus;
  if (candidate.length >= 4 && candidate.length * 2 >= word.length && word.startsWith(candidate)) return 20 + surplus;
  if (word.length >= 4 && candidate.includes(word)) return 30 + surplus;
  return Infinity;
}

function allowedSlips(word: string, candidate: string): number {
  const length = Math.max(word.length, candidate.length);
  if (length < 3) return candidate === `${word[1]}${word[0]}` ? 1 : 0;
  if (length < 6) return 1;
  return length < 10 ? 2 : 3;
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words; Infinity when more than `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(substituted, at(previous, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return Infinity;
    before = previous;
    previous = row;
  }
  const total = at(previous, b.length);
  return total <= limit ? total : Infinity;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

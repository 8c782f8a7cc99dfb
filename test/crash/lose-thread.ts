// Loaded before a process of the tests: its signal SIGUSR2 ends the thread of the store, as an error in it would.

import type { Worker } from 'node:worker_threads';

process.on('worker', (worker: Worker) => {
  process.on('SIGUSR2', () => void worker.terminate());
});

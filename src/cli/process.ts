// The process as a command sees it: the signals that end it, and the one that makes it load anew.

/** Resolves at the first SIGINT or SIGTERM from now on, also while a command still starts; a second one ends the process at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const on = (signal: NodeJS.Signals) => {
      if (asked) process.exit(130);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', on);
    process.on('SIGTERM', on);
  });
}

/** Calls back at every SIGHUP from now on, which would end the process otherwise. */
export function onHangup(call: () => void): void {
  process.on('SIGHUP', call);
}

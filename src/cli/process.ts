// The process as a command sees it: the signals that end it, and the one that makes it load anew.

/**
 * Resolves at the first of these signals from now on, also while a command still starts; a second one ends the process at
 * once. A terminal that is closed hangs up on what runs in it.
 */
export function untilSignal(...signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const on = (signal: NodeJS.Signals) => {
      // Who hangs up does so to every process of the terminal, and the launcher passes it on: it comes twice.
      if (asked && signal !== 'SIGHUP') process.exit(130);
      asked = true;
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, on);
  });
}

/** From now on a SIGHUP does not end the process; it does `call`, once there is one. */
export function onHangup(): { call?: () => unknown } {
  const hangup: { call?: () => unknown } = {};
  process.on('SIGHUP', () => void hangup.call?.());
  return hangup;
}

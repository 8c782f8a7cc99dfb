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

/** From now on a SIGHUP does not end the process; it does `call`, once there is one. */
export function onHangup(): { call?: () => unknown } {
  const hangup: { call?: () => unknown } = {};
  process.on('SIGHUP', () => void hangup.call?.());
  return hangup;
}

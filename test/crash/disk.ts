// File systems for tests: a small one in memory that can be filled, and one on a loop device whose power can fail.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Disk {
  readonly dir: string;
  remove(): void;
}

function sh(command: string, ...args: readonly string[]): { readonly ok: boolean; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return { ok: status === 0, said: `${stdout ?? ''}${stderr ?? ''}${error ? String(error) : ''}`.trim() };
}

function must(command: string, ...args: readonly string[]): void {
  const { ok, said } = sh(command, ...args);
  if (!ok) throw new Error(`${command} ${args.join(' ')}: ${said}`);
}

/** Why this machine cannot do it; null when it can. */
export async function impossible(make: () => Disk): Promise<string | null> {
  try {
    make().remove();
    return null;
  } catch (error) {
    return `not possible here: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export interface SmallDisk extends Disk {
  /** Takes all space but this. */
  fill(freeBytes: number): void;
  /** Gives it back. */
  empty(): void;
}

/** A file system in memory of this size. Throws where it may not be mounted. */
export function smallDisk(megabytes: number): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'hookline-disk-'));
  try {
    must('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir);
  } catch (error) {
    rmSync(dir, { recursive: true });
    throw error;
  }
  const ballast = join(dir, 'ballast');
  return {
    dir,
    fill: (freeBytes) => {
      const free = Number(sh('df', '--output=avail', '-B1', dir).said.split('\n').at(-1));
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, free - freeBytes)));
      } catch (error) {
        // Others write at the same time: full is full.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => {
      must('umount', '-l', dir);
      rmSync(dir, { recursive: true });
    },
  };
}

export interface PoweredDisk extends Disk {
  /** As if its machine had lost power: what was not synced is gone. Nothing may use it meanwhile; it is mounted again. */
  powerCycle(): void;
  /** Stops all writing from now on, and that process at the same moment: whoever has no power tells nobody anything. */
  powerOff(pid?: number): void;
}

/**
 * Asks ext4 to stop at once without flushing its log. An fsync that is under way then may still return success for what is
 * lost (a program that only writes and syncs loses its last record in every fifth try), so its process is stopped first: the
 * calls under way go on, and nobody hears what they return.
 */
const goingDown = `
import fcntl, os, signal, struct, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
for pid in sys.argv[2:]: os.kill(int(pid), signal.SIGSTOP)
fcntl.ioctl(fd, 0x8004587D, struct.pack('I', 2))
`;

/** An ext4 file system on a loop device. Throws where that needs more rights or is not there. */
export function poweredDisk(megabytes: number): PoweredDisk {
  const base = mkdtempSync(join(tmpdir(), 'hookline-power-'));
  const image = join(base, 'image');
  const dir = join(base, 'mounted');
  const mount = () => must('mount', '-o', 'loop', image, dir);
  try {
    must('truncate', '-s', `${megabytes}M`, image);
    must('mkfs.ext4', '-q', '-F', image);
    must('mkdir', dir);
    mount();
  } catch (error) {
    rmSync(base, { recursive: true });
    throw error;
  }
  const powerOff = (pid?: number) => must('python3', '-c', goingDown, dir, ...(pid === undefined ? [] : [String(pid)]));
  return {
    dir,
    powerOff,
    powerCycle: () => {
      must('umount', dir);
      // A container that was started meanwhile has a copy of the mount: mounting anew would give back what was shut down.
      const held = sh('losetup', '-j', image).said;
      if (held !== '')
        throw new Error(`the file system is still mounted elsewhere, so its power cannot be cycled: ${held}`);
      mount();
    },
    remove: () => {
      must('umount', '-l', dir);
      rmSync(base, { recursive: true });
    },
  };
}
